#!/usr/bin/env python3
"""instructions.py PROGRAM [SUBJECT...]: instructions per object for each subject of alloy_instructions, counted by callgrind.

With --check, fails where Alloy's counts are above what is promised: a frame allocation as many as the hand-written one, with accounting as
without, a cursor as many as the hand-written one in registers."""
import re
import subprocess
import sys
import tempfile
from pathlib import Path


def total(program, subject, turns):
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", program, subject, str(turns)], check=True, capture_output=True)
        return int(re.search(r"^(?:summary|totals): (\d+)", out.read_text(), re.M)[1])


def per_object(program, subject):
    return (total(program, subject, 30) - total(program, subject, 10)) / 20 / 1000


def subjects_of(program):
    return re.findall(r"^  (\S+)$", subprocess.run([program], capture_output=True, text=True).stderr, re.M)


def main():
    arguments = [a for a in sys.argv[1:] if a != "--check"]
    if not arguments:
        sys.exit(__doc__)
    program, *subjects = arguments
    counts = {s: per_object(program, s) for s in subjects or subjects_of(program)}
    for subject, n in counts.items():
        print(f"{subject:24}{n:8.2f}")
    if "--check" not in sys.argv:
        return
    # A turn opens and closes a frame, some 100 instructions for 1,000 objects: hence the .2.
    bars = [("defaults", "hand-written"), ("accounted", "defaults"), ("cursor", "hand-written-registers"), ("cursor-accounted", "cursor")]
    above = [f"{mine} takes {counts[mine]:.2f} instructions per object, {other} {counts[other]:.2f}" for mine, other in bars if counts[mine] > counts[other] + 0.3]
    print("\n".join(above) or "none above its bar")
    sys.exit(bool(above))


main()
