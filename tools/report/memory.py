"""The memory report: reads a memory log (docs/memory-log.schema.json), works out what the page shows, and writes the parts that need no script.

In a log each tag's bytes in a frame are its own; limits and peaks are of it with its parts, as "physics/contacts" is a part of "physics". So a stack shows what
is its own, and what stands beside a limit has the parts added. All figures come from all frames of the log; the plots alone leave frames out, where there are
more than they can show.
"""
from statistics import median, pstdev

from page import Refused, amount, code, count, counted, page as whole_page, percent, size, text

SCHEMA = "alloy.memory/1"
VALUES_DRAWN = 60_000  # numbers in the page's plots, all allocators together: about 350 KB
FRAMES_DRAWN = (300, 2_500)  # of one allocator: at least, at most
SHOWN_AT_FIRST = 12  # tags; the others are one, "other", until asked for

MISSING = object()


def at(value, where, key, kind, default=MISSING):
    """value[key], which must be there and be a `kind`, or None where the default is None."""
    found = value.get(key, default)
    if found is MISSING:
        raise Refused(f'{where} has no "{key}"', "the log was cut short, or written by something else than Alloy", "write the log again")
    if found is None and default is None:
        return None
    names = {int: "a whole number, from 0 to 2^64 - 1", str: "a text", list: "an array", dict: "an object"}
    if not isinstance(found, kind) or isinstance(found, bool) or (kind is int and not 0 <= found < 1 << 64):
        shown = repr(found)
        raise Refused(f"{where}.{key} must be {names[kind]}, and is {shown if len(shown) < 60 else shown[:56] + ' ...'}",
                      "the log was changed by hand, or written by something else than Alloy", "write the log again")
    return found


def own_bytes(entries, tags, where):
    """Checks one moment's tags: as many as declared, each the bytes in frames, pool and heap."""
    if len(entries) != tags:
        raise Refused(f"{where} has {counted(len(entries), 'entry', 'entries')} for {counted(tags, 'tag')}", "the log was cut short or put together by hand", "write the log again")
    for i, entry in enumerate(entries):
        if not isinstance(entry, list) or len(entry) != 3 or not all(type(n) is int and 0 <= n < 1 << 64 for n in entry):
            raise Refused(f"{where}[{i}] must be [frame, pool, heap], three whole numbers, and is {repr(entry)[:60]}", "the log was changed by hand", "write the log again")
    return entries


class Tag:
    def __init__(self, index, entry, where):
        self.index = index
        self.name = at(entry, where, "name", str)
        self.limit = at(entry, where, "limit", int, None)
        self.peak = at(entry, where, "peak", int, None)
        self.over = at(entry, where, "frames_over", int, None)
        self.refusals = at(entry, where, "refusals", int, None)
        self.parent, self.children = None, []
        self.above = at(entry, where, "parent", str, None)
        self.own, self.sums = [], []  # bytes, frame by frame: its own; with its parts

    def below(self):
        """Itself and all that lies below it."""
        yield self
        for child in self.children:
            yield from child.below()

    def root(self):
        return self.parent.root() if self.parent else self


