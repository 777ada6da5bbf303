#!/usr/bin/env python3
"""report_test.py [tool | page]: what tools/report.py says and writes; and what a browser makes of it, where there is one.

"tool" needs Python alone. "page" loads pages in a headless Chromium; without one it ends with status 77.
"""
import copy
import html.parser
import json
import random
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))
import browser  # noqa: E402
import game  # noqa: E402

HOSTILE = "</script><script>hit = 1</script>\"'<img src=x onerror='hit = 2'>{{style}}&amp;\u2028 <b>&lt;"


def run(*arguments, given=None):
    return subprocess.run([sys.executable, str(ROOT / "tools/report.py"), *map(str, arguments)], input=given, capture_output=True)


class Rows(html.parser.HTMLParser):
    """The figures of the page's tables: for each allocator, the name or index of a row: its exact figures, column by column; None for a dash."""

    def __init__(self, text):
        super().__init__()
        self.allocators, self.row, self.cell = [], None, None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "section":
            self.allocators.append({})
        elif tag == "tr" and ("data-tag" in given or "data-row" in given):
            self.row = self.allocators[-1].setdefault(given.get("data-row") or int(given["data-tag"]), [])
        elif tag == "td" and self.row is not None:
            self.row.append(None)
        elif tag == "data" and self.row:
            self.row[-1] = float(given["value"])

    def handle_endtag(self, tag):
        if tag == "tr":
            self.row = None


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def page(self, document, *arguments, name="log"):
        """The path of the page made of a document."""
        source, out = self.folder / f"{name}.json", self.folder / f"{name}.html"
        source.write_text(json.dumps(document), encoding="utf-8")
        said = run(source, "-o", out, *arguments)
        self.assertEqual(said.returncode, 0, said.stderr.decode())
        return out


def small(**changes):
    """A log with two tags and three frames."""
    frames = [(n, n * 10_000_000, 4096, [[100 + n, 20, 3], [7, 0, n]]) for n in range(3)]
    it = game.allocator("small", ["a", "a/b"], {"a": 130, "a/b": 500}, frames, held_limit=8192, sizes=[(16, 3), (None, 1)])
    it.update(changes)
    return game.log(it)


