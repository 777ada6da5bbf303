#!/usr/bin/env python3
"""check_layering.py [ROOT]: each header includes only its own or lower layers; policies see core and their own contract; the core stays light."""
import re
import sys
from pathlib import Path

root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parents[1])
layers = ["core", "contracts", "composition", "engines", "host", "adaptors"]  # what lies directly in alloy/ is above them all
engines_below = {"engines": {"core", "contracts", "engines"}}  # engines know contracts, but not how types are composed
heavy = {"memory", "mutex", "memory_resource", "string", "vector", "atomic"}
complaints = []


def includes(path):
    return re.findall(r"^\s*#\s*include\s*<([^>]+)>", path.read_text(), re.M)


count = 0
for path in sorted((root / "include/alloy").rglob("*.hpp")):
    count += 1
    inside = path.relative_to(root / "include/alloy").parts
    mine = inside[0] if len(inside) > 1 else "description"
    for header in includes(path):
        if mine in layers[:5] and (header in heavy or header.startswith("boost/hana")):
            complaints.append(f"{path.relative_to(root)}: <{header}> is too heavy for {mine}")
        if not header.startswith("alloy/"):
            continue
        parts = header.split("/")
        theirs = parts[1] if len(parts) > 2 else "description"
        if not (root / "include" / header).exists():
            complaints.append(f"{path.relative_to(root)}: include/ must not include policies/ ({header})")
        elif mine in engines_below and theirs not in engines_below[mine]:
            complaints.append(f"{path.relative_to(root)}: {mine} must not include {theirs} ({header})")
        elif mine in layers and (theirs not in layers or layers.index(theirs) > layers.index(mine)):
            complaints.append(f"{path.relative_to(root)}: {mine} must not include {theirs} ({header})")

for path in sorted((root / "policies/alloy").glob("*/*.hpp")):
    count += 1
    axis = path.parent.name
    for header in includes(path):
        if header.startswith("alloy/") and not (
            header.startswith("alloy/core/") or header == f"alloy/contracts/{axis}.hpp" or header.startswith(f"alloy/{axis}/")
        ):
            complaints.append(f"{path.relative_to(root)}: a {axis} policy sees core and its own contract alone ({header})")
if not count:
    complaints.append("there are no headers: is this the project's root?")
print("\n".join(complaints) or f"{count} headers in order")
sys.exit(bool(complaints))
