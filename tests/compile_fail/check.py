#!/usr/bin/env python3
"""check.py FILE COMPILER... : FILE must fail on each compiler with one error, the text of its first line; with -DREPAIRED it must compile."""
import re
import subprocess
import sys
from pathlib import Path

root = Path(__file__).resolve().parents[2]


def compile(compiler, source, *options):
    command = [compiler, "-std=c++20", "-Wall", "-Wextra", "-fsyntax-only", f"-I{root}/include", f"-I{root}/policies", *options, source]
    return subprocess.run(command, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin:/usr/local/bin", "LC_ALL": "C"})


def complaints(source, compiler):
    first = Path(source).read_text().splitlines()[0]
    expected = re.fullmatch(r"// expect: (.+)", first)
    if not expected:
        return ["the first line must be `// expect: <text>`"]
    found = []
    broken = compile(compiler, source)
    errors = re.findall(r"^.*\b(?:fatal )?error: .*$", broken.stderr, re.M)
    if broken.returncode == 0:
        found.append("it compiles")
    elif len(errors) != 1:
        found.append(f"{len(errors)} errors instead of one:\n" + "\n".join(errors))
    elif expected[1] not in errors[0]:
        found.append(f"another error: {errors[0]}")
    if re.search(r"\bwarning: ", broken.stderr):
        found.append("a warning beside the error:\n" + "\n".join(re.findall(r"^.*\bwarning: .*$", broken.stderr, re.M)))
    repaired = compile(compiler, source, "-DREPAIRED", "-Werror")
    if repaired.returncode != 0:
        found.append("repaired, it does not compile:\n" + repaired.stderr)
    return found


def main():
    source, *compilers = sys.argv[1:]
    failed = False
    for compiler in compilers:
        for complaint in complaints(source, compiler):
            failed = True
            print(f"{Path(source).name}, {compiler}: {complaint}")
    return 1 if failed or not compilers else 0


sys.exit(main())