class Allocator:
    def __init__(self, entry, where, span):
        if not isinstance(entry, dict):
            raise Refused(f"{where} must be an object", "the log was changed by hand", "write the log again")
        self.name = at(entry, where, "name", str)
        self.declaration = at(entry, where, "declaration", str, "")
        self.held_limit, self.used_limit = at(entry, where, "held_limit", int, None), at(entry, where, "used_limit", int, None)
        self.thread_limit, self.frame_limit = at(entry, where, "thread_limit", int, None), at(entry, where, "frame_limit", int, None)
        self.tracking_bytes = at(entry, where, "own_bytes", int, None)
        self.every = max(1, at(entry, where, "every", int, 1))
        self.totals = at(entry, where, "totals", dict, {})
        self._read_tags(at(entry, where, "tags", list), where)
        self._read_frames(at(entry, where, "frames", list), where, span)
        self._read_peaks(at(entry, where, "peaks", dict, None), where, span)
        self._read_sizes(at(entry, where, "sizes", list, []), where)
        self.advice = []
        for i, piece in enumerate(at(entry, where, "advice", list, [])):
            here = f"{where}.advice[{i}]"
            if not isinstance(piece, dict):
                raise Refused(f"{here} must be an object", "the log was changed by hand", "write the log again")
            self.advice.append((at(piece, here, "tag", str, None), at(piece, here, "what", str), at(piece, here, "cure", str, ""), at(piece, here, "code", str, "")))

    def _read_tags(self, entries, where):
        self.tags = []
        for i, entry in enumerate(entries):
            here = f"{where}.tags[{i}]"
            if not isinstance(entry, dict):
                raise Refused(f"{here} must be an object", "the log was changed by hand", "write the log again")
            self.tags.append(Tag(i, entry, here))
        named = {tag.name: tag for tag in self.tags}
        if len(named) != len(self.tags):
            raise Refused(f"{where}.tags has two tags of one name", "the log was put together by hand", "give each tag a name of its own")
        self.listed = len(self.tags)
        for tag in self.tags:  # a parent that is no tag itself is put behind the others, and is seen here too
            if not tag.above:
                continue
            if tag.above not in named:
                implied = Tag(len(self.tags), {"name": tag.above, "parent": tag.above.rpartition("/")[0] or None}, where)
                named[tag.above] = implied
                self.tags.append(implied)
            tag.parent = named[tag.above]
            tag.parent.children.append(tag)
        for tag in self.tags:
            seen, up = set(), tag
            while up:
                if up.index in seen:
                    raise Refused(f"{where}.tags[{tag.index}] lies below itself", "the log was put together by hand", "let each parent be the front part of the name")
                seen.add(up.index)
                up = up.parent

    def _read_frames(self, entries, where, span):
        self.numbers, self.times, self.held, self.used = [], [], [], []
        moments, before = [], -1
        for i, entry in enumerate(entries):
            here = f"{where}.frames[{i}]"
            if not isinstance(entry, dict):
                raise Refused(f"{here} must be an object", "the log was changed by hand", "write the log again")
            number = at(entry, here, "frame", int)
            if number <= before:
                raise Refused(f"{here}.frame is {number} after {before}; frames must be in order", "two logs were joined", "make a page of each log")
            before = number
            held, used, tags = at(entry, here, "held", int), at(entry, here, "used", int), own_bytes(at(entry, here, "tags", list), self.listed, here + ".tags")
            if span[0] <= number <= span[1]:
                self.numbers.append(number)
                self.times.append(at(entry, here, "time_ns", int, 0))
                self.held.append(held)
                self.used.append(used)
                moments.append(tags)
        self.all_frames = len(self.numbers) == len(entries)
        if entries and not moments:
            raise Refused(f"{where} has no frame from {span[0]} to {span[1]}", f"its frames are {entries[0]['frame']} to {entries[-1]['frame']}", "choose others with --frames")
        for tag in self.tags:
            tag.own = [sum(moment[tag.index]) for moment in moments] if tag.index < self.listed else [0] * len(moments)
        for tag in self.tags:
            tag.sums = [sum(values) for values in zip(*(part.own for part in tag.below()))] if tag.children else tag.own
            if not self.all_frames:  # what the log says of all frames is not true of these
                tag.peak = tag.over = tag.refusals = None
            tag.peak = max(tag.sums, default=None) if tag.peak is None else tag.peak
            if tag.over is None and tag.limit is not None and moments:
                tag.over = sum(n > tag.limit for n in tag.sums)
        self.kinds = [[sum(entry[kind] for entry in moment) for moment in moments] for kind in range(3)]
        self._moments = moments

    def _read_peaks(self, peaks, where, span):
        n = max(range(len(self.used)), key=self.used.__getitem__, default=None)
        self.peak_used, self.peak_held, self.peak_frame = (self.used[n], max(self.held), self.numbers[n]) if n is not None else (0, 0, None)
        self.peak_tags = self._moments[n] if n is not None else []  # of the listed alone
        del self._moments
        if peaks is None or not self.all_frames:
            return
        here = where + ".peaks"
        self.peak_used, self.peak_held, self.peak_frame = at(peaks, here, "used", int), at(peaks, here, "held", int), at(peaks, here, "frame", int, None)
        tags = at(peaks, here, "tags", list, [])
        self.peak_tags = own_bytes(tags, self.listed, here + ".tags") if tags else []

    def _read_sizes(self, entries, where):
        self.sizes = []
        for i, entry in enumerate(entries):
            here = f"{where}.sizes[{i}]"
            if not isinstance(entry, dict):
                raise Refused(f"{here} must be an object", "the log was changed by hand", "write the log again")
            self.sizes.append((at(entry, here, "upto", int, None), at(entry, here, "count", int)))

    def frames_over(self, limited):
        """How many frames were over a budget, and whether that counts a frame once for each tag, as it must where the log does not have every frame."""
        over = [[n > tag.limit for n in tag.sums] for tag in limited]
        if all(sum(each) == tag.over for each, tag in zip(over, limited)):
            return sum(map(any, zip(*over))), False
        return sum(tag.over or 0 for tag in limited), len(limited) > 1

    def layers(self):
        """Tags from the bottom of the stack to its top: a tag next to its parent; what moves least lies below, so that it moves little of what lies on it."""
        def unrest(tag):
            return pstdev(tag.sums) if self.numbers else 0
        roots = sorted((tag for tag in self.tags if not tag.parent), key=unrest)
        return [tag for root in roots for tag in root.below()]

    def drawn(self, at_most):
        """Which frames the plots show: all; or of each few side by side the one that used most and the one that used least, and every tag's highest."""
        n = len(self.numbers)
        if n <= at_most:
            return list(range(n))
        keep = {0, n - 1, max(range(n), key=self.held.__getitem__), max(range(n), key=self.used.__getitem__)}
        keep.update(max(range(n), key=values.__getitem__) for tag in self.tags for values in (tag.own, tag.sums))
        parts = max(1, (at_most - len(keep)) // 2)
        for part in range(parts):
            some = range(part * n // parts, (part + 1) * n // parts)
            keep.update((max(some, key=self.used.__getitem__), min(some, key=self.used.__getitem__)))
        return sorted(keep)


def steps(values):
    """Differences, which are shorter to write than the values."""
    return [b - a for a, b in zip([0, *values], values)]


def bar(part, whole):
    wide = 100 * min(1, part / whole)
    return (f'<svg class="bar{" bad" if part > whole else ""}" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="1"/>'
            f'<rect width="{wide:.2f}" height="1"/></svg>')


def tile(label, value, below, below_all="", bad=False):
    return f'<div class="tile{" bad" if bad else ""}"><h3>{text(label)}</h3><p class="figure">{value}</p><p class="below">{below}</p>{below_all}</div>'


def tiles(it):
    n = len(it.numbers)
    used_at = f"in frame {count(it.peak_frame)}" if it.peak_frame is not None else "no frame logged"
    out = [tile("Used at the peak", amount(it.peak_used), used_at) if not it.used_limit else
           tile("Used at the peak", amount(it.peak_used), f"{used_at}, {percent(it.peak_used, it.used_limit)} of {amount(it.used_limit)}", bar(it.peak_used, it.used_limit))]
    if it.held_limit:
        out.append(tile("Held at the peak", amount(it.peak_held), f"{percent(it.peak_held, it.held_limit)} of the limit, {amount(it.held_limit)}", bar(it.peak_held, it.held_limit)))
    else:
        out.append(tile("Held at the peak", amount(it.peak_held), "there is no limit" if it.thread_limit is None else f"each thread at most {amount(it.thread_limit)}"))
    limited = [tag for tag in it.tags if tag.limit is not None]
    over, adds = it.frames_over(limited)
    worst = max(limited, key=lambda tag: tag.over or 0, default=None)
    if not limited:
        out.append(tile("Frames over a budget", '<span class="none">–</span>', "no tag has a budget"))
    elif not over:
        out.append(tile("Frames over a budget", "0", f"{counted(len(limited), 'tag has a budget', 'tags have budgets')}, none was exceeded"))
    else:
        out.append(tile("Frames over a budget", count(over), f"{'added up over tags; ' if adds else ''}most by {text(worst.name)}, {count(worst.over)}", bad=True))
    refused = it.totals.get("refusals")
    total = it.totals.get("frames") if it.all_frames else None
    frames = total if type(total) is int else n
    seconds = (it.times[-1] - it.times[0]) / 1e9 if n > 1 else 0
    each = median(b - a for a, b in zip(it.times, it.times[1:])) / 1e6 / it.every if n > 1 else 0
    out.append(tile("Frames", count(frames), text(f"{seconds:,.1f} s, median {each:.{1 if each >= 1 else 3}f} ms" if seconds else "without times" if n else "none logged")))
    asked = it.totals.get("upstream_requests")
    below = counted(asked, "request") + " to upstream" if type(asked) is int else ""
    if type(refused) is int:
        out.append(tile("Requests refused", count(refused), below, bad=refused > 0))
    elif below:
        out.append(tile("Requests to upstream", count(asked), ""))
    return f'<div class="tiles">{"".join(out)}</div>'


def share_of(peak, limit):
    if not limit or peak is None:
        return '<span class="none">–</span>'
    return f'<data value="{100 * peak / limit:.2f}">{percent(peak, limit)}</data>{bar(peak, limit)}'


def row(it, tag, depth, hidden):
    now = tag.sums[-1] if tag.sums else None
    itself = f"<td>{amount(tag.own[-1] if tag.own and tag.children else None)}</td>" if any(each.children for each in it.tags) else ""
    share = share_of(tag.peak, tag.limit)
    over = '<span class="none">–</span>' if tag.over is None or tag.limit is None else f'<data value="{tag.over}">{count(tag.over)}</data>'
    bad = ' class="bad"' if tag.limit is not None and tag.over else ""
    last = tag.name.rsplit("/", 1)[-1] if tag.parent else tag.name
    front = f'<span class="front">{text(tag.name[:-len(last)])}</span>' if tag.parent and last else ""
    return (f'<tr data-tag="{tag.index}"{" data-other hidden" if hidden else ""}{bad}><th scope="row" data-depth="{min(depth, 4)}" data-value="{text(tag.name)}">'
            f'<span class="swatch"></span>{front}{text(last)}</th><td>{amount(now)}</td>{itself}<td>{amount(tag.peak)}</td><td>{amount(tag.limit)}</td>'
            f'<td class="share">{share}</td><td>{over}</td></tr>')


def table(it, main):
    tree = any(tag.children for tag in it.tags)
    rows = []

    def add(tags, depth):
        for tag in sorted(tags, key=lambda tag: -(tag.peak or 0)):
            rows.append(row(it, tag, depth, tag.index not in main and not (tag.limit is not None and tag.over)))
            add(tag.children, depth + 1)
    add([tag for tag in it.tags if not tag.parent], 0)
    now = it.used[-1] if it.used else None
    held = it.held[-1] if it.held else None
    below = "<td></td>" if tree else ""
    sums = (f'<tr data-row="used"><th scope="row">Used, all tags</th><td>{amount(now)}</td>{below}<td>{amount(it.peak_used)}</td><td>{amount(it.used_limit)}</td><td class="share">{share_of(it.peak_used, it.used_limit)}</td><td></td></tr>'
            f'<tr data-row="held"><th scope="row">Held</th><td>{amount(held)}</td>{below}<td>{amount(it.peak_held)}</td><td>{amount(it.held_limit)}</td><td class="share">{share_of(it.peak_held, it.held_limit)}</td><td></td></tr>')
    heads = ["Tag", "Now", *(["Itself"] if tree else []), "Peak", "Budget", "Peak of budget", "Frames over"]
    head = "".join(f'<th scope="col"><button type="button" class="sort">{text(title)}</button></th>' for title in heads)
    return (f'<div class="scroll"><table class="sortable"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody><tfoot>{sums}</tfoot></table></div>')


def sentence(words, tag):
    """A log's sentences may begin small and end open; a tag's name stays as it is."""
    begun = words if tag and words.startswith(tag) else words[:1].upper() + words[1:]
    return begun if not begun or begun[-1] in ".!?:" else begun + "."


EMPTY = ("<strong>This log has no frames, so there is nothing to plot.</strong> Call <code>log.frame(memory)</code> once in each frame, before it ends, "
         "let the program run for a while, and write <code>log.text()</code> again.")


def section(number, it, several, at_most):
    ranked = sorted(it.tags, key=lambda tag: (-max(tag.own, default=tag.peak or 0), tag.index))
    others = len(it.tags) - SHOWN_AT_FIRST
    main = {tag.index for tag in (ranked[:SHOWN_AT_FIRST] if others > 1 else ranked)}
    drawn = it.drawn(at_most)
    data = {
        "name": it.name, "limits": {"held": it.held_limit, "used": it.used_limit, "thread": it.thread_limit, "frame": it.frame_limit},
        "peak": {"used": it.peak_used, "held": it.peak_held, "frame": it.peak_frame, "tags": it.peak_tags + [[0, 0, 0]] * (len(it.tags) - it.listed)},
        "frames": steps([it.numbers[i] for i in drawn]), "times": steps([round(it.times[i] / 1000) for i in drawn]),  # microseconds
        "held": steps([it.held[i] for i in drawn]), "used": steps([it.used[i] for i in drawn]), "kinds": [steps([kind[i] for i in drawn]) for kind in it.kinds],
        "tags": [{"name": tag.name, "parent": tag.parent.index if tag.parent else None, "limit": tag.limit, "peak": tag.peak, "over": tag.over,
                  "own": steps([tag.own[i] for i in drawn])} for tag in it.tags],
        "layers": [tag.index for tag in it.layers()], "main": sorted(main), "sizes": it.sizes,
    }
    left_out = []
    if it.every > 1:
        left_out.append(f"Of each {count(it.every)} frames, the log has the one that used most.")
    if len(drawn) < len(it.numbers):
        left_out.append(f"The plots show {count(len(drawn))} of {count(len(it.numbers))} frames: of those side by side the highest and the lowest, and each tag's highest. "
                        "All figures are of all frames; --frames FIRST:LAST looks closer.")
    if not it.all_frames:
        left_out.append(f"These are frames {count(it.numbers[0])} to {count(it.numbers[-1])} alone.")
    note = f'<p class="note">{text(" ".join(left_out))}</p>' if left_out else ""
    more = (f'<button type="button" class="more" aria-pressed="false" data-more="Show all {len(it.tags)} tags" data-fewer="Show {SHOWN_AT_FIRST} tags">'
            f"Show all {len(it.tags)} tags</button>" if others > 1 else "")
    parts = [f'<section class="allocator" id="allocator-{number}" data-allocator="{number}" aria-labelledby="name-{number}">']
    parts.append(f'<h2 id="name-{number}"{"" if several else " class=spoken"}>{text(it.name)}</h2>')
    parts.append(tiles(it))
    if it.numbers:
        parts.append(f'''<article class="card timeline"><header><h3>Used bytes, frame by frame</h3><div class="choices" role="group" aria-label="What the layers are">
<button type="button" data-view="tags" aria-pressed="true">By tag</button><button type="button" data-view="kinds" aria-pressed="false">By lifetime</button></div>{more}<button type="button" class="whole" hidden>All frames</button></header>
<div class="with-legend"><div class="plot" tabindex="0" role="img"></div><div class="legend"></div></div>{note}
<p class="hint">Rest on the plot, or use the arrow keys, to read a frame; drag, or press + and −, to look closer; choose a tag to see it alone.</p></article>''')
        if len(it.tags) > 1 or any(tag.limit is not None for tag in it.tags):
            limited = any(tag.limit is not None for tag in it.tags)
            what = "Tags against their budgets" if limited else "Tags, one by one"
            aside = "each on its own scale; the dashed line is the budget, the dot the peak" if limited else "each on its own scale; no tag has a budget, budget::per_tag gives one"
            parts.append(f'<article class="card"><header><h3>{what}</h3><p>{text(aside)}</p></header><div class="multiples"></div></article>')
    else:
        parts.append(f'<article class="card notice"><p>{EMPTY}</p></article>')
    pair = []
    if sum(n > 0 for entry in it.peak_tags for n in entry) > 1:  # of one alone there is nothing to compare
        when = f"at the peak, in frame {count(it.peak_frame)}" if it.peak_frame is not None else "at the peak"
        pair.append(f'<article class="card peak"><header><h3>Who used what {when}</h3></header><nav class="path" aria-label="Where in the tree of tags"></nav><div class="treemap"></div><p class="hint reading" aria-live="polite"></p></article>')
    if any(n for _, n in it.sizes):
        total = sum(n for _, n in it.sizes)
        pair.append(f'<article class="card sizes"><header><h3>Sizes asked for</h3><p>{counted(total, "allocation")}</p></header><div class="histogram" tabindex="0" role="img"></div><p class="hint reading" aria-live="polite"></p></article>')
    if pair:
        parts.append(f'<div class="{"pair" if len(pair) == 2 else "single"}">{"".join(pair)}</div>')
    aside = " A tag's figures have those of its parts in them; \"itself\" is what it uses without them." if any(tag.children for tag in it.tags) else ""
    parts.append(f'<article class="card"><header><h3>Figures</h3><p>{text("1 KiB is 1,024 bytes." + aside)}</p>{more}</header>{table(it, main)}</article>')
    pieces = "".join(f'<li><h4>{text(sentence(what, tag))}</h4><p>{f"<strong>{text(tag)}</strong>: " if tag and tag not in what else ""}{text(sentence(cure, tag))}</p>{code(source) if source.strip() else ""}</li>'
                     for tag, what, cure, source in it.advice)
    parts.append(f'<article class="card"><header><h3>Advice</h3></header>{f"<ul class=advice>{pieces}</ul>" if pieces else "<p class=hint>Nothing in this log asks for another policy.</p>"}</article>')
    declaration = "\n".join(line for line in it.declaration.splitlines() if not line.startswith("  kept: "))  # rules, all of which any allocator keeps
    if declaration.strip():
        own = f"<p>tags, budget and tracking take {size(it.tracking_bytes)} of their own</p>" if it.tracking_bytes else ""
        parts.append(f'<article class="card"><header><h3>Declaration</h3>{own}</header>{code(declaration)}</article>')
    parts.append("</section>")
    return "\n".join(parts), data


def page(document, title, span):
    """The page of a memory log. title: what stands above it; span: the first and the last frame to show."""
    entries = at(document, "the log", "allocators", list)
    if not entries:
        raise Refused("the log has no allocator", "the program wrote its log before it told it of an allocator", "add allocators to the log, and write it where the program ends")
    allocators = [Allocator(entry, f"allocators[{i}]", span) for i, entry in enumerate(entries)]
    series = sum(len(it.tags) + 7 for it in allocators)
    at_most = max(FRAMES_DRAWN[0], min(FRAMES_DRAWN[1], VALUES_DRAWN // series))
    sections = [section(i, it, len(allocators) > 1, at_most) for i, it in enumerate(allocators)]
    contents = ""
    if len(allocators) > 1:
        links = "".join(f'<li><a href="#allocator-{i}">{text(it.name)}</a> {amount(it.peak_used)}</li>' for i, it in enumerate(allocators))
        contents = f'<nav class="contents" aria-label="Allocators"><ul>{links}</ul></nav>'
    facts = [document[key] for key in ("machine", "date") if isinstance(document.get(key), str)]
    frames = max(len(it.numbers) for it in allocators)
    facts += [allocators[0].name if len(allocators) == 1 and title else counted(len(allocators), "allocator"), counted(sum(len(it.tags) for it in allocators), "tag"), counted(frames, "frame") + " logged", "sizes in bytes, binary units"]
    name = title or (allocators[0].name if len(allocators) == 1 else "") or "Memory"
    return whole_page("memory report", name, facts, contents + "".join(html for html, _ in sections), {"allocators": [data for _, data in sections]}, "memory.js")
