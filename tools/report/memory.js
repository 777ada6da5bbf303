"use strict";
// The memory report's plots. Each allocator has a section with the same parts; all that is in a section moves together: cursor, zoom, tags shown.
(() => {
    const {bytes, round, width, count, percent, restored, element, colour, mix, ink, onTheme, plot, rule, above, dot, keys} = report;
    const HUES = 8, KINDS = ["frame", "pool", "heap"];
    const seconds = micros => (micros / 1e6).toFixed(2) + " s";

    const show = (section, log) => {
        const find = selector => section.querySelector(selector);
        const frames = restored(log.frames), times = restored(log.times), held = restored(log.held), used = restored(log.used), kinds = log.kinds.map(restored);
        const tags = log.tags.map((tag, index) => ({...tag, index, own: restored(tag.own), children: []}));
        for (const tag of tags) if (tag.parent !== null) tags[tag.parent].children.push(tag);
        const main = new Set(log.main), fold = tags.length > main.size;
        const sums_of = tag => tag.sums = tag.children.reduce((sums, child) => sums_of(child).map((n, i) => n + sums[i]), tag.own);
        tags.filter(tag => tag.parent === null).forEach(sums_of);
        const highest = values => values.reduce((best, value, i) => value > values[best] ? i : best, 0);
        const home = highest(used);
        let all = !fold, view = "tags", alone = null, cursor = null;

        // A hue for each top-level tag, the largest first; tags below it are lighter and darker shades. After eight come shades of the eight.
        const ranked = tags.filter(tag => tag.parent === null && tag.name !== "untagged").sort((a, b) => (b.peak || 0) - (a.peak || 0));
        const paint = () => {
            const shade = (tag, base) => {
                tag.colour = base;
                tag.children.forEach((child, i) => shade(child, mix(base, colour(i % 2 ? "darker" : "lighter"), 0.32 + 0.1 * Math.floor(i / 2 % 3))));
            };
            for (const tag of tags) if (tag.name === "untagged") shade(tag, colour("other"));
            ranked.forEach((tag, i) => {
                const round = Math.floor(i / HUES) % 4, base = colour("c" + i % HUES);
                shade(tag, round === 0 ? base : mix(base, colour(round % 2 ? "lighter" : "darker"), 0.22 * Math.ceil(round / 2)));
            });
        };
        const stand_in = () => {  // the tags that are not shown, as one
            const folded = tags.filter(tag => !main.has(tag.index));
            return {index: -1, name: `other (${folded.length} tags)`, limit: null, colour: colour("other"), own: frames.map((_, i) => folded.reduce((sum, tag) => sum + tag.own[i], 0))};
        };
        // What is stacked, from the bottom.
        const layers = () => {
            if (view === "kinds") return KINDS.map((name, i) => ({index: i, name, limit: null, colour: colour(["c0", "c3", "c1"][i]), own: kinds[i]}));
            const shown = log.layers.map(i => tags[i]).filter(tag => (all || main.has(tag.index)) && !(tag.children.length && tag.own.every(n => n === 0)));
            if (!all) shown.push(stand_in());
            const rest = used.map((value, i) => value - tags.reduce((sum, tag) => sum + tag.own[i], 0));
            if (rest.some(value => value > 0)) shown.push({index: -2, name: "not tagged", limit: null, colour: colour("grid"), own: rest.map(value => Math.max(0, value))});
            return shown;
        };
        const swatches = () => section.querySelectorAll("tr[data-tag]").forEach(row => { row.querySelector(".swatch").style.background = tags[+row.dataset.tag].colour; });

        // ---- the timeline and its legend
        const host = find(".timeline .plot"), legend = find(".timeline .legend");
        let timeline = null, stack = [], entries = [], height = 340;
        const chosen = () => alone === null ? null : stack.find(layer => layer.index === alone) || null;
        const read = at => {
            const i = at === null ? home : at, peak = at === null;
            const [where, when] = legend.querySelectorAll(".moment > *");
            where.textContent = (peak ? "peak, frame " : "frame ") + count(frames[i]);
            when.textContent = times[i] ? seconds(times[i]) : "";
            for (const {node, of, limit, judged} of entries) {
                node.lastChild.textContent = bytes(of(i));
                node.classList.toggle("over", limit !== null && judged(i) > limit);
            }
        };
        const spoken = i => `frame ${count(frames[i])}: used ${bytes(used[i])}, held ${bytes(held[i])}; ` +
            [...stack].sort((a, b) => b.own[i] - a.own[i]).slice(0, 3).map(layer => `${layer.name} ${bytes(layer.own[i])}`).join(", ");
        const build_legend = () => {
            const entry = (name, mark, of, limit, layer, judged = of) => {
                const swatch = element("span", {className: "swatch " + mark});
                if (layer) swatch.style.background = layer.colour;
                const node = element(layer ? "button" : "div", {className: "entry"}, swatch, element("span", {textContent: name, title: name}), element("span"));
                if (layer) {
                    node.type = "button";
                    node.setAttribute("aria-pressed", String(alone === layer.index));
                    node.classList.toggle("dim", alone !== null && alone !== layer.index);
                    node.addEventListener("click", () => { alone = alone === layer.index ? null : layer.index; timeline.draw(); build_legend(); read(cursor); });
                }
                entries.push({node, of, limit, judged});
                return node;
            };
            entries = [];
            const sum = entry("used", "", i => used[i], log.limits.used), held_now = entry("held", "stroke", i => held[i], log.limits.held);
            sum.classList.add("sum");
            const rows = element("div", {className: "rows"}, ...[...stack].reverse().map(layer => entry(layer.name, "", i => layer.own[i], layer.limit, layer, i => (layer.sums || layer.own)[i])));
            const below = [sum, held_now];
            sum.classList.add("rule");
            for (const [key, name, mark] of [["used", "limit of used", "dashed"], ["held", "limit of held", "dashed"], ["thread", "limit of a thread", ""], ["frame", "limit of frames", ""]])
                if (log.limits[key] !== null) below.push(entry(name, mark, () => log.limits[key], null));
            legend.replaceChildren(element("div", {className: "moment"}, element("b"), element("span")), rows, ...below);
            legend.style.maxHeight = height + "px";
        };
        const draw_timeline = () => {
            paint();
            swatches();
            stack = layers();
            const one = chosen();
            height = stack.length > 9 ? 424 : 340;
            const area = (fill, stroke, width = 1) => ({fill, stroke, width, points: {show: false}});
            if (one) {  // with its parts, as its budget has it
                const parts = [], total = one.sums || one.own, peak = highest(total), limit = one.limit, near = limit !== null && limit <= 3 * Math.max(1, total[peak]);
                const collect = tag => { parts.push(tag); (tag.children || []).forEach(collect); };
                collect(one);
                const piled = [];
                parts.reduce((below, part) => { piled.push(below.map((sum, i) => sum + part.own[i])); return piled[piled.length - 1]; }, frames.map(() => 0));
                return {y: "bytes", height, top: Math.max(1, total[peak], near ? limit : 0) * 1.12, data: [frames, ...piled.reverse()],
                    series: parts.reverse().map(part => area(part.colour, colour("card"), 0.75)),
                    over: u => {
                        if (limit !== null) near ? rule(u, limit, "budget " + round(limit)) : above(u, `budget ${round(limit)}`);
                        dot(u, frames[peak], total[peak], "peak " + bytes(total[peak]));
                    }};
            }
            const sums = [];
            let below = frames.map(() => 0);
            for (const layer of stack) sums.push(below = below.map((sum, i) => sum + layer.own[i]));
            const most_used = Math.max(1, sums.length ? sums[sums.length - 1][highest(sums[sums.length - 1])] : 0), most_held = held[highest(held)], flat = most_held > 3 * most_used;
            const most = flat ? most_used : Math.max(most_used, most_held);
            const limits = ["used", "held"].filter(key => log.limits[key] !== null), near = limits.filter(key => log.limits[key] <= 1.6 * most);
            const beyond = [flat ? `held up to ${bytes(most_held)}` : "", ...limits.filter(key => !near.includes(key)).map(key => `limit of ${key} ${round(log.limits[key])}`)].filter(Boolean);
            const top = Math.max(most, ...near.map(key => log.limits[key])) * 1.1;
            return {
                y: "bytes", height, top,
                // The highest sum first: each layer below covers what is not its own.
                data: [frames, ...[...sums].reverse(), held],
                series: [...[...stack].reverse().map(layer => area(layer.colour, stack.length > 24 ? layer.colour : colour("card"), stack.length > 24 ? 0.5 : 0.75)),
                    {stroke: colour("held"), width: 1.5, paths: uPlot.paths.stepped({align: 1}), points: {show: false}}],
                over: u => {
                    for (const key of near) rule(u, log.limits[key], `limit of ${key} ${round(log.limits[key])}`);
                    if (beyond.length) above(u, beyond.join(", "));
                    dot(u, frames[home], used[home], "peak " + bytes(used[home]));
                },
            };
        };

        // ---- a small plot for each tag
        const grid = find(".multiples");
        let small = [];
        const fill_grid = () => {
            if (!grid) return;
            grid.replaceChildren();
            for (const gone of small) gone.u.destroy(), gone.ended = true;
            small = [];
            // Those nearest to their budgets first, and none of what was never used; where there are many, the others wait until asked for.
            const used = tags.filter(tag => tag.peak || tag.limit !== null);
            const listed = (used.length ? used : [...tags]).sort((a, b) => (a.limit === null) - (b.limit === null) || (b.peak || 0) / (b.limit || 1) - (a.peak || 0) / (a.limit || 1));
            if (!all) listed.splice(main.size);
            for (const tag of listed) {
                const cut = tag.name.lastIndexOf("/") + 1, value = element("span", {className: "value"}), area = element("div", {className: "plot"});
                const share = tag.limit ? `, ${percent(tag.peak || 0, tag.limit)} of ${round(tag.limit)}` : tag.limit === 0 ? ", and its budget is 0" : "";
                const card = element("div", {className: "multiple"},
                    element("header", {}, element("h4", {title: tag.name}, element("span", {textContent: tag.name.slice(0, cut)}), tag.name.slice(cut)), value), area,
                    element("div", {className: "foot"}, element("span", {textContent: "peak " + bytes(tag.peak || 0) + share}),
                        element("span", {className: "bad", textContent: tag.over ? `${count(tag.over)} over` : "", title: "frames over the budget"})));
                grid.append(card);
                const peak = highest(tag.sums), limit = tag.limit, near = limit !== null && limit <= 4 * Math.max(1, tag.sums[peak]);
                const drawn = plot(area, () => {
                    const over = near && tag.sums[peak] > limit;
                    return {
                        y: "bytes", small: true, height: 118, top: Math.max(1, tag.sums[peak], near ? limit : 0) * 1.15,
                        data: [frames, tag.sums, ...(over ? [tag.sums.map(n => Math.max(n, limit))] : [])],
                        series: [{fill: tag.colour + "cc", stroke: tag.colour, width: 1, points: {show: false}},
                            ...(over ? [{fill: colour("bad"), stroke: colour("bad"), width: 0.5, points: {show: false}, fillTo: () => limit}] : [])],
                        over: u => { if (near) rule(u, limit, ""); dot(u, frames[peak], tag.sums[peak], ""); },
                    };
                }, i => {
                    value.textContent = i === null ? "" : bytes(tag.sums[i]);
                    card.classList.toggle("over", i !== null && limit !== null && tag.sums[i] > limit);
                });
                drawn.sync = section.id;
                drawn.draw();
                small.push(drawn);
            }
        };

        if (host) {
            const whole = find(".whole");
            onTheme(paint);
            timeline = plot(host, draw_timeline, i => { cursor = i; if (entries.length) read(i); });
            timeline.sync = section.id;
            timeline.onZoom = zoomed => { whole.hidden = !zoomed; };
            timeline.draw();
            const sentence = `Used bytes of ${log.name} in ${count(frames.length)} frames; most in frame ${count(frames[home])}, ${bytes(used[home])}. Arrow keys read frames.`;
            host.setAttribute("aria-label", sentence);
            build_legend();
            read(null);
            onTheme(() => { build_legend(); read(cursor); });
            keys(host, () => timeline, spoken, () => home);
            fill_grid();
            const range = (min, max) => [timeline, ...small].forEach(each => each.u.setScale("x", {min, max}));
            whole.addEventListener("click", () => range(frames[0], frames[frames.length - 1]));
            section.querySelectorAll("[data-view]").forEach(button => button.addEventListener("click", () => {
                view = button.dataset.view;
                alone = null;
                section.querySelectorAll("[data-view]").forEach(other => other.setAttribute("aria-pressed", String(other === button)));
                timeline.draw();
                build_legend();
                read(cursor);
            }));
        } else {
            paint();
            onTheme(() => { paint(); swatches(); });
            swatches();
        }
        const more = section.querySelectorAll(".more");
        more.forEach(button => button.addEventListener("click", () => {
            all = !all;
            alone = null;
            section.querySelectorAll("tr[data-other]").forEach(row => { row.hidden = !all; });
            more.forEach(each => { each.setAttribute("aria-pressed", String(all)); each.textContent = all ? each.dataset.fewer : each.dataset.more; });
            if (!host) return;
            timeline.draw();
            build_legend();
            read(cursor);
            fill_grid();
        }));

        // ---- who used what at the peak
        const map = find(".treemap");
        if (map) {
            const path = find(".path"), reading = find(".peak .reading");
            const at_peak = tag => ({tag, name: tag.name, shade: tag.colour, parts: log.peak.tags[tag.index], children: []});
            const tree = () => {
                const nodes = tags.map(at_peak), top = {name: "all tags", children: []};
                nodes.forEach((node, i) => (tags[i].parent === null ? top : nodes[tags[i].parent]).children.push(node));
                const settle = node => {
                    node.children = node.children.map(settle).filter(child => child.total > 0);
                    const own = node.parts ? node.parts.reduce((a, b) => a + b, 0) : 0;
                    node.total = own + node.children.reduce((sum, child) => sum + child.total, 0);
                    if (node.children.length && own) node.children.push({name: node.name, label: "itself", shade: node.shade, parts: node.parts, total: own, children: []});
                    return node;
                };
                return settle(top);
            };
            const only = tree().children;
            let trail = only.length === 1 && !only[0].children.length ? [only[0].name] : [];  // names from the top to where we are
            const words = (node, of) => `${node.name}${node.label ? " " + node.label : ""}: ${bytes(node.total)}, ${(100 * node.total / of).toFixed(1)} % of the peak` +
                (node.parts && !node.children.length ? ` (${node.parts.map((n, i) => n ? `${KINDS[i]} ${bytes(n)}` : "").filter(Boolean).join(", ")})` : "");
            const draw = () => {
                const top = tree();
                let here = top;
                for (const name of trail) here = here.children.find(child => child.name === name && !child.label) || here;
                const split = here !== top && !here.children.length;  // a tag with nothing below it: by lifetime
                const content = split ? {...here, children: here.parts.map((total, i) => ({name: here.name, label: KINDS[i], shade: mix(here.shade, colour("card"), 0.22 * i), total, children: []})).filter(part => part.total)} : here;
                const root = d3.hierarchy(content, node => node.children).sum(node => node.children.length ? 0 : node.total).sort((a, b) => b.value - a.value);
                const wide = map.clientWidth || 700, high = map.clientHeight || 330;
                d3.treemap().size([wide, high]).paddingInner(3).paddingTop(node => node.depth && node.children ? 26 : 0).round(true)(root);
                const focused = map.contains(document.activeElement);
                map.replaceChildren();
                for (const node of root.descendants().slice(1)) {
                    if (node.depth > 2) continue;
                    const it = node.data, group = node.children && node.depth < 2, inner = !it.label && !split;
                    const box = element(inner ? "button" : "div", {className: (group ? "group " : "") + (inner ? "inner" : "")});
                    if (inner) box.type = "button"; else box.tabIndex = 0;
                    const [w, h] = [node.x1 - node.x0, node.y1 - node.y0];
                    Object.assign(box.style, {left: 100 * node.x0 / wide + "%", top: 100 * node.y0 / high + "%", width: 100 * w / wide + "%", height: 100 * h / high + "%", background: group ? mix(it.shade, colour("card"), 0.72) : it.shade});
                    box.style.color = ink(group ? mix(it.shade, colour("card"), 0.72) : it.shade);
                    const label = it.label || (node.depth === 2 || here !== top ? it.name.slice(it.name.lastIndexOf("/") + 1) : it.name);
                    if (w < 20 || h < 22) box.style.padding = "0";
                    const name = width(label), size = width(bytes(it.total));
                    if ((name < w - 16 || w > 84) && h > 22) box.append(element("span", {}, element("b", {textContent: label})));
                    if (group ? name + size + 24 < w : Math.min(name, 68) + 16 < w && size + 16 < w && h > 42) box.append(element("span", {textContent: bytes(it.total)}));
                    box.setAttribute("aria-label", words(it, top.total));
                    for (const event of ["pointerenter", "focus"]) box.addEventListener(event, () => { reading.textContent = words(it, top.total); });
                    if (inner) box.addEventListener("click", () => { trail = node.ancestors().reverse().slice(1).map(each => each.data.name).reduce((list, name) => [...list, name], [...trail]); draw(); });
                    map.append(box);
                }
                if (focused && map.firstChild) map.firstChild.focus();
                path.replaceChildren(...["all tags", ...trail].map((name, i, list) => {
                    const step = element("button", {type: "button", textContent: i < 2 ? name : name.slice(name.lastIndexOf("/") + 1), disabled: i === list.length - 1});
                    step.addEventListener("click", () => { trail = trail.slice(0, i); draw(); });
                    return step;
                }));
                reading.textContent = trail.length ? words(here, top.total) : `${bytes(top.total)} in all; choose a tag to see what is in it.`;
            };
            draw();
            onTheme(draw);
            let was = map.clientWidth;
            new ResizeObserver(() => { if (map.clientWidth && map.clientWidth !== was) { was = map.clientWidth; draw(); } }).observe(map);
        }

        // ---- sizes asked for
        const bars = find(".histogram");
        if (bars) {
            const reading = find(".sizes .reading"), total = log.sizes.reduce((sum, [, n]) => sum + n, 0);
            const brief = n => n === null ? "more" : n >= 2 ** 30 ? +(n / 2 ** 30).toFixed(1) + "G" : n >= 2 ** 20 ? +(n / 2 ** 20).toFixed(1) + "M" : n >= 1024 ? +(n / 1024).toFixed(1) + "K" : String(n);
            // Empty classes at either end say nothing.
            const filled = log.sizes.map(([, n], i) => n ? i : -1).filter(i => i >= 0), sizes = log.sizes.slice(filled[0], filled[filled.length - 1] + 1);
            const xs = sizes.map((_, i) => i), counts = sizes.map(([, n]) => n);
            const before = i => i + filled[0] > 0 ? log.sizes[i + filled[0] - 1][0] : 0;
            const words = i => {
                const [upto, n] = sizes[i], low = before(i);
                const what = upto === null ? `more than ${bytes(low)}` : upto <= low + 1 ? bytes(upto) : `${count(low + (low ? 1 : 0))} to ${bytes(upto)}`;
                return `${what}: ${count(n)}, ${(100 * n / total).toFixed(1)} %`;
            };
            const usual = highest(counts);
            const read = i => { reading.textContent = i === null ? `Most often ${words(usual)}.` : words(i); };
            const histogram = plot(bars, () => {
                const every = Math.ceil(xs.length * 34 / Math.max(120, bars.clientWidth - 80));
                const base = colour("c0");
                return {
                    y: "count", height: 330, top: Math.max(1, ...counts) * 1.08, zoom: false, xRange: () => [-0.6, xs.length - 0.4], data: [xs, counts],
                    series: [{fill: base, stroke: base, width: 0, points: {show: false}, paths: uPlot.paths.bars({size: [0.8, 60], radius: 0.12})}],
                    options: {axes: [
                        {stroke: colour("quiet"), font: "11px " + getComputedStyle(document.body).fontFamily, grid: {show: false}, ticks: {show: false}, size: 20, gap: 4, label: "bytes, up to", labelSize: 18, labelGap: 0,
                            labelFont: "11px " + getComputedStyle(document.body).fontFamily, splits: () => xs.filter(i => i % every === 0), values: (_, at) => at.map(i => brief(sizes[i][0]))},
                        {stroke: colour("quiet"), font: "11px " + getComputedStyle(document.body).fontFamily, grid: {stroke: colour("grid"), width: 1}, ticks: {show: false}, size: 66, gap: 6, space: 42,
                            values: (_, at) => at.map(count)},
                    ]},
                };
            }, read);
            bars.setAttribute("aria-label", `How many allocations asked for which size; most often ${words(usual)}`);
            keys(bars, () => histogram, words, () => usual);
            read(null);
        }
    };
    document.querySelectorAll("section.allocator").forEach(section => show(section, report.data.allocators[+section.dataset.allocator]));
})();
