#pragma once
/// Moves things and bounces them off the blocking lines near them.
#include "map.hpp"
#include "workers.hpp"

namespace engine {

inline std::int64_t dot(point a, point b) { return a.x * b.x + a.y * b.y; }
inline point operator-(point a, point b) { return {a.x - b.x, a.y - b.y}; }

/// From the nearest point of the line to p, in 1/256 units.
inline point away_from(const line& l, point p) {
    const point a{l.a.x * unit, l.a.y * unit}, along = l.b - l.a;
    const std::int64_t length2 = dot(along, along);
    if (length2 == 0) return p - a;
    const std::int64_t t = std::clamp<std::int64_t>(dot(p - a, along), 0, length2 * unit);
    return {p.x - a.x - along.x * t / length2, p.y - a.y - along.y * t / length2};
}

struct contact { point normal; contact* next; };

/// Moves a worker's share of the things. Returns the number of contacts, which live in the frame; `puffs` gets one where a thing has hit a wall.
inline std::uint64_t move_things(map& m, share mine, alloy::frame_ref frame, puff_list& puffs) {
    constexpr std::int64_t radius = 16 * unit;
    std::uint64_t count = 0;
    auto cursor = frame.cursor();
    for (std::size_t each = mine.begin(m.things.size()); each < mine.end(m.things.size()); ++each) {
        thing& t = *m.things[each];
        const point to{t.at.x + t.velocity.x, t.at.y + t.velocity.y};
        contact* contacts = nullptr;
        m.lines_in({to.x - radius, to.y - radius}, {to.x + radius, to.y + radius}, [&](std::size_t i) {
            if (!m.lines[i].blocks) return;
            const point normal = away_from(m.lines[i], to);
            if (dot(normal, normal) < radius * radius) contacts = cursor.make<contact>(normal, contacts);
        });
        bool turned = false;
        for (const contact* c = contacts; c; c = c->next) {
            ++count;
            const std::int64_t into = dot(t.velocity, c->normal), size2 = dot(c->normal, c->normal);
            if (into >= 0 || size2 == 0) continue;
            t.velocity = {t.velocity.x - 2 * into * c->normal.x / size2, t.velocity.y - 2 * into * c->normal.y / size2};
            turned = true;
        }
        if (turned)
            puffs.push_back({to, 8});  // they live for eight frames
        else
            t.at = to;
    }
    return count;
}

}  // namespace engine
