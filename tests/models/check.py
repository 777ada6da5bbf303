#!/usr/bin/env python3
"""check.py SPIN CC MODEL [-D...] [--refuted]: Spin goes through every state of a model; there must be no error, or, with --refuted, at least one.

"Every" is looked at, too: a search that was cut short, by depth or by memory, is a failure, and so is one that saw next to nothing.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

FEWEST_STATES = 1000


def main() -> int:
    spin, cc, model, *rest = sys.argv[1:]
    refuted = "--refuted" in rest
    defines = [word for word in rest if word != "--refuted"]
    model = pathlib.Path(model).resolve()

    with tempfile.TemporaryDirectory() as folder:
        def run(*command: str) -> str:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
            return done.stdout

        run(spin, *defines, "-a", str(model))
        run(cc, "-O2", "-w", "-DSAFETY", "-DCOLLAPSE", "-DMEMLIM=2048", "-o", "pan", "pan.c")
        said = run("./pan", "-m100000")

    errors, states = re.search(r"errors: (\d+)", said), re.search(r"(\d+) states, stored", said)
    if not errors or not states:
        sys.exit(f"pan says neither errors nor states:\n{said}")
    print(f"{model.name} {' '.join(defines)}: {states[1]} states, {errors[1]} errors")
    if refuted:
        if int(errors[1]) == 0:
            sys.exit(f"the fault that was put there was not found:\n{said}")
    elif int(errors[1]) != 0 or "Search not completed" in said or "max search depth too small" in said or int(states[1]) < FEWEST_STATES:
        sys.exit(f"the model is not proved:\n{said}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
