#!/usr/bin/env python3
"""figures.py [COMPILER...]: what Alloy costs besides time, as Markdown tables: instructions, bytes, and compile time, per compiler.

Instructions are callgrind's and repeat; CPU seconds are the least of seven runs. Default compilers: those of g++, clang++-14 and clang++-19
that are here. Times of allocations come from `./run bench`."""
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

root = Path(__file__).resolve().parents[1]
flags = ["-std=c++20", "-DNDEBUG", f"-I{root}/include", f"-I{root}/policies", f"-I{root}/benchmarks/include"]

# Eight compositions, each used for the same work: a frame, containers, a checkpoint, a cursor.
compositions = [
    "alloy::allocator<>",
    "alloy::allocator<alloy::tagging::named<\"physics\">, alloy::budget::hard<16 * alloy::MiB>, alloy::tracking::boundary_metrics>",
    "alloy::allocator<alloy::growth::linear<alloy::MiB>, alloy::fallback::null>",
    "alloy::allocator<alloy::upstream::pages<>, alloy::growth::virtual_reserve<64 * alloy::MiB>>",
    "alloy::allocator<alloy::growth::coalesced<alloy::growth::geometric<>>, alloy::budget::hard<alloy::MiB>>",
    "alloy::allocator<alloy::lifetime::frames<2>, alloy::tagging::named<\"render\">>",
    "alloy::allocator<alloy::growth::in_place<32 * alloy::KiB>, alloy::upstream::none, alloy::lifetime::frame>",
    "alloy::allocator<alloy::threading::spin_locked>",
]


def use_of(count):
    """A program that does the same work with each of the first `count` compositions."""
    text = "#include <alloy/allocator.hpp>\n#include <alloy/containers.hpp>\n#include <alloy/policies.hpp>\n"
    text += "static int work(alloy::frame_ref frame) {\n    alloy::frame_map<int, alloy::frame_string> m{frame};\n    alloy::frame_vector<alloy::frame_string> v{frame};\n"
    text += "    for (int i = 0; i < 100; ++i) m.emplace(i, alloy::frame_string(30, 'x', frame)), v.emplace_back(30, 'y', frame);\n    return static_cast<int>(m.size() + v.size());\n}\n"
    for i, c in enumerate(compositions[:count]):
        text += f"struct c{i} : {c} {{}};\nint use_{i}(c{i}& memory) {{ auto frame = memory.frame(); auto attempt = frame.checkpoint(); auto cursor = attempt.cursor();\n"
        text += f"    cursor.make<int>({i}); return work(frame); }}\nc{i} global_{i};\n"
    return text


def cpu(command):
    """Least CPU seconds of seven runs, and the most memory that any took, in MB."""
    best = None
    for _ in range(7):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        t = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = t if best is None else min(best, t)
    return best


def memory(command):
    """Most resident memory of a command, in MB: measured in a child of its own, since the system keeps a maximum over all children."""
    script = f"import resource, subprocess; subprocess.run({command!r}, check=True, capture_output=True); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)"
    return int(subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout)


def instructions(compiler, optimisation, folder):
    program = folder / "instructions"
    library, sources = folder / "look_up.so", f"{root}/benchmarks/look_up.cpp"
    subprocess.run([compiler, *flags, optimisation, "-fPIC", "-shared", "-DALLOY_BENCH_LIBRARY", sources, "-o", library], check=True)
    subprocess.run([compiler, *flags, optimisation, f"{root}/benchmarks/instructions.cpp", sources, library, "-o", program], check=True)
    said = subprocess.run([sys.executable, root / "tools/instructions.py", program], check=True, capture_output=True, text=True).stdout
    return {name: float(count) for name, count in re.findall(r"^(\S+) +([\d.]+)$", said, re.M)}


def code_bytes(compiler, count, folder):
    source, result = folder / "use.cpp", folder / "use.o"
    source.write_text(use_of(count))
    subprocess.run([compiler, *flags, "-O2", "-c", source, "-o", result], check=True)
    text = sum(int(size, 16) for size in re.findall(r"^ *\d+ \.text\S* +([0-9a-f]+)", subprocess.run(["objdump", "-hw", result], check=True, capture_output=True, text=True).stdout, re.M))
    symbols = subprocess.run(["nm", result], check=True, capture_output=True, text=True).stdout.split("\n")
    return text, max(len(line.split()[-1]) for line in symbols if line.strip())


def table(title, rows, compilers):
    print(f"\n### {title}\n\n| | " + " | ".join(compilers) + " |\n|---|" + "--:|" * len(compilers))
    for name in rows[compilers[0]]:
        print(f"| {name} | " + " | ".join(str(rows[c].get(name, "-")) for c in compilers) + " |")


def main():
    compilers = sys.argv[1:] or [c for c in ("g++", "clang++-14", "clang++-19") if shutil.which(c)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for c in compilers:
            print(f"- {c}: " + subprocess.run([c, "--version"], capture_output=True, text=True).stdout.splitlines()[0])
        table("Instructions per object, -O3", {c: instructions(c, "-O3", folder) for c in compilers}, compilers)
        table("Instructions per object, -O0", {c: instructions(c, "-O0", folder) for c in compilers}, compilers)
        rows = {}
        for c in compilers:
            sources = {
                "nothing": "",
                "`alloy/allocator.hpp`": "#include <alloy/allocator.hpp>\n",
                "`allocator.hpp` and `policies.hpp`": "#include <alloy/allocator.hpp>\n#include <alloy/policies.hpp>\n",
                "std's vector, string, map, unordered_map alone": "#include <vector>\n#include <string>\n#include <map>\n#include <unordered_map>\n",
                "`allocator.hpp`, `containers.hpp` and `policies.hpp`": "#include <alloy/allocator.hpp>\n#include <alloy/containers.hpp>\n#include <alloy/policies.hpp>\n",
            }
            rows[c] = {}
            for what, text in sources.items():
                (folder / "include.cpp").write_text(text)
                rows[c][what] = f"{cpu([c, *flags, '-fsyntax-only', folder / 'include.cpp']):.2f} s"
            many = [c, *flags, "-fsyntax-only", str(root / "tests/composition/many.cpp")]
            if (root / "tests/composition/many.cpp").exists():
                rows[c]["judging 1,000 combinations (`tests/composition/many.cpp`)"] = f"{cpu(many):.2f} s, {memory(many)} MB"
        table("CPU time to compile", rows, compilers)
        rows = {}
        for c in compilers:
            one, longest = code_bytes(c, 1, folder)
            eight, longest = code_bytes(c, 8, folder)
            rows[c] = {"code of one composition and its use": f"{one} B", "code per further composition": f"{(eight - one) // 7} B", "longest symbol, characters": longest}
        table("Code, -O2", rows, compilers)


os.environ.setdefault("LC_ALL", "C")
main()
