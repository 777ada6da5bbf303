#!/usr/bin/env python3
"""check_docs.py [ROOT] [--compiler g++]: what README.md and docs/*.md show and promise must be there.

A ```cpp block says in the line above it what it is:
  <!-- examples/NAME.cpp -->           the whole file
  <!-- examples/NAME.cpp [marker] -->  its part between the lines `// [marker]` and `// [/marker]`, indented no further than it must be
  <!-- fragment -->                    declarations: they compile behind the includes of INCLUDES
  <!-- statements -->                  statements: they compile in a function that has `memory`, a default allocator
  <!-- fails: <text> -->               declarations: they fail with exactly one error, which contains <text>

Besides: relative links and anchors lead somewhere, and so do images; docs/axes.md names every policy header and every rule; README.md
names ./run demo and ./run test. One line per problem; exit status 1 where there is one.
"""
import argparse
import re
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

# What a block names, and the header that it then gets; those without a pattern are for all.
INCLUDES = [
    ("", "cstddef"), ("", "cstdio"), ("", "alloy/allocator.hpp"), ("", "alloy/policies.hpp"),
    (r"frame_(vector|string|map|unordered_map)", "alloy/containers.hpp"),
    (r"make_allocator", "alloy/settings.hpp"),
    (r"explain", "alloy/explain.hpp"),
    (r"std::pmr|resource\(\)", "alloy/memory_resource.hpp"),
    (r"upstream::resource", "alloy/upstream/resource.hpp"),
    (r"std::mutex", "mutex"),
    (r"alloy::sized", "alloy/adaptors/sized.hpp"),
]


def includes(code):
    return "".join(f"#include <{header}>\n" for pattern, header in INCLUDES if re.search(pattern, code))


def blocks(text):
    """(line of the fence, language, the line above it, content) of each fenced block."""
    found, lines, i = [], text.splitlines(), 0
    while i < len(lines):
        fence = re.match(r"(`{3,}|~{3,})\s*(\S*)", lines[i])
        if fence:
            end = i + 1
            while end < len(lines) and not re.fullmatch(re.escape(fence[1]) + r"\s*", lines[end]):
                end += 1
            above = lines[i - 1].strip() if i > 0 else ""
            found.append((i + 1, fence[2], above, "\n".join(lines[i + 1:end]) + "\n"))
            i = end
        i += 1
    return found


def prose(text):
    """The text without its fenced blocks and code spans, line by line, so that links in code are not followed."""
    kept, fence = [], None
    for line in text.splitlines():
        mark = re.match(r"(`{3,}|~{3,})", line)
        if fence:
            if mark and line.rstrip() == fence:
                fence = None
            kept.append("")
        elif mark:
            fence = mark[1]
            kept.append("")
        else:
            kept.append(re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", line))
    return kept


def anchors(text):
    """Anchors of the headings, as forges make them, and of <a id=...>."""
    found, seen, fence = set(re.findall(r'<a (?:id|name)="([^"]+)"', text)), {}, None
    for line in text.splitlines():
        mark = re.match(r"(`{3,}|~{3,})", line)
        if mark and (fence is None or line.rstrip() == fence):
            fence = mark[1] if fence is None else None
        heading = re.match(r"#{1,6}\s+(.*?)\s*#*$", line) if fence is None else None
        if heading:
            words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1]).replace("`", "")
            slug = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
            count = seen.get(slug, 0)
            seen[slug] = count + 1
            found.add(f"{slug}-{count}" if count else slug)
    return found


def part(source, marker):
    """The lines of `source` between its markers, or None."""
    lines = source.splitlines()
    opened = [i for i, line in enumerate(lines) if line.strip() == f"// [{marker}]"]
    closed = [i for i, line in enumerate(lines) if line.strip() == f"// [/{marker}]"]
    if len(opened) != 1 or len(closed) != 1 or closed[0] < opened[0]:
        return None
    return textwrap.dedent("\n".join(lines[opened[0] + 1:closed[0]]) + "\n")


