#!/usr/bin/env python3
"""check_errors.py [ROOT]: every message asserted in the headers stands in docs/errors.md and in a compile-fail program, and the reverse."""
import re
import sys
from pathlib import Path

root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parents[1])
# Its parts always add up, so no program can show it.
unshowable = {"alloy: the parts of an allocator do not add up to its size; please report this"}

asserted = set()
for folder in ("include", "policies"):
    for header in (root / folder).rglob("*.hpp"):
        asserted |= set(re.findall(r'static_assert\((?:[^;"]|"(?!alloy: ))*?"(alloy: [^"]+)"\)', header.read_text(), re.S))
page = (root / "docs/errors.md").read_text()
documented = set(re.findall(r"^`{1,2}(alloy: .+?)`{1,2}$", page.split("## While the program runs")[0], re.M))
shown = {p.read_text().splitlines()[0].removeprefix("// expect: ") for p in (root / "tests/compile_fail").glob("*.cpp")}

complaints = [f"not in docs/errors.md: {m}" for m in sorted(asserted - documented)]
complaints += [f"in docs/errors.md, but asserted by no header: {m}" for m in sorted(documented - asserted)]
complaints += [f"in no compile-fail program: {m}" for m in sorted(asserted - shown - unshowable)]
complaints += [f"expected by a compile-fail program, but asserted by no header: {m}" for m in sorted(shown - asserted)]
if not asserted:
    complaints.append("no header asserts any message: is this the project's root?")
print("\n".join(complaints) or f"{len(asserted)} messages in three places")
sys.exit(bool(complaints))
