#!/usr/bin/env python3
"""check.py COMPILER: units with and without exceptions, or AddressSanitizer, work side by side, and where they share Alloy's types do not link."""
import subprocess
import sys
import tempfile
from pathlib import Path

here = Path(__file__).resolve().parent
root = here.parents[2]
compiler = sys.argv[1]
asan = "-fsanitize=address"


def build(folder, other_options, main_options, link_options, *defines):
    objects = []
    for source, options in (("other", other_options), ("main", main_options)):
        objects.append(f"{folder}/{source}.o")
        subprocess.run([compiler, "-std=c++20", "-O1", f"-I{root}/include", f"-I{root}/policies", *options, *defines, "-c", here / f"{source}.cpp", "-o", objects[-1]], check=True)
    linked = subprocess.run([compiler, *link_options, *objects, "-o", f"{folder}/program"], capture_output=True, text=True, env={"PATH": "/usr/bin:/bin:/usr/local/bin", "LC_ALL": "C"})
    return linked.returncode == 0, linked.stderr


complaints = []
with tempfile.TemporaryDirectory() as folder:
    for name, options, link in (("-fno-exceptions", ["-fno-exceptions"], []), (asan, [asan], [asan])):
        links, said = build(folder, options, [], link)
        if not links:
            complaints.append(f"{name} in one unit with an allocator of its own: does not link\n{said}")
        elif subprocess.run([f"{folder}/program"]).returncode != 0:
            complaints.append(f"{name} in one unit with an allocator of its own: does not work")
        links, said = build(folder, options, [], link, "-DSHARES")
        if links:
            complaints.append(f"{name} in one unit, which shares a frame with another: links")
        elif "undefined reference" not in said and "undefined symbol" not in said:
            complaints.append(f"{name} in one unit, which shares a frame with another: fails for another reason\n{said}")
    links, said = build(folder, [], [], [], "-DSHARES")
    if not links or subprocess.run([f"{folder}/program"]).returncode != 0:
        complaints.append(f"compiled alike, sharing a frame: does not link or work\n{said}")
print("\n".join(complaints) or "units of different modes keep apart")
sys.exit(bool(complaints))
