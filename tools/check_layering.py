#!/usr/bin/env python3
"""check_layering.py [ROOT]: each header includes only its own or lower layers; policies see core and their own contract; the core stays light."""
import re
import sys
from pathlib import Path

root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parents[1])
layers = ["core", "contracts", "composition", "engines", "host", "adaptors", "containers", "hooks"]  # what lies directly in alloy/ is above them all
above_all = {"report", "trace"}  # besides
engines_below = {"engines": {"core", "contracts", "engines"}}  # engines know contracts, but not how types are composed
without_boost = {"core", "contracts", "engines"}
heavy = {"memory", "mutex", "memory_resource", "string", "vector", "atomic", "dlfcn.h"}
light = "alloy/allocator.hpp"  # what every user includes; nothing that it leads to may be heavy
complaints = []


def includes(path):
    """The headers that a file includes; a quoted one is a complaint, since it could name a file by a way that nobody reads."""
    text = path.read_text()
    for header in re.findall(r'^\s*#\s*include\s*"([^"]+)"', text, re.M):
        complaints.append(f'{path.relative_to(root)}: "{header}" must be included by its full name in angle brackets')
    return re.findall(r"^\s*#\s*include\s*<([^>]+)>", text, re.M)


def is_heavy(header):
    return header in heavy or header.startswith(("boost/hana", "boost/unordered", "valgrind/"))


own = {str(p.relative_to(root / "include")): includes(p) for p in sorted((root / "include").rglob("*.hpp"))}
policies = {str(p.relative_to(root / "policies")): includes(p) for p in sorted((root / "policies").rglob("*.hpp"))}

for path, included in own.items():
    parts = path.split("/")
    mine = parts[1] if len(parts) > 2 and parts[1] not in above_all else "description"
    if mine != "description" and mine not in layers:
        complaints.append(f"include/{path}: {mine} is no layer; the layers are {', '.join(layers)}")
        continue
    for header in included:
        if mine in layers[:5] and is_heavy(header):
            complaints.append(f"include/{path}: <{header}> is too heavy for {mine}")
        if mine in without_boost and header.startswith("boost/"):
            complaints.append(f"include/{path}: {mine} does without Boost ({header})")
        if not header.startswith("alloy/"):
            continue
        theirs = header.split("/")[1] if header.count("/") > 1 else "description"
        if header in policies:
            complaints.append(f"include/{path}: include/ must not include policies/ ({header})")
        elif header not in own:
            complaints.append(f"include/{path}: there is no {header}")
        elif mine in engines_below and theirs not in engines_below[mine]:
            complaints.append(f"include/{path}: {mine} must not include {theirs} ({header})")
        elif mine in layers and (theirs not in layers or layers.index(theirs) > layers.index(mine)):
            complaints.append(f"include/{path}: {mine} must not include {theirs} ({header})")

reached, ahead = {light}, [light]
while ahead:
    path = ahead.pop()
    for header in own.get(path, []):
        if is_heavy(header):
            complaints.append(f"include/{path}: <{header}> is too heavy for what {light} includes")
        if header not in reached:
            reached.add(header)
            ahead.append(header)

brought = set(policies.get("alloy/policies.hpp", []))  # by policies.hpp, or by what that includes
for path in sorted(brought):
    brought.update(policies.get(path, []))
for path, included in policies.items():
    parts = path.split("/")
    if len(parts) < 3:
        continue  # includes policies for others
    axis = parts[1]
    if f"alloy/contracts/{axis}.hpp" not in own:
        complaints.append(f"policies/{path}: {axis} is no axis")
    for header in included:
        if header.startswith("alloy/") and not (
            header.startswith("alloy/core/") or header == f"alloy/contracts/{axis}.hpp" or header.startswith(f"alloy/{axis}/")
        ):
            complaints.append(f"policies/{path}: a {axis} policy sees core and its own contract alone ({header})")
    if len(parts) == 3 and path not in brought and not any(map(is_heavy, included)):
        complaints.append(f"policies/{path}: alloy/policies.hpp, which is to include all but the heavy ones, lacks it")

if light not in own or not policies:
    complaints.append("there are no headers: is this the project's root?")
print("\n".join(dict.fromkeys(complaints)) or f"{len(own) + len(policies)} headers in order")
sys.exit(bool(complaints))
