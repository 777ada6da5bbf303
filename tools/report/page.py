"""A page that stands alone: skeleton, styles, plots, libraries with their licences, one block of data. What it shows is the caller's.

The page asks for nothing: its content security policy refuses every request, and every script and style that is not one of its own.
Whatever comes from a log goes through `text()` into HTML, or through `page()`'s data into JSON; both escape it.
"""
import base64
import hashlib
import html
import json
import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIBRARIES = ["uplot", "d3-hierarchy"]


class Refused(Exception):
    """What a reader is told who gave something that no page can be made of."""

    def __init__(self, what, cause, cure):
        super().__init__(what)
        self.what, self.cause, self.cure = what, cause, cure


def text(value):
    return html.escape(str(value), quote=True)


def fixed(value, digits):
    """Halves go up, as a browser's toFixed has them."""
    return str(Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def size(n):
    """Bytes for a reader, as bytes() of page.js says them: three digits, binary units."""
    value, unit = float(n), 0
    while value >= 1023.5 and unit < 5:
        value, unit = value / 1024, unit + 1
    return f"{fixed(value, 0 if unit == 0 or value >= 99.95 else 1 if value >= 9.995 else 2)} {('B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB')[unit]}"


def percent(part, whole):
    """A share in per cent; with a decimal where a whole number would hide which side of the whole it is on."""
    share = 100 * part / whole
    return fixed(share, 1 if 99 < share < 101 and part != whole else 0) + " %"


def count(n):
    return f"{n:,}"


def counted(n, singular, plural=None):
    return f"{n:,} {singular if n == 1 else plural or singular + 's'}"


def amount(n):
    """An element that says n bytes in a word, and exactly to programs and to whoever rests a pointer on it."""
    return "<span class=\"none\">–</span>" if n is None else f'<data value="{n}" title="{n:,} B">{size(n)}</data>'


def code(source):
    """C++ with its words marked, and a button that copies it."""
    token = re.compile(r'(?P<comment>//[^\n]*)|(?P<string>"[^"\n]*")|(?P<number>\b\d[\d\'.]*\b)|(?P<word>\b(?:struct|class|using|auto|const|constexpr|template|namespace|return|int)\b)|'
                       r"(?P<name>\b(?:[a-z_]\w*::)+[a-z_]\w*)")
    out, end = [], 0
    for found in token.finditer(source):
        out += [text(source[end:found.start()]), f'<i class="{found.lastgroup}">{text(found[0])}</i>']
        end = found.end()
    return f'<div class="code"><button type="button" class="copy">Copy</button><pre tabindex="0"><code>{"".join(out)}{text(source[end:])}</code></pre></div>'


def page(kind, title, facts, body, data, script):
    """kind: what sort of report; facts: short sentences below the title; body: HTML; data: for `report.data`; script: a file beside this one."""
    def read(name):
        return (HERE / name).read_text(encoding="utf-8")

    folders = [HERE / "vendor" / name for name in LIBRARIES]
    style = "\n".join([f.read_text(encoding="utf-8") for folder in folders for f in sorted(folder.glob("*.css"))] + [read("page.css")])
    programs = ["\n".join(f.read_text(encoding="utf-8") for folder in folders for f in sorted(folder.glob("*.js"))), read("page.js"), read(script)]
    for source in [style, *programs]:
        if re.search(r"</(script|style)|<!--", source, re.IGNORECASE):
            raise AssertionError("a script or style of the page would end its own element")

    def digest(source):
        return "'sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode() + "'"

    licences = "".join(f"<h3>{text((folder / 'VERSION').read_text().strip())}</h3><pre>{text((folder / 'LICENSE').read_text().strip())}</pre>" for folder in folders)
    parts = {
        "policy": f"default-src 'none'; base-uri 'none'; form-action 'none'; script-src {' '.join(map(digest, programs))}; style-src {digest(style)}",
        "kind": text(kind),
        "title": text(title),
        "facts": "".join(f"<li>{text(fact)}</li>" for fact in facts),
        "style": style,
        "body": body,
        "data": json.dumps(data, separators=(",", ":")).replace("<", "\\u003c"),
        "scripts": "\n".join(f"<script>{source}</script>" for source in programs),
        "licences": licences,
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], read("page.html"))
