#!/usr/bin/env python3
"""check_documents.py PROGRAM DOCS: runs the test of reports, and reads what it has written as other programs would.

The memory log and snapshots satisfy their schemas in DOCS, and say nothing that contradicts itself; the trace is one that chrome://tracing reads, its slices
nested; each line of the CSV has the columns of its header.
"""
import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import jsonschema


def check_log(document):
    for allocator in document["allocators"]:
        tags, every = allocator["tags"], allocator["every"]
        names = [tag["name"] for tag in tags]
        assert len(set(names)) == len(names), "a tag is named twice"
        for tag in tags:
            assert tag["parent"] is None or (tag["parent"] in names and tag["name"].rpartition("/")[0] == tag["parent"]), tag
        for i, frame in enumerate(allocator["frames"]):
            assert len(frame["tags"]) == len(tags)
            assert frame["frame"] // every == i, "an entry stands for other frames"
            assert i == 0 or frame["time_ns"] >= allocator["frames"][i - 1]["time_ns"]
            assert frame["held"] <= allocator["peaks"]["held"] and frame["used"] <= allocator["peaks"]["used"]
        peaks = allocator["peaks"]
        assert len(peaks["tags"]) == len(tags)
        assert any(frame["frame"] == peaks["frame"] for frame in allocator["frames"]), "the fullest frame is not among the entries"
        assert allocator["totals"]["frames"] > peaks["frame"]


def check_trace(document):
    slices, counters = {}, 0
    for event in document["traceEvents"]:
        assert event["ph"] in "XC" and event["ts"] >= 0 and event["name"]
        if event["ph"] == "X":
            slices.setdefault(event["tid"], []).append((event["ts"], event["ts"] + event["dur"]))
        else:
            counters += 1
            assert all(isinstance(n, int) and n >= 0 for n in event["args"].values())
    assert counters and len(slices) == 2
    for spans in slices.values():
        open_until, spans = [], sorted(spans, key=lambda s: (s[0], -s[1]))
        for begin, end in spans:
            while open_until and open_until[-1] <= begin:
                open_until.pop()
            assert not open_until or end <= open_until[-1] + 1e-3, "slices of a thread overlap, and none contains the other"
            open_until.append(end)


def main():
    program, docs = sys.argv[1], Path(sys.argv[2])
    schema = {name: json.loads((docs / f"{name}.schema.json").read_text()) for name in ("memory-log", "snapshot")}
    for one in schema.values():
        jsonschema.Draft7Validator.check_schema(one)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program], check=True, stdout=subprocess.DEVNULL, env={**os.environ, "ALLOY_TEST_DOCUMENTS": folder})
        read = lambda name: json.loads((Path(folder) / name).read_text())
        for name in ("memory.json", "empty.json"):
            jsonschema.Draft7Validator(schema["memory-log"]).validate(read(name))
        check_log(read("memory.json"))
        for name in ("snapshot.json", "snapshot_unknown.json"):
            jsonschema.Draft7Validator(schema["snapshot"]).validate(read(name))
        try:
            jsonschema.Draft7Validator(schema["memory-log"]).validate({**read("memory.json"), "schema": "alloy.memory/2"})
            sys.exit("the schema takes a document of another version")
        except jsonschema.ValidationError:
            pass
        check_trace(read("trace.json"))
        with open(Path(folder) / "lines.csv", newline="") as file:
            lines = list(csv.reader(file))
        assert len(lines) == 11 and all(len(line) == len(lines[0]) for line in lines)
        used = lines[0].index("used")
        assert all(int(line[used]) > 0 for line in lines[1:])
    print("documents: a memory log, snapshots, a trace and a table, as they should be")


if __name__ == "__main__":
    main()
