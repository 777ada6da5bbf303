#!/usr/bin/env python3
"""check_lifetimes.py PROGRAM: the benchmark generated from lifetimes.hpp runs each type through the workloads that its lifetimes permit, beside the
baselines, and nothing is refused."""
import json
import subprocess
import sys

for_all = {"small_objects", "mixed_sizes", "vector_growth", "string_build", "list_build", "map_build", "unordered_map_build"}
frames = for_all | {"nested_frames", "register_cursor"}
pool = {"pool_same", "pool_reverse", "pool_random", "pool_churn", "pool_list", "pool_map", "pool_string"}
heap = {"heap_pair", "heap_growth"}
both = {"pool_unordered_map", "pool_vector"}
expected = {
    "lifetimes::frames": frames,
    "lifetimes::pool": pool,
    "lifetimes::heap": heap,
    "lifetimes::all": frames | pool | heap | both,
    "malloc": for_all | pool | heap | both,
    "std::pmr::monotonic": for_all,
    "std::pmr::pool": pool | heap | both,
}

said = subprocess.run([sys.argv[1], "--benchmark_min_time=0.001", "--benchmark_repetitions=1", "--benchmark_format=json"], capture_output=True, text=True)
if said.returncode != 0:
    sys.exit(f"{sys.argv[1]} failed:\n{said.stderr}")
found = {}
for run in json.loads(said.stdout)["benchmarks"]:
    subject, workload = run["name"].split("/")[0].rsplit(".", 1)
    found.setdefault(subject, set()).add(workload)
    if run.get("error_occurred") or run.get("skipped"):
        sys.exit(f"{run['name']} was refused")
for subject in sorted(expected.keys() | found.keys()):
    if expected.get(subject) != found.get(subject):
        sys.exit(f"{subject} ran {sorted(found.get(subject, []))}, not {sorted(expected.get(subject, []))}")