class Tool(Case):
    def test_what_is_no_log_is_refused_with_cause_and_cure(self):
        def broken(change):
            document = small()
            change(document["allocators"][0])
            return json.dumps(document)

        wholes = json.dumps(small())
        cases = {
            "empty": ("", "the file is empty"),
            "cut short": (wholes[:200], "not JSON; line 1, column"),
            "nested": ("[" * 100_000, "nested too deeply"),
            "another": ('{"rows": []}', 'there is no "schema"'),
            "array": ("[1]", 'there is no "schema"'),
            "newer": ('{"schema": "alloy.memory/2", "allocators": []}', 'the schema is "alloy.memory/2"; this tool knows "alloy.memory/1"'),
            "odd schema": ('{"schema": {}, "allocators": []}', "the schema is {}"),
            "no allocator": ('{"schema": "alloy.memory/1", "allocators": []}', "the log has no allocator"),
            "no list": ('{"schema": "alloy.memory/1"}', 'the log has no "allocators"'),
            "no object": ('{"schema": "alloy.memory/1", "allocators": [3]}', "allocators[0] must be an object"),
            "no name": (broken(lambda it: it.pop("name")), 'allocators[0] has no "name"'),
            "no tags": (broken(lambda it: it.pop("tags")), 'allocators[0] has no "tags"'),
            "tag": (broken(lambda it: it["tags"].append(5)), "allocators[0].tags[2] must be an object"),
            "limit": (broken(lambda it: it["tags"][0].update(limit=-1)), "allocators[0].tags[0].limit must be a whole number, from 0 to 2^64 - 1, and is -1"),
            "true": (broken(lambda it: it.update(held_limit=True)), "allocators[0].held_limit must be a whole number"),
            "twice": (broken(lambda it: it["tags"][1].update(name="a", parent=None)), "two tags of one name"),
            "itself": (broken(lambda it: it["tags"][0].update(parent="a/b")), "lies below itself"),
            "width": (broken(lambda it: it["frames"][1]["tags"].pop()), "allocators[0].frames[1].tags has 1 entry for 2 tags"),
            "triple": (broken(lambda it: it["frames"][2]["tags"].__setitem__(1, [1, 2])), "allocators[0].frames[2].tags[1] must be [frame, pool, heap]"),
            "fraction": (broken(lambda it: it["frames"][2]["tags"].__setitem__(1, [1, 2, 0.5])), "allocators[0].frames[2].tags[1] must be [frame, pool, heap]"),
            "used": (broken(lambda it: it["frames"][0].update(used="9")), "allocators[0].frames[0].used must be a whole number"),
            "order": (broken(lambda it: it["frames"].reverse()), "frames must be in order"),
            "peaks": (broken(lambda it: it["peaks"].update(tags=[[1, 2, 3]])), "allocators[0].peaks.tags has 1 entry for 2 tags"),
            "sizes": (broken(lambda it: it["sizes"].append({"upto": 4})), 'allocators[0].sizes[2] has no "count"'),
            "advice": (broken(lambda it: it["advice"].append({"kind": "x"})), 'allocators[0].advice[0] has no "what"'),
        }
        for name, (content, expected) in cases.items():
            with self.subTest(name):
                source, out = self.folder / "log.json", self.folder / "log.html"
                source.write_text(content)
                said = run(source, "-o", out)
                words = said.stderr.decode()
                self.assertEqual(said.returncode, 1, words)
                self.assertIn(expected, words)
                self.assertTrue(words.startswith(f"alloy: {source}: "), words)
                self.assertRegex(words, r"\n  cause: .+\n  cure:  .+\n$")
                self.assertFalse(out.exists())

    def test_files_that_cannot_be_read_or_written_are_named(self):
        said = run(self.folder / "none.json")
        self.assertEqual(said.returncode, 1)
        self.assertIn("none.json: it cannot be read: No such file", said.stderr.decode())
        (self.folder / "odd.json").write_bytes(b'{"schema": "\xff"}')
        said = run(self.folder / "odd.json")
        self.assertEqual(said.returncode, 1)
        self.assertIn("byte 12 is no UTF-8", said.stderr.decode())
        said = run("-", "-o", self.folder / "none" / "x.html", given=json.dumps(small()).encode())
        self.assertEqual(said.returncode, 1)
        self.assertIn("x.html: it cannot be written", said.stderr.decode())
        said = run("-", "--frames", "9:3", given=b"")
        self.assertEqual(said.returncode, 2)
        self.assertIn("FIRST:LAST", said.stderr.decode())

    def test_nothing_that_is_nearly_a_log_ends_in_a_traceback(self):
        random.seed(11)
        whole = json.dumps(small())
        odd = [None, -1, 1.5, "x", [], {}, True, 2 ** 64 - 1, 10 ** 30, [[]]]

        def places(value, path=()):
            items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
            for key, part in items:
                yield (*path, key)
                yield from places(part, (*path, key))
        every = list(places(json.loads(whole)))
        sys.path.insert(0, str(ROOT / "tools"))
        import report
        refused = 0
        for path in every:
            for value in [*random.sample(odd, 5), "gone"]:
                document = copy.deepcopy(json.loads(whole))
                holder = document
                for key in path[:-1]:
                    holder = holder[key]
                if value == "gone":
                    del holder[path[-1]]
                else:
                    holder[path[-1]] = value
                with self.subTest(path=path, value=value):
                    try:
                        document, make = report.parsed(json.dumps(document))
                        made = make(document, "t", (0, sys.maxsize))
                        self.assertIn("<h1>t</h1>", made)
                    except report.Refused:
                        refused += 1
        self.assertGreater(refused, len(every))

    def test_the_tables_figures_are_the_logs(self):
        document = game.log(game.game(500), game.flat(9, 40), small()["allocators"][0])
        rows = Rows(self.page(document).read_text()).allocators
        self.assertEqual(len(rows), 3)
        for it, found in zip(document["allocators"], rows):
            names = [tag["name"] for tag in it["tags"]]
            tree = any("/" in name for name in names)
            for i, tag in enumerate(it["tags"]):
                last = it["frames"][-1]["tags"]
                parts = [sum(last[k]) for k, name in enumerate(names) if name == tag["name"] or name.startswith(tag["name"] + "/")]
                share = None if tag["limit"] is None else round(100 * tag["peak"] / tag["limit"], 2)
                itself = [sum(last[i]) if len(parts) > 1 else None] if tree else []
                self.assertEqual(found[i], [sum(parts), *itself, tag["peak"], tag["limit"], share, tag["frames_over"]], tag["name"])
            self.assertEqual([found["used"][k] for k in (0, 1 + tree)], [it["frames"][-1]["used"], it["peaks"]["used"]])
            self.assertEqual([found["held"][k] for k in (0, 1 + tree, 2 + tree)], [it["frames"][-1]["held"], it["peaks"]["held"], it["held_limit"]])
            self.assertEqual(len(found), len(names) + 2)

    def test_a_log_without_peaks_of_its_own_has_those_of_its_frames(self):
        document = small(peaks=None)
        it = document["allocators"][0]
        for tag in it["tags"]:
            tag.update(peak=None, frames_over=None)
        rows = Rows(self.page(document).read_text()).allocators[0]
        # a: 100 + n, 20, 3 with a/b: 7, 0, n below it
        self.assertEqual(rows[0], [134, 125, 134, 130, 103.08, 2])
        self.assertEqual(rows[1], [9, None, 9, 500, 1.8, 0])

    def test_a_parent_that_is_no_tag_is_shown_with_the_sums_of_its_parts(self):
        frames = [(n, n, 4096, [[10 * n, 0, 0], [5, 0, 0]]) for n in range(4)]
        rows = Rows(self.page(game.log(game.allocator("x", ["a/b/c", "a/d"], {}, frames))).read_text()).allocators[0]
        self.assertEqual({key: row[:3] for key, row in rows.items() if isinstance(key, int)}, {0: [30, None, 30], 1: [5, None, 5], 2: [30, 0, 30], 3: [35, 0, 35]})

    def test_frames_chosen_alone_are_counted_alone(self):
        page = self.page(game.log(game.game(500)), "--frames", "100:149", "--title", "fifty").read_text()
        self.assertIn("<h1>fifty</h1>", page)
        self.assertIn("<li>50 frames logged</li>", page)
        self.assertIn("These are frames 100 to 149 alone.", page)
        it = game.game(500)
        self.assertEqual(Rows(page).allocators[0]["used"][2], max(frame["used"] for frame in it["frames"][100:150]))
        said = run("-", "--frames", "500:", given=json.dumps(game.log(it)).encode())
        self.assertEqual(said.returncode, 1)
        self.assertIn("allocators[0] has no frame from 500", said.stderr.decode())

    def test_a_long_log_keeps_every_peak_and_stays_small(self):
        it = game.game(30_000)
        page = self.page(game.log(it)).read_text()
        self.assertLess(len(page), 500_000)
        data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])["allocators"][0]

        def values(steps):
            total = 0
            return [total := total + step for step in steps]
        frames, own = values(data["frames"]), [values(tag["own"]) for tag in data["tags"]]
        self.assertLess(len(frames), 3_000)
        self.assertEqual([frames[0], frames[-1]], [0, 29_999])
        self.assertEqual(max(values(data["used"])), it["peaks"]["used"])
        self.assertEqual(max(values(data["held"])), it["peaks"]["held"])
        for k, tag in enumerate(it["tags"]):
            parts = [own[i] for i, other in enumerate(it["tags"]) if (other["name"] + "/").startswith(tag["name"] + "/")]
            self.assertEqual(max(map(sum, zip(*parts))), tag["peak"])
        for at, frame in enumerate(frames):
            self.assertEqual([part[at] for part in own], [sum(entry) for entry in it["frames"][frame]["tags"]])
        self.assertRegex(page, r"The plots show [\d,]+ of 30,000 frames")

    def test_a_long_log_keeps_the_peak_of_a_tag_with_its_parts_where_neither_it_nor_all_have_theirs(self):
        random.seed(5)
        frames = []
        for n in range(9_000):
            own = [random.randrange(1000), random.randrange(1000)]
            frames.append((n, n, 9000, [[each, 0, 0] for each in [*own, 2500 - sum(own) + n % 3]]))  # all together: nearly the same always
        it = game.allocator("x", ["a", "a/b", "c"], {}, frames)
        page = self.page(game.log(it)).read_text()
        data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])["allocators"][0]
        top = max(range(9_000), key=lambda n: sum(frames[n][3][0]) + sum(frames[n][3][1]))
        self.assertLess(len(data["frames"]), 3_000)
        self.assertIn(top, [sum(data["frames"][:i + 1]) for i in range(len(data["frames"]))])

    def test_the_largest_usual_page_is_below_half_a_megabyte(self):
        self.assertLess(self.page(game.log(game.flat(64, 2000))).stat().st_size, 500_000)

    def test_the_page_stands_alone(self):
        page = self.page(small()).read_text()
        self.assertIn("default-src 'none'", page)
        self.assertNotIn("unsafe-", page)
        markup = re.sub(r"<(script|style)[ >].*?</\1>", "", page, flags=re.DOTALL)
        self.assertIsNone(re.search(r"""\b(src|href|action|style|on\w+)\s*=|@import|url\(""", markup))
        for licence in (ROOT / "tools/report/vendor").glob("*/LICENSE"):
            self.assertIn(licence.read_text().splitlines()[0], page)
        self.assertEqual(page, self.page(small()).read_text())

    def test_what_a_log_says_stays_text(self):
        page = self.page(hostile(), "--title", HOSTILE).read_text()
        self.assertNotIn("<script>hit", page)
        self.assertNotIn("<img", page)
        self.assertEqual(len(re.findall("<script", re.sub(r"<script>.*?</script>", "<script>", page, flags=re.DOTALL))), 4)

    def test_the_logs_here_have_the_form_of_the_schema(self):
        schema = ROOT / "docs/memory-log.schema.json"
        if not schema.exists():
            self.skipTest("docs/memory-log.schema.json is not there")
        allocator = json.loads(schema.read_text())["definitions"]["allocator"]
        for it in (game.game(20), small()["allocators"][0]):
            self.assertLessEqual(set(allocator["required"]), set(it))
            self.assertLessEqual(set(it), set(allocator["properties"]))
            for part in ("tags", "frames", "sizes", "advice"):
                form = allocator["properties"][part]["items"]
                for entry in it[part]:
                    self.assertEqual(set(entry), set(form["required"]), part)
            for part in ("peaks", "totals"):
                self.assertEqual(set(it[part]), set(allocator["properties"][part]["required"]))


