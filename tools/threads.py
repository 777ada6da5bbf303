#!/usr/bin/env python3
"""threads.py [WORKLOAD...]: allocation under threads, Alloy beside its controls and other mallocs, as Markdown tables.

Each figure comes from a process of its own, alloy_threads_benchmark, since a process has one malloc; others are preloaded where they are installed.
Rounds are interleaved: each starts every process once, in random order. A ratio pairs the n-th round of one with the n-th of the other, and stands as
the median with the interval that holds nine tenths of them; below 1 the subject takes less time. Scaling is operations per second of all threads
together, beside those of one. A process that fails ends the run."""
import argparse
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

root = Path(__file__).resolve().parents[1]
# What is preloaded, by the beginnings of the names of its library: the first that is there.
PEERS = {
    "mimalloc": ["libmimalloc.so"],
    "jemalloc": ["libjemalloc.so"],
    "tcmalloc": ["libtcmalloc_minimal.so"],
    "tbbmalloc": ["libtbbmalloc_proxy.so"],
}


def find_peers():
    """Paths of the libraries, by peer. The loader's list names each library once for each architecture."""
    loader = shutil.which("ldconfig", path=os.environ.get("PATH", "") + ":/sbin:/usr/sbin")
    said = subprocess.run([loader, "-p"], capture_output=True, text=True).stdout if loader else ""
    libraries = [(name, path) for name, path in re.findall(r"^\s+(\S+) \(.*\) => (\S+)$", said, re.M)]
    found = {}
    for peer, beginnings in PEERS.items():
        paths = [path for beginning in beginnings for name, path in libraries if name.startswith(beginning)]
        if paths:
            found[peer] = paths[0]
    return found


class Job:
    """One process to start: a workload with a subject, so many threads, perhaps another malloc."""

    def __init__(self, workload, subject, control, threads, peer=None, library=None):
        self.workload, self.subject, self.threads, self.library = workload, subject, threads, library
        self.name = (peer or "glibc") if subject == "malloc" else subject
        self.control, self.results = control, []

    def run(self, program, more):
        environment = dict(os.environ)
        environment.pop("LD_PRELOAD", None)
        if self.library:
            environment["LD_PRELOAD"] = self.library
        command = [str(program), self.workload, self.subject, "--threads", str(self.threads), *more]
        ran = subprocess.run(command, capture_output=True, text=True, env=environment)
        said = " ".join(command) + (f" with {self.library}" if self.library else "")
        if ran.returncode != 0 or ran.stderr:
            sys.exit(f"threads.py: {said} ended with {ran.returncode}: {ran.stderr.strip()}")
        result = json.loads(ran.stdout)
        if self.library and not Path(self.library).name.startswith(result["malloc"].split(".so")[0]):
            sys.exit(f"threads.py: {said}: malloc came from {result['malloc']}")
        self.results.append(result)

    def median(self, what):
        values = [r[what] for r in self.results if what in r]
        return statistics.median(values) if values else None


def quantile(values, share):
    values = sorted(values)
    at = share * (len(values) - 1)
    below = int(at)
    above = values[min(below + 1, len(values) - 1)]
    return values[below] + (above - values[below]) * (at - below)


def spread(values):
    return f"{quantile(values, .5):.2f} [{quantile(values, .05):.2f}, {quantile(values, .95):.2f}]"


def ratio(mine, other, what="ns"):
    return spread([a[what] / b[what] for a, b in zip(mine.results, other.results)])


def mebibytes(kib):
    return "-" if kib is None else f"{kib / 1024:.2f}"


def row(cells):
    print("| " + " | ".join(cells) + " |")


def head(cells, words):
    row(cells)
    print("|" + "---|" * words + "--:|" * (len(cells) - words))


def table(workload, jobs, against):
    """One workload: time, ratios and memory of each subject."""
    print(f"\n### {workload}\n")
    by = {(j.name, j.threads): j for j in jobs}
    compared = ["control"] + [a for a in against if any(j.name == a for j in jobs)]
    scales = workload not in ("queue", "short_threads") and len({j.threads for j in jobs}) > 1
    half = any(j.median("resident_half") is not None for j in jobs)
    titles = {"control": f"/ {jobs[0].control}"}
    head(["threads", "subject", "ns"] + [titles.get(c, f"/ {c}") for c in compared] + (["scaling"] if scales else []) +
         (["MiB at half", "at the end"] if half else ["MiB"]), 2)
    for j in sorted(jobs, key=lambda j: (j.threads, j.name != j.control, j.median("ns"))):
        cells = [str(j.threads), j.name, f"{j.median('ns'):.2f}"]
        for c in compared:
            other = by.get((j.control if c == "control" else c, j.threads))
            cells.append("-" if other is None else "1" if other is j else ratio(j, other))
        if scales:
            alone = by.get((j.name, 1))
            cells.append("-" if alone is None or alone is j else ratio(j, alone, "per_second"))
        if half:
            cells.append(mebibytes(j.median("resident_half")))
        cells.append(mebibytes(j.median("resident_end")))
        row(cells)


