#!/usr/bin/env python3
"""instructions.py PROGRAM [SUBJECT...]: instructions per object for each subject of alloy_instructions, counted by callgrind.

With --check, fails where Alloy's counts are above what is promised: a frame allocation as many as the hand-written one, with accounting or
thread caches as without, a cursor as many as the hand-written one in registers; opening and closing a frame with thread caches 1.15 times as many
as without, and through local() one more; taking from a pool and giving back two more than the hand-written free list, with thread caches twelve more than
without, through local() nine;
containers over a pool a twentieth more than over hand-written free lists;
finding a thread's part of an allocator in a shared library .15 more than in the program."""
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def total(program, subject, turns):
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", program, subject, str(turns)], check=True, capture_output=True)
        return int(re.search(r"^(?:summary|totals): (\d+)", out.read_text(), re.M)[1])


def per_object(program, subject, objects):
    few, many = (10, 30) if objects < 10000 else (1, 3)
    return (total(program, subject, many) - total(program, subject, few)) / (many - few) / objects


def subjects_of(program):
    """Each subject, and the objects of one of its turns."""
    said = subprocess.run([program], capture_output=True, text=True).stderr
    return {name: int(objects) for name, objects in re.findall(r"^  (\S+) (\d+)$", said, re.M)}


def bars(names):
    """(subject, what it is compared with, factor, instructions above that)."""
    # A turn opens and closes a frame, some 100 instructions for 1,000 objects: hence the .3.
    for mine, other in [("defaults", "hand-written"), ("accounted", "defaults"), ("thread-cached", "defaults"), ("cursor", "hand-written-registers"), ("cursor-accounted", "cursor")]:
        yield mine, other, 1, .3
    yield "empty-frame-thread-cached", "empty-frame", 1.15, 0  # a look-up more
    yield "empty-frame-local", "empty-frame", 1, 1.01
    yield "empty-frame-local-defaults", "empty-frame", 1, .01
    for mine in names:
        if mine.startswith("metric-"):
            yield mine, "defaults", 1, 2.3
        if mine.startswith("look-up-") and mine.endswith("-library"):
            yield mine, mine.replace("-library", "-program"), 1.15, 0
        if "-accounted" in mine:  # an array of a hash map lies in the heap, where each block is counted: hence the .2
            yield mine, mine.replace("-accounted", "-plain"), 1, .01 if mine.startswith("pool-") else .2
        elif "-local-defaults" in mine and mine.startswith("pool-"):
            yield mine, mine.replace("-local-defaults", "-plain"), 1, .01
        elif "-local" in mine and mine.startswith("pool-"):  # whose the slot is that is given back
            yield mine, mine.replace("-local", "-plain"), 1, 9.01
        elif "-thread-cached" in mine and mine.startswith("pool-"):
            yield mine, mine.replace("-thread-cached", "-plain"), 1, 12.01
        elif "-plain" in mine and mine.startswith("pool-"):
            yield mine, mine.replace("-plain", "-free-list"), 1, 2.01
        elif mine.endswith("-plain"):
            yield mine, mine.replace("-plain", "-free-list"), 1.05, 0


def main():
    arguments = [a for a in sys.argv[1:] if a != "--check"]
    if not arguments:
        sys.exit(__doc__)
    program, *wanted = arguments
    objects = subjects_of(program)
    if unknown := [s for s in wanted if s not in objects]:
        sys.exit(f"{program} has no subject {unknown[0]}")
    subjects = wanted or list(objects)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        counts = dict(zip(subjects, pool.map(lambda s: per_object(program, s, objects[s]), subjects)))
    for subject, n in counts.items():
        print(f"{subject:40}{n:8.2f}")
    if "--check" not in sys.argv:
        return
    held = [(mine, other, factor, more) for mine, other, factor, more in bars(counts) if mine in counts and other in counts]
    if not held:
        sys.exit("none of these subjects has a bar")
    above = [f"{mine} takes {counts[mine]:.2f} instructions per object, {other} {counts[other]:.2f}"
             for mine, other, factor, more in held if counts[mine] > counts[other] * factor + more]
    print("\n".join(above) or f"none of {len(held)} above its bar")
    sys.exit(bool(above))


main()
