#pragma once
/// Moves things and bounces them off the blocking lines near them.
#include "map.hpp"

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

/// Returns the number of contacts; they live in the frame. Puffs live for eight of them.
inline std::uint64_t move_things(map& m, alloy::frame_ref frame) {
    constexpr std::int64_t radius = 16 * unit;
    std::uint64_t count = 0;
    std::erase_if(m.puffs, [](puff& p) { return --p.frames_left == 0; });
    auto cursor = frame.cursor();
    for (const thing_ptr& each : m.things) {
        thing& t = *each;
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
            m.puffs.push_back({to, 8});
        else
            t.at = to;
    }
    return count;
}

}  // namespace engine
