#!/usr/bin/env python3
"""report.py LOG.json [-o OUT.html] [--title TEXT] [--frames FIRST:LAST]: a page about what a program's allocators used, that opens without a network.

LOG is a memory log (docs/memory-log.schema.json), or - for standard input. OUT is LOG with the ending .html, unless named; - is standard output.
--frames keeps the frames from FIRST to LAST alone, to look at them closely. Needs Python and nothing else. A log that cannot be read is one message
with its cause and cure, and exit status 1.
"""
import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "report"))
import memory  # noqa: E402
from page import Refused  # noqa: E402

PAGES = {memory.SCHEMA: memory.page}  # a document's "schema": who makes a page of it


def parsed(text):
    """The document in `text`, and who makes a page of it."""
    if not text.strip():
        raise Refused("the file is empty", "the program ended before it wrote its log, or wrote it elsewhere", "write the log where the program ends, then run this again")
    try:
        document = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        where = f"line {error.lineno}, column {error.colno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else "it is nested too deeply"
        raise Refused(f"this is not JSON; {where}", "the file was cut short, or something else than Alloy wrote into it", "write the log again, into a file of its own") from None
    known = " or ".join(f'"{schema}"' for schema in PAGES)
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema is None:
        raise Refused('there is no "schema"', "this is JSON, but no log of Alloy's", f'give a document whose "schema" is {known}')
    if not isinstance(schema, str) or schema not in PAGES:
        raise Refused(f'the schema is {json.dumps(schema)}; this tool knows {known}', "the log was written by another version of Alloy",
                      "use the tools/report.py of the version that wrote it")
    return document, PAGES[schema]


def span(text):
    """(first, last) of "FIRST:LAST", each of which may be left out."""
    first, colon, last = text.partition(":")
    try:
        chosen = int(first or 0), int(last) if last else sys.maxsize
    except ValueError:
        chosen = (1, 0)
    if not colon or chosen[0] > chosen[1]:
        raise argparse.ArgumentTypeError(f"{text!r} is no FIRST:LAST, such as 500:800, 500: or :800")
    return chosen


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0], formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("log", help="a memory log, or - for standard input")
    parser.add_argument("-o", "--output", help="the page; - is standard output")
    parser.add_argument("--title", help="what stands above it, instead of the log's name")
    parser.add_argument("--frames", type=span, default=(0, sys.maxsize), metavar="FIRST:LAST", help="these frames alone")
    options = parser.parse_args()
    piped = options.log == "-"
    try:
        try:
            text = sys.stdin.buffer.read() if piped else Path(options.log).read_bytes()
            document, page = parsed(text.decode("utf-8-sig"))
        except OSError as error:
            raise Refused(f"it cannot be read: {error.strerror}", "there is no such file, or it may not be read", "name a file that the program wrote") from None
        except UnicodeDecodeError as error:
            raise Refused(f"byte {error.start} is no UTF-8", "the file is no text, or a name in it has another encoding", "write names in UTF-8") from None
        title = options.title or ("" if piped else Path(options.log).stem)
        html = page(document, title, options.frames)
    except Refused as no:
        print(f"alloy: {options.log}: {no.what}\n  cause: {no.cause}\n  cure:  {no.cure}", file=sys.stderr)
        return 1
    output = options.output or ("-" if piped else str(Path(options.log).with_suffix(".html")))
    if output == "-":
        sys.stdout.buffer.write(html.encode())
        return 0
    try:
        Path(output).write_text(html, encoding="utf-8")
    except OSError as error:
        print(f"alloy: {output}: it cannot be written: {error.strerror}\n  cause: the folder is not there or may not be written to\n"
              "  cure:  name another file with -o", file=sys.stderr)
        return 1
    print(f"alloy: wrote {output}, {len(html.encode()) / 1024:.0f} KiB; open it in a browser")
    return 0


if __name__ == "__main__":
    sys.exit(main())