def hostile():
    frames = [(n, n * 10_000_000, 4096, [[100 + n, 20, 3], [7, 0, n]]) for n in range(20)]
    it = game.allocator(HOSTILE, [HOSTILE.replace("/", "|"), "two"], {"two": 8}, frames, declaration=HOSTILE, sizes=[(16, 4), (32, 1)],
                        advice=[{"kind": HOSTILE, "tag": HOSTILE, "what": HOSTILE, "cure": HOSTILE, "code": HOSTILE}])
    return game.log(it, copy.deepcopy(it))


class Page(Case):
    @classmethod
    def setUpClass(cls):
        cls.browser = browser.Browser()
        cls.browser.__enter__()
        cls.addClassCleanup(cls.browser.__exit__, None, None, None)

    def open(self, document, *arguments, **how):
        path = self.page(document, *arguments)
        page = self.browser.open(path, **how)
        self.opened = (page, path)
        self.quiet()
        return page

    def quiet(self):
        """The page complained of nothing and asked for nothing."""
        page, path = self.opened
        self.assertEqual(page.complaints, [])
        self.assertEqual(page.requests, [path.resolve().as_uri()])

    # How many pixels of each canvas are painted, and in how many colours of 64.
    PAINTED = """[...document.querySelectorAll('canvas')].map(c => {
        const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data, colours = new Set(); let painted = 0;
        for (let i = 0; i < d.length; i += 4) if (d[i + 3] > 127) { ++painted; colours.add((d[i] >> 6) * 16 + (d[i + 1] >> 6) * 4 + (d[i + 2] >> 6)); }
        return [painted / (c.width * c.height), colours.size]; })"""

    def legend(self, page):
        return dict(page.value("[...document.querySelectorAll('.legend .entry')].map(e => [e.children[1].textContent, e.lastChild.textContent])"))

    def test_plots_are_drawn_in_light_and_dark_and_nothing_is_asked_of_a_network(self):
        document = game.log(game.game(600))
        shades = []
        for dark in (False, True):
            page = self.open(document, dark=dark)
            painted = page.value(self.PAINTED)
            self.assertEqual(len(painted), 1 + 8 + 1)  # the timeline, a plot for each tag, the histogram
            for share, colours in painted:
                self.assertGreater(share, 0.03)
                self.assertGreater(colours, 2)
            self.assertGreater(painted[0][1], 6)  # a colour for each of the larger tags
            self.assertGreater(page.value("document.querySelectorAll('.treemap > *').length"), 7)
            shades.append(page.value("getComputedStyle(document.body).backgroundColor"))
            self.quiet()
        self.assertNotEqual(*shades)

    def test_layers_have_areas_as_bytes_in_the_colours_of_the_legend(self):
        it = game.flat(5, 300, limits=False)
        it["peaks"]["held"] = 0
        for frame in it["frames"]:
            frame["held"] = 0
        page = self.open(game.log(it))
        found = page.value("""(() => {
            const c = document.querySelector('.timeline canvas'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
            return [...document.querySelectorAll('.legend button.entry')].map(e => {
                const [r, g, b] = getComputedStyle(e.firstChild).backgroundColor.match(/\\d+/g).map(Number);
                let n = 0;
                for (let i = 0; i < d.length; i += 4) n += d[i] === r && d[i + 1] === g && d[i + 2] === b;
                return [e.children[1].textContent, n];
            }); })()""")
        bytes_of = {tag["name"]: sum(sum(frame["tags"][i]) for frame in it["frames"]) for i, tag in enumerate(it["tags"])}
        pixels = dict(found)
        self.assertEqual(set(pixels), set(bytes_of))
        for name, n in bytes_of.items():
            self.assertAlmostEqual(pixels[name] / sum(pixels.values()), n / sum(bytes_of.values()), delta=0.02)

    def test_a_theme_that_changes_changes_the_plots(self):
        page = self.open(game.log(game.game(100)))
        at = "(() => { const c = document.querySelector('.timeline canvas'), d = c.getContext('2d').getImageData(c.width / 2, c.height * 0.8, 1, 1).data; return [...d]; })()"
        light = page.value(at)
        page.media(dark=True)
        page.settle()
        self.assertNotEqual(light, page.value(at))
        self.quiet()

    def test_the_legend_says_the_figures_of_the_peak_and_of_the_frame_under_the_cursor(self):
        it = game.game(300)
        page = self.open(game.log(it))
        names = [tag["name"] for tag in it["tags"]]

        def expect(frame):
            moment = it["frames"][frame]
            numbers = [*map(sum, moment["tags"]), moment["used"], moment["held"]]
            found = self.legend(page)
            self.assertEqual([found[name] for name in [*names, "used", "held"]], [page.value(f"report.bytes({n})") for n in numbers], frame)
        expect(it["peaks"]["frame"])
        page.value("document.querySelector('.timeline .plot').focus()")
        page.key("Home")
        expect(0)
        page.key("ArrowRight")
        expect(1)
        page.key("End")
        expect(299)
        self.assertIn("frame 299: used", page.value("document.getElementById('spoken').textContent"))
        page.point(".timeline .u-over", 0.5, 0.5)
        shown = page.value("document.querySelector('.legend .moment b').textContent")
        self.assertAlmostEqual(int(shown.removeprefix("frame ")), 150, delta=2)
        expect(int(shown.removeprefix("frame ")))
        self.assertEqual(page.value("document.querySelector('.multiple .value').textContent != ''"), True)  # the small plots follow
        self.quiet()

    def test_the_tables_words_are_those_of_the_plots(self):
        ties = [3200, 1029, 10234, 1023, 1024, 0, 1047552, 1047551, 102348, 102349, 5 * 2 ** 40]
        page = self.open(game.log(game.allocator("x", [f"t{i}" for i in range(len(ties))], {}, [(0, 0, 0, [[n, 0, 0] for n in ties])])))
        words = page.value("[...document.querySelectorAll('tbody data')].map(e => [e.textContent, report.bytes(+e.value)])")
        self.assertEqual(len(words), 2 * len(ties))
        for written, said in words:
            self.assertEqual(written, said)
        self.assertEqual(page.value("report.bytes(3200)"), "3.13 KiB")

    def test_keys_look_closer_and_all_frames_come_back(self):
        page = self.open(game.log(game.game(300)))
        page.value("document.querySelector('.timeline .plot').focus()")
        self.assertTrue(page.value("document.querySelector('.whole').hidden"))
        page.key("+", "+")
        self.assertFalse(page.value("document.querySelector('.whole').hidden"))
        page.click(".whole")
        self.assertTrue(page.value("document.querySelector('.whole').hidden"))
        page.key("+", "+")
        page.key("Escape")
        self.assertTrue(page.value("document.querySelector('.whole').hidden"))
        self.quiet()

    def test_a_tag_alone_and_lifetimes(self):
        page = self.open(game.log(game.game(300)))
        page.click(".legend button.entry")
        self.assertEqual(page.value("document.querySelectorAll('.legend .dim').length"), 7)
        page.click(".legend button.entry")
        self.assertEqual(page.value("document.querySelectorAll('.legend .dim').length"), 0)
        page.click("[data-view=kinds]")
        self.assertEqual(list(self.legend(page))[:3], ["heap", "pool", "frame"])
        self.quiet()

    def test_the_treemap_has_areas_as_bytes_and_opens(self):
        it = game.flat(10, 30)
        page = self.open(game.log(it))
        boxes = page.value("[...document.querySelectorAll('.treemap > *')].map(e => [e.getAttribute('aria-label').split(':')[0], e.offsetWidth * e.offsetHeight])")
        areas, used = dict(boxes), {tag["name"]: sum(entry) for tag, entry in zip(it["tags"], it["peaks"]["tags"])}
        self.assertEqual(set(areas), set(used))
        for name, n in used.items():
            self.assertAlmostEqual(areas[name] / sum(areas.values()), n / sum(used.values()), delta=0.012)
        page = self.open(game.log(game.game(300)))
        page.value("[...document.querySelectorAll('.treemap > button')].find(e => e.getAttribute('aria-label').startsWith('physics:')).click()")
        self.assertEqual(page.value("[...document.querySelectorAll('.path button')].map(e => e.textContent)"), ["all tags", "physics"])
        self.assertEqual(sorted(page.value("[...document.querySelectorAll('.treemap > *')].map(e => e.getAttribute('aria-label').split(':')[0])")), ["physics itself", "physics/contacts"])
        page.value("[...document.querySelectorAll('.treemap > button')].find(e => e.getAttribute('aria-label').startsWith('physics/contacts:')).click()")
        self.assertEqual(sorted(page.value("[...document.querySelectorAll('.treemap > *')].map(e => e.getAttribute('aria-label').split(':')[0])")), ["physics/contacts frame", "physics/contacts pool"])
        page.click(".path button")
        self.assertGreater(page.value("document.querySelectorAll('.treemap > *').length"), 7)
        self.quiet()

    def test_many_tags_are_twelve_and_others_until_asked(self):
        it = game.flat(64, 60)
        page = self.open(game.log(it))
        rows = "[...document.querySelectorAll('tbody tr')].filter(e => !e.hidden).length"
        over = sum(tag["frames_over"] > 0 for tag in it["tags"][12:])
        self.assertEqual(page.value(rows), 12 + over)
        self.assertIn("other (52 tags)", self.legend(page))
        self.assertEqual(page.value("document.querySelectorAll('.multiple').length"), 12)
        page.click(".more")
        self.assertEqual(page.value(rows), 64)
        self.assertEqual(len([name for name in self.legend(page) if name.startswith("system_")]), 64)
        self.assertEqual(page.value("document.querySelectorAll('.multiple').length"), 64)
        page.click(".more")
        self.assertEqual(page.value(rows), 12 + over)
        self.quiet()

    def test_a_table_sorts_and_comes_back(self):
        page = self.open(game.log(game.game(300)))
        order = "[...document.querySelectorAll('tbody tr')].map(e => +e.dataset.tag)"
        as_written = page.value(order)
        peaks = "[...document.querySelectorAll('tbody tr')].map(e => +e.cells[3].querySelector('data').value)"
        page.click("th:nth-child(4) .sort")
        self.assertEqual(page.value(peaks), sorted(page.value(peaks), reverse=True))
        page.click("th:nth-child(4) .sort")
        self.assertEqual(page.value(peaks), sorted(page.value(peaks)))
        page.click("th:nth-child(4) .sort")
        self.assertEqual(page.value(order), as_written)
        self.quiet()

    def test_few_frames_and_one_tag_and_no_limits(self):
        page = self.open(game.log(game.allocator("tiny", ["all"], {}, [(n, n, 65536, [[1000 + n, 0, 0]]) for n in range(10)])))
        self.assertEqual(len(page.value(self.PAINTED)), 1)
        page = self.open(game.log(game.allocator("tiny", ["all"], {}, [(0, 0, 0, [[0, 0, 0]])])))
        self.assertEqual(len(page.value(self.PAINTED)), 1)
        page = self.open(game.log(game.allocator("tiny", ["all"], {"all": 1005}, [(n, n, 65536, [[1000 + n, 0, 0]]) for n in range(10)])))
        self.assertEqual(len(page.value(self.PAINTED)), 2)
        page = self.open(game.log(game.allocator("none", [], {}, [(n, n, 65536, []) for n in range(10)])))
        self.assertEqual(len(page.value(self.PAINTED)), 1)

    def test_no_frames_say_what_to_do(self):
        page = self.open(game.log(game.allocator("quiet", ["a", "b"], {"a": 9}, [])))
        self.assertIn("This log has no frames", page.value("document.querySelector('.notice').innerText"))
        self.assertEqual(page.value("document.querySelectorAll('canvas').length"), 0)

    def test_several_allocators_have_sections(self):
        page = self.open(game.log(game.game(200), game.flat(5, 50), game.allocator("quiet", ["a"], {}, [])))
        self.assertEqual(page.value("[...document.querySelectorAll('h2')].map(e => e.textContent)"), ["game::memory", "many::memory", "quiet"])
        self.assertEqual(page.value("[...document.querySelectorAll('.contents a')].map(e => document.querySelector(e.getAttribute('href')) !== null)"), [True] * 3)
        self.assertEqual(page.value("document.querySelectorAll('.timeline canvas').length"), 2)

    def test_what_a_log_says_stays_text(self):
        page = self.open(hostile(), "--title", HOSTILE)
        page.click(".legend button.entry")
        page.click(".treemap > button")
        self.assertEqual(page.value("typeof hit"), "undefined")
        self.assertEqual(page.value("document.querySelectorAll('img, b script').length"), 0)
        self.assertEqual(page.value("document.querySelector('h1').textContent"), HOSTILE)
        self.assertEqual(page.value("document.querySelector('h2').textContent"), HOSTILE)
        self.assertEqual(page.value("document.querySelector('.advice pre').textContent"), HOSTILE)
        self.assertEqual(page.value("document.querySelector('.advice h4').textContent"), HOSTILE + ".")
        self.assertIn(HOSTILE.replace("/", "|"), self.legend(page))
        self.quiet()
        # And if a script or a request were smuggled in, the page's policy would stop it.
        page.value("document.body.insertAdjacentHTML('beforeend', '<img src=\"data:,\" onerror=\"hit = 3\">'); const s = document.createElement('script'); s.textContent = 'hit = 4'; document.body.append(s);")
        page.settle()
        self.assertEqual(page.value("typeof hit"), "undefined")
        self.assertEqual(page.value("fetch('http://127.0.0.1:9/').then(() => 'went', error => 'stopped')"), "stopped")
        self.assertTrue(any("Content Security Policy" in each for each in page.complaints), page.complaints)

    def test_narrow_windows_and_paper(self):
        page = self.open(game.log(game.game(200)), width=420)
        self.assertLessEqual(page.value("document.documentElement.scrollWidth"), 420)
        page = self.open(game.log(game.game(200)), dark=True)
        page.print(self.folder / "page.pdf")
        self.assertEqual((self.folder / "page.pdf").read_bytes()[:5], b"%PDF-")
        self.assertFalse(page.value("document.documentElement.classList.contains('paper')"))
        page.value("dispatchEvent(new Event('beforeprint'))")
        self.assertEqual(page.value("getComputedStyle(document.documentElement).getPropertyValue('--card').trim()"), "#ffffff")  # light, whatever the screen is
        page.value("dispatchEvent(new Event('afterprint'))")
        self.quiet()


if __name__ == "__main__":
    if "page" in sys.argv[1:2] and not browser.found():
        print("alloy: skipped: no chromium is installed, so no page was looked at")
        sys.exit(77)
    which = {"tool": ["Tool"], "page": ["Page"]}.get(sys.argv[1] if len(sys.argv) > 1 else "", ["Tool", "Page"])
    unittest.main(argv=[sys.argv[0], *(sys.argv[2:] or which)])
