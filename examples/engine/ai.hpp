#pragma once
/// Each thing picks the nearest other thing that it can see and turns towards it.
#include "physics.hpp"

namespace engine {

inline bool crosses(const line& l, point p, point q) {
    const point a{l.a.x * unit, l.a.y * unit}, along = l.b - l.a, way = q - p;
    const auto cross = [](point u, point v) { return u.x * v.y - u.y * v.x; };
    const auto sign = [](std::int64_t v) { return (v > 0) - (v < 0); };
    const point b{l.b.x * unit, l.b.y * unit};
    return sign(cross(along, p - a)) * sign(cross(along, q - a)) < 0 && sign(cross(way, a - p)) * sign(cross(way, b - p)) < 0;
}

struct candidate { std::int64_t distance2; std::uint32_t who; };

/// Returns a sum over who saw whom. A thing for which there is no memory left does not think. Calls full() once, while there is a thought in memory.
template <class F>
std::uint64_t think(map& m, alloy::frame_ref frame, F full) {
    constexpr std::int64_t reach = 512 * unit;
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < m.things.size(); ++i) {
        auto thought = frame.checkpoint();  // rolled back: the next thing thinks in the same memory
        thing& t = *m.things[i];
        const auto list = thought.make_span_for_overwrite<candidate>(m.things.size());
        if (i == 0) full();
        if (list.empty()) continue;
        std::size_t n = 0;
        for (std::size_t j = 0; j < m.things.size(); ++j) {
            const point d = m.things[j]->at - t.at;
            if (j != i && dot(d, d) < reach * reach) list[n++] = {dot(d, d), static_cast<std::uint32_t>(j)};
        }
        std::sort(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(n),
                  [](const candidate& a, const candidate& b) { return a.distance2 != b.distance2 ? a.distance2 < b.distance2 : a.who < b.who; });
        for (std::size_t k = 0; k < n; ++k) {
            const point goal = m.things[list[k].who]->at;
            bool hidden = false;
            m.lines_in({std::min(t.at.x, goal.x), std::min(t.at.y, goal.y)}, {std::max(t.at.x, goal.x), std::max(t.at.y, goal.y)},
                       [&](std::size_t l) { hidden = hidden || (m.lines[l].blocks && crosses(m.lines[l], t.at, goal)); });
            if (hidden) continue;
            const point d = goal - t.at;
            t.velocity = {std::clamp<std::int64_t>(t.velocity.x + d.x / 1024, -2048, 2048), std::clamp<std::int64_t>(t.velocity.y + d.y / 1024, -2048, 2048)};
            seen += (i + 1) * (list[k].who + std::uint64_t{1});
            break;
        }
    }
    return seen;
}

}  // namespace engine
