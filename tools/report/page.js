"use strict";
// What every report needs: figures in words, colours of the theme, plots by uPlot in one manner, tables that sort, code that copies. `report` is all it adds.
const report = (() => {
    const data = JSON.parse(document.getElementById("data").textContent);

    // ---- figures, as size() and count() of page.py say them
    const bytes = n => {
        let value = n, unit = 0;
        for (; value >= 1023.5 && unit < 5; ++unit) value /= 1024;
        return value.toFixed(unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2) + " " + ["B", "KiB", "MiB", "GiB", "TiB", "PiB"][unit];
    };
    const round = n => {  // for an axis, where the steps are round
        let value = n, unit = 0;
        for (; value >= 1024 && unit < 5; ++unit) value /= 1024;
        return n === 0 ? "0" : +value.toFixed(2) + " " + ["B", "KiB", "MiB", "GiB", "TiB", "PiB"][unit];
    };
    const count = n => n.toLocaleString("en-US");
    const percent = (part, whole) => {
        const share = 100 * part / whole;
        return share.toFixed(share > 99 && share < 101 && part !== whole ? 1 : 0) + " %";
    };
    const restored = steps => { let sum = 0; return steps.map(step => sum += step); };

    // ---- elements: never from HTML, so that nothing in a log can be more than text
    const element = (tag, properties = {}, ...children) => {
        const made = document.createElement(tag);
        for (const [key, value] of Object.entries(properties))
            if (key in made && key !== "role") made[key] = value; else made.setAttribute(key, value);
        made.append(...children);
        return made;
    };
    const say = words => { document.getElementById("spoken").textContent = words; };

    // ---- colours
    const colour = name => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
    const channels = hex => [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16));
    const mix = (a, b, share) => { const [x, y] = [channels(a), channels(b)]; return "#" + x.map((v, i) => Math.round(v + (y[i] - v) * share).toString(16).padStart(2, "0")).join(""); };
    const ink = background => {  // black or white, whichever stands out more
        const [r, g, b] = channels(background).map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.2 ? "#101418" : "#ffffff";
    };
    const listeners = [];
    const onTheme = listener => listeners.push(listener);
    const repaint = () => listeners.forEach(listener => listener());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
    const paper = on => { if (document.documentElement.classList.toggle("paper", on) === on) repaint(); };
    addEventListener("beforeprint", () => paper(true));
    addEventListener("afterprint", () => paper(false));

    // ---- plots
    const powers = Array.from({length: 50}, (_, i) => 2 ** i);
    const font = () => "11px " + getComputedStyle(document.body).fontFamily;
    const axes = (y, small) => [
        {stroke: colour("quiet"), font: font(), grid: {show: false}, ticks: {stroke: colour("line"), size: 4, width: 1}, size: small ? 22 : 28, gap: 4, space: small ? 70 : 90,
            values: (_, splits) => splits.map(v => Number.isInteger(v) ? count(v) : "")},
        {stroke: colour("quiet"), font: font(), grid: {stroke: colour("grid"), width: 1}, ticks: {show: false}, size: small ? 58 : 66, gap: 6, space: small ? 26 : 42,
            incrs: y === "bytes" ? powers : undefined, values: (_, splits) => splits.map(y === "bytes" ? round : count)},
    ];
    // A plot in `host`, as wide as it is, made again where that or the theme changes. `make` says what to draw, each time: {data, series, height, y: "bytes" or
    // "count", top, under, over, options}; under and over draw on the canvas, below and above the series. `moved` hears which point the cursor is at, or null.
    const plot = (host, make, moved = () => {}) => {
        const it = {host, u: null, sync: null};
        it.draw = () => {
            const old = it.u, range = old && it.zoomed ? [old.scales.x.min, old.scales.x.max] : null;
            if (old) old.destroy();
            const what = make();
            const options = {
                width: Math.max(120, host.clientWidth), height: what.height, padding: [8, 12, 0, 0], legend: {show: false},
                cursor: {y: false, points: {show: false}, drag: {x: what.zoom !== false, y: false, setScale: what.zoom !== false, dist: 4}, sync: it.sync ? {key: it.sync, setSeries: false} : undefined},
                scales: {x: {time: false, range: what.xRange || ((_, min, max) => [min, max > min ? max : min + 1])}, y: {range: () => [0, what.top]}},
                axes: axes(what.y, what.small), series: [{}, ...what.series],
                hooks: {
                    drawAxes: [u => what.under && what.under(u)],
                    draw: [u => what.over && what.over(u)],
                    setCursor: [u => moved(u.cursor.left >= 0 ? u.cursor.idx : null)],
                    setScale: [(u, key) => {
                        if (key !== "x" || !u.data[0]) return;
                        const xs = u.data[0];
                        it.zoomed = u.scales.x.min > xs[0] || u.scales.x.max < xs[xs.length - 1];
                        if (it.onZoom) it.onZoom(it.zoomed);
                    }],
                },
            };
            Object.assign(options, what.options || {});
            it.u = new uPlot(options, what.data, host);
            if (range) it.u.setScale("x", {min: range[0], max: range[1]});
        };
        let width = host.clientWidth;
        new ResizeObserver(() => {
            if (host.clientWidth === width || !host.clientWidth) return;
            width = host.clientWidth;
            it.draw();
        }).observe(host);
        onTheme(it.draw);
        it.draw();
        return it;
    };
    // Draws in pixels of the canvas, cut off at the plot's edges.
    const measure = document.createElement("canvas").getContext("2d");
    const width = text => { measure.font = "600 12.5px " + getComputedStyle(document.body).fontFamily; return measure.measureText(text).width; };
    const inside = (u, draw) => {
        const {ctx, bbox} = u;
        ctx.save();
        ctx.beginPath();
        ctx.rect(bbox.left, bbox.top - 6, bbox.width + 12, bbox.height + 6);
        ctx.clip();
        draw(ctx, devicePixelRatio, bbox);
        ctx.restore();
    };
    const words = (ctx, text, x, y, fill, align = "left") => {
        ctx.font = `600 ${11 * devicePixelRatio}px ${getComputedStyle(document.body).fontFamily}`;
        ctx.textAlign = align;
        ctx.textBaseline = "middle";
        ctx.lineJoin = "round";
        ctx.lineWidth = 4 * devicePixelRatio;
        ctx.strokeStyle = colour("card");
        ctx.strokeText(text, x, y);
        ctx.fillStyle = fill;
        ctx.fillText(text, x, y);
    };
    // A line for a limit, with its name at the left end where there is one.
    const rule = (u, value, text, stroke = colour("bad")) => inside(u, (ctx, scale, box) => {
        const y = Math.round(u.valToPos(value, "y", true)) + 0.5;
        ctx.strokeStyle = stroke;
        ctx.lineWidth = 1.5 * scale;
        ctx.setLineDash([6 * scale, 4 * scale]);
        ctx.beginPath();
        ctx.moveTo(box.left, y);
        ctx.lineTo(box.left + box.width, y);
        ctx.stroke();
        ctx.setLineDash([]);
        if (text) words(ctx, text, box.left + 8 * scale, y - box.top > 18 * scale ? y - 9 * scale : y + 10 * scale, stroke);
    });
    // What lies too far above to be drawn to scale, in words at the upper edge.
    const above = (u, text) => inside(u, (ctx, scale, box) => words(ctx, "↑ " + text, box.left + 8 * scale, box.top + 8 * scale, colour("quiet")));
    // A dot with a name beside it, on whichever side there is room.
    const dot = (u, x, value, text) => inside(u, (ctx, scale, box) => {
        if (x < u.scales.x.min || x > u.scales.x.max) return;
        const [px, py] = [u.valToPos(x, "x", true), u.valToPos(value, "y", true)];
        ctx.beginPath();
        ctx.arc(px, py, 3.5 * scale, 0, 7);
        ctx.fillStyle = colour("text");
        ctx.fill();
        ctx.lineWidth = 1.5 * scale;
        ctx.strokeStyle = colour("card");
        ctx.stroke();
        if (!text) return;
        const right = px < box.left + box.width * 0.7;
        words(ctx, text, px + (right ? 9 : -9) * scale, Math.max(py, box.top + 4 * scale), colour("text"), right ? "left" : "right");
    });
    // Arrow keys move the cursor from point to point, + and - look closer and further, Escape goes back to all.
    const keys = (host, its, spoken, home) => {
        host.addEventListener("keydown", event => {
            const u = its().u, xs = u.data[0], last = xs.length - 1;
            const at = u.cursor.left >= 0 && u.cursor.idx != null ? u.cursor.idx : home ? home() : 0;
            const step = event.shiftKey ? Math.max(10, Math.round(last / 50)) : 1;
            const to = {ArrowLeft: at - step, ArrowRight: at + step, Home: 0, End: last, PageUp: at - Math.round(last / 10), PageDown: at + Math.round(last / 10)}[event.key];
            if (event.key === "Escape") {
                u.setScale("x", {min: xs[0], max: xs[last]});
            } else if (event.key === "+" || event.key === "-" || event.key === "−") {
                const half = (u.scales.x.max - u.scales.x.min) * (event.key === "+" ? 0.25 : 1);
                u.setScale("x", {min: Math.max(xs[0], xs[at] - half), max: Math.min(xs[last], xs[at] + half)});
            } else if (to !== undefined) {
                const i = Math.max(0, Math.min(last, to));
                if (xs[i] < u.scales.x.min || xs[i] > u.scales.x.max) {
                    const half = (u.scales.x.max - u.scales.x.min) / 2;
                    u.setScale("x", {min: Math.max(xs[0], xs[i] - half), max: Math.min(xs[last], xs[i] + half)});
                }
                u.setCursor({left: u.valToPos(xs[i], "x"), top: 10}, true, true);
                say(spoken(i));
            } else {
                return;
            }
            event.preventDefault();
        });
    };

    // ---- tables and code
    for (const table of document.querySelectorAll("table.sortable")) {
        const body = table.tBodies[0], as_written = [...body.rows];
        const value = (row, column) => {
            const cell = row.cells[column], figure = cell.querySelector("data");
            return cell.dataset.value !== undefined ? cell.dataset.value : figure ? +figure.value : -1;
        };
        table.tHead.querySelectorAll("button.sort").forEach((button, column) => button.addEventListener("click", () => {
            const head = button.parentElement, was = head.getAttribute("aria-sort");
            const first = column === 0 ? "ascending" : "descending", second = column === 0 ? "descending" : "ascending";
            const now = !was ? first : was === first ? second : null;  // the third time: as it was
            table.tHead.querySelectorAll("[aria-sort]").forEach(other => other.removeAttribute("aria-sort"));
            if (now) head.setAttribute("aria-sort", now);
            const sign = now === "ascending" ? 1 : -1;
            const rows = now ? [...as_written].sort((a, b) => { const [x, y] = [value(a, column), value(b, column)]; return sign * (x < y ? -1 : x > y ? 1 : 0); }) : as_written;
            body.classList.toggle("flat", now !== null);
            body.append(...rows);
        }));
    }
    for (const button of document.querySelectorAll("button.copy")) {
        button.addEventListener("click", async () => {
            const source = button.parentElement.querySelector("pre");
            try {
                await navigator.clipboard.writeText(source.textContent);
                button.textContent = "Copied";
            } catch {  // a page from a file may not, in some browsers: mark it, to be copied by hand
                getSelection().selectAllChildren(source);
                button.textContent = "Marked";
            }
            setTimeout(() => { button.textContent = "Copy"; }, 1500);
        });
    }
    return {data, bytes, round, width, count, percent, restored, element, say, colour, mix, ink, onTheme, plot, rule, above, dot, keys};
})();
