#!/usr/bin/env python3
"""check.py FILE COMPILER... [-OPTION...]: FILE must fail on each compiler with one error, the text of its first line; with -DREPAIRED it must compile.

Lines `// and: <text>` below the first say what the compiler must show besides, in the error or in its notes.
"""
import os
import re
import subprocess
import sys
from pathlib import Path

root = Path(__file__).resolve().parents[2]


def compile(compiler, source, *options):
    command = [compiler, "-std=c++20", "-Wall", "-Wextra", "-fsyntax-only", f"-I{root}/include", f"-I{root}/policies", *options, source]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ | {"LC_ALL": "C"})


def shown_beside(source):
    return re.findall(r"^// and: (.+)$", Path(source).read_text(), re.M)


def complaints(source, compiler, options):
    first = Path(source).read_text().splitlines()[0]
    expected = re.fullmatch(r"// expect: (.+)", first)
    if not expected:
        return ["the first line must be `// expect: <text>`"]
    found = []
    broken = compile(compiler, source, *options)
    errors = re.findall(r"^.*\b(?:fatal )?error: .*$", broken.stderr, re.M)
    if broken.returncode == 0:
        found.append("it compiles")
    elif len(errors) != 1:
        found.append(f"{len(errors)} errors instead of one:\n" + "\n".join(errors))
    elif expected[1] not in errors[0]:
        found.append(f"another error: {errors[0]}")
    for text in shown_beside(source):
        if text not in broken.stderr and ", ".join(str(ord(c)) for c in text) not in broken.stderr:  # clang 14 shows strings so
            found.append(f"nowhere does it show: {text}")
    if re.search(r"\bwarning: ", broken.stderr):
        found.append("a warning beside the error:\n" + "\n".join(re.findall(r"^.*\bwarning: .*$", broken.stderr, re.M)))
    repaired = compile(compiler, source, *options, "-DREPAIRED", "-Werror")
    if repaired.returncode != 0:
        found.append("repaired, it does not compile:\n" + repaired.stderr)
    return found


def main():
    options = [argument for argument in sys.argv[1:] if argument.startswith("-")]
    source, *compilers = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    failed = False
    for compiler in compilers:
        for complaint in complaints(source, compiler, options):
            failed = True
            print(f"{Path(source).name}, {compiler}: {complaint}")
    if not compilers:
        print("no compiler was named")
    return 1 if failed or not compilers else 0


sys.exit(main())