class Checker:
    def __init__(self, root, compiler):
        self.root, self.compiler, self.problems, self.compiled, self.quoted, self.links = root, compiler, [], 0, 0, 0
        self.pages = [root / "README.md", *sorted((root / "docs").glob("*.md"))]

    def problem(self, page, line, what):
        at = page.relative_to(self.root) if page.is_relative_to(self.root) else page
        self.problems.append(f"{at}:{line}: {what}" if line else f"{at}: {what}")

    def errors_of(self, code):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "shown.cpp"
            file.write_text(code)
            command = [self.compiler, "-std=c++20", "-fsyntax-only", f"-I{self.root}/include", f"-I{self.root}/policies", f"-I{self.root}", str(file)]
            try:
                ran = subprocess.run(command, capture_output=True, text=True)
            except OSError as why:
                sys.exit(f"check_docs.py: cannot run {self.compiler}: {why.strerror}")
        self.compiled += 1
        errors = re.findall(r"\b(?:fatal )?error: (.*)$", ran.stderr, re.M)
        return errors if errors or ran.returncode == 0 else [ran.stderr.strip() or f"exit status {ran.returncode}"]

    def block(self, page, line, above, code):
        comment = re.fullmatch(r"<!--\s*(.*?)\s*-->", above)
        what = comment[1] if comment else ""
        quote = re.fullmatch(r"(examples/\S+\.cpp)(?: \[([^\]]+)\])?", what)
        fails = re.fullmatch(r"fails: (.+)", what)
        if quote:
            return self.quote(page, line, quote[1], quote[2], code)
        if fails:
            errors = self.errors_of(includes(code) + code)
            if len(errors) != 1:
                self.problem(page, line, f"shown as one error, but the compiler gives {len(errors)}")
            elif fails[1] not in errors[0]:
                self.problem(page, line, f"fails with another error: {errors[0]}")
        elif what in ("fragment", "statements"):
            if what == "statements":
                code = "[[maybe_unused]] static void shown([[maybe_unused]] alloy::allocator<>& memory) {\n" + code + "}\n"
            errors = self.errors_of(includes(code) + code)
            if errors:
                self.problem(page, line, f"does not compile: {errors[0]}")
        else:
            self.problem(page, line, "a cpp block without a comment above it that says what it is (see tools/check_docs.py)")

    def quote(self, page, line, name, marker, code):
        file = self.root / name
        if not file.is_file():
            return self.problem(page, line, f"quotes {name}, which is not there")
        source = file.read_text()
        shown = part(source, marker) if marker else source
        if shown is None:
            return self.problem(page, line, f"{name} has no part [{marker}]: it needs one line `// [{marker}]` and one `// [/{marker}]` behind it")
        self.quoted += 1
        if shown != code:
            theirs, ours = shown.splitlines(), code.splitlines()
            same = next((i for i, (a, b) in enumerate(zip(theirs, ours)) if a != b), min(len(theirs), len(ours)))
            self.problem(page, line + 1 + same, f"differs from {name}{f' [{marker}]' if marker else ''}, from this line on")

    def link(self, page, line, target):
        if re.match(r"[a-z][a-z0-9+.-]*:", target, re.I):
            return
        self.links += 1
        path, _, anchor = target.partition("#")
        to = (page.parent / path).resolve() if path else page
        if not to.exists():
            return self.problem(page, line, f"the link {target} leads to no file")
        if not to.is_relative_to(self.root):
            return self.problem(page, line, f"the link {target} leads out of the project")
        if anchor and (to.suffix != ".md" or anchor not in anchors(to.read_text())):
            self.problem(page, line, f"the link {target} leads to no heading")

    def page(self, page):
        text = page.read_text()
        for line, language, above, code in blocks(text):
            if language in ("cpp", "c++", "C++"):
                self.block(page, line, above, code)
        for number, line in enumerate(prose(text), 1):
            for target in re.findall(r"\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)", line) + re.findall(r'(?:href|src|srcset)="([^"]+)"', line):
                self.link(page, number, target)
            for target in re.findall(r"^\s*\[[^\]]+\]:\s+(\S+)", line):
                self.link(page, number, target)

    def names(self):
        axes = self.root / "docs" / "axes.md"
        text = axes.read_text() if axes.is_file() else ""
        for header in sorted((self.root / "policies" / "alloy").glob("*/*.hpp")):
            name = f"{header.parent.name}/{header.name}"
            if name not in text:
                self.problem(axes, 0, f"does not name the policy header alloy/{name}")
        rules = self.root / "include" / "alloy" / "composition" / "rules.hpp"
        for rule in re.findall(r"^struct (\w+)", rules.read_text(), re.M):
            if not re.search(rf"\b{rule}\b", text):
                self.problem(axes, 0, f"does not name the rule {rule}")
        readme = (self.root / "README.md").read_text()
        for command in ("./run demo", "./run test"):
            if command not in readme:
                self.problem(self.root / "README.md", 0, f"does not show the command {command}")

    def run(self):
        for page in self.pages:
            if not page.is_file():
                self.problem(page, 0, "is not there")
        if self.problems:
            return
        for page in self.pages:
            self.page(page)
        self.names()


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("root", nargs="?", default=Path(__file__).resolve().parents[1], type=Path)
    options.add_argument("--compiler", default="g++", help="compiles what is shown (default: g++)")
    given = options.parse_args()
    checker = Checker(given.root.resolve(), given.compiler)
    checker.run()
    if checker.problems:
        print("\n".join(checker.problems))
        return 1
    print(f"docs: {len(checker.pages)} pages, {checker.quoted} quoted programs, {checker.compiled} fragments compiled, {checker.links} links")
    return 0


if __name__ == "__main__":
    sys.exit(main())