def budget_table(jobs):
    """How near the bound requests were refused; bytes, except for the first four columns."""
    print("\n### budget\n")
    by = {(j.name, j.threads): j for j in jobs}
    head(["threads", "subject", "ns", f"/ {jobs[0].control}", "taken", "refused", "bound", "most held", "most from upstream", "left at a refusal, least", "mean", "most",
          "objects then, mean"], 2)
    for j in sorted(jobs, key=lambda j: (j.threads, j.name != j.control)):
        other = by.get((j.control, j.threads))
        counts = [j.median(w) for w in ("taken", "refused", "bound", "most_held", "most_from_upstream", "left_least", "left_mean", "left_most", "asked_mean")]
        row([str(j.threads), j.name, f"{j.median('ns'):.2f}", "-" if other is None else "1" if other is j else ratio(j, other)] +
            ["-" if c is None else f"{c:.0f}" for c in counts])


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("workload", nargs="*", help="those to run (default: all)")
    options.add_argument("--program", default=root / "build/g++-release/benchmarks/alloy_threads_benchmark", type=Path)
    options.add_argument("--subject", action="append", help="only these, and the controls; may be given several times; malloc stands for all peers")
    options.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="as many beside one (default: one for each processor)")
    options.add_argument("--runs", type=int, default=9, help="rounds (default: 9)")
    options.add_argument("--seconds", type=float, default=.5, help="how long each process counts (default: 0.5)")
    options.add_argument("--messages", type=int, default=10_000_000, help="through the queue (default: 10,000,000)")
    options.add_argument("--count", type=int, default=10_000, help="of short threads (default: 10,000)")
    options.add_argument("--against", action="append", help="peers that get a column of ratios (default: glibc and mimalloc)")
    options.add_argument("--seed", type=int, default=1, help="of the order (default: 1)")
    options.add_argument("--json", type=Path, metavar="FILE", help="writes all that was measured there")
    options.add_argument("--smoke", action="store_true", help="every process once for an instant, without peers and tables: does it work?")
    given = options.parse_args()
    if given.smoke:
        given.runs, given.seconds, given.messages, given.count, given.threads = 1, .005, 2000, 256, 2

    try:
        listed = subprocess.run([given.program, "--list"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as why:
        sys.exit(f"threads.py: cannot run {given.program}: {why}; build the target alloy_threads_benchmark")
    entries = [line.split() for line in listed.splitlines()]
    known = {workload for workload, _, _ in entries}
    if unknown := [w for w in given.workload if w not in known]:
        sys.exit(f"threads.py: there is no workload {unknown[0]}; there are {', '.join(sorted(known))}")
    peers = {} if given.smoke else find_peers()
    if not given.smoke and (missing := [p for p in PEERS if p not in peers]):
        print(f"not installed, and so not in the tables: {', '.join(missing)}", file=sys.stderr)

    several = sorted({1, given.threads})
    threads_of = defaultdict(lambda: several, {"queue": [2], "short_threads": [1, 64], "budget": several})
    jobs = []
    for workload, subject, control in entries:
        if given.workload and workload not in given.workload or given.subject and subject not in given.subject and subject != control:
            continue
        for threads in threads_of[workload]:
            jobs.append(Job(workload, subject, control, threads))
            if subject == "malloc":
                jobs += [Job(workload, subject, control, threads, peer, library) for peer, library in peers.items()]
    more = ["--seconds", str(given.seconds), "--messages", str(given.messages), "--count", str(given.count)]
    order = random.Random(given.seed)
    for n in range(given.runs):
        order.shuffle(jobs)
        for i, job in enumerate(jobs):
            if sys.stderr.isatty():
                print(f"\rround {n + 1} of {given.runs}: {i + 1} of {len(jobs)} ", end="", file=sys.stderr, flush=True)
            job.run(given.program, more)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    if given.json:
        given.json.write_text(json.dumps([dict(r, name=j.name, round=n) for j in jobs for n, r in enumerate(j.results)], indent=1) + "\n")
    if given.smoke:
        print(f"{len(jobs)} processes, all good")
        return
    print(f"{given.runs} rounds; {given.seconds} s each; {len(os.sched_getaffinity(0))} processors")
    for workload in dict.fromkeys(workload for workload, _, _ in entries):
        mine = [j for j in jobs if j.workload == workload]
        if mine and workload == "budget":
            budget_table(mine)
        elif mine:
            table(workload, mine, given.against or ["glibc", "mimalloc"])


main()
