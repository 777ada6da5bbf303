#pragma once
/// A draw list, front to back: subsectors in the order of the BSP, walls before the things in them, near things first.
#include <alloy/containers.hpp>

#include "physics.hpp"

namespace engine {

struct draw_item {
    std::uint32_t depth = 0, what = 0;  ///< rank of the subsector; seg, or segs.size() + thing
    std::int64_t distance2 = 0;
};

inline std::span<const draw_item> draw(const map& m, point eye, alloy::frame_ref frame) {
    const auto rank = frame.make_span<std::uint32_t>(m.subsectors.size());
    const auto todo = frame.make_span_for_overwrite<std::uint16_t>(m.nodes.size() + 2);
    alloy::frame_vector<draw_item> items{frame};
    items.reserve(m.segs.size() + m.things.size());
    std::size_t open = 0;
    std::uint32_t depth = 0;
    todo[open++] = m.nodes.size() == 0 ? leaf : static_cast<std::uint16_t>(m.nodes.size() - 1);
    // load_map saw that there is no cycle; a damaged map may still share children, and then each bound here ends the walk.
    while (open && open + 1 < todo.size() && depth < m.subsectors.size()) {
        const std::uint16_t next = todo[--open];
        if (next & leaf) {
            const std::size_t s = next & ~leaf;
            rank[s] = ++depth;
            for (std::size_t i = m.subsectors[s].first, end = i + m.subsectors[s].count; i < end && items.size() < m.segs.size(); ++i) {
                const point along = m.segs[i].b - m.segs[i].a, to{eye.x - m.segs[i].a.x * unit, eye.y - m.segs[i].a.y * unit};
                if (along.x * to.y - along.y * to.x < 0) items.push_back({depth, static_cast<std::uint32_t>(i), 0});
            }
        } else {
            const node& n = m.nodes[next];
            const std::size_t near = map::side(n, eye);
            todo[open++] = n.child[1 - near];
            todo[open++] = n.child[near];
        }
    }
    for (std::size_t i = 0; i < m.things.size(); ++i) {
        const point d = m.things[i]->at - eye;
        items.push_back({rank[m.subsector_at(m.things[i]->at)], static_cast<std::uint32_t>(m.segs.size() + i), 1 + dot(d, d)});
    }
    std::sort(items.begin(), items.end(), [](const draw_item& a, const draw_item& b) {
        if (a.depth != b.depth) return a.depth < b.depth;
        return a.distance2 != b.distance2 ? a.distance2 < b.distance2 : a.what < b.what;
    });
    // The vector ends with this function; the list is read for one frame more.
    const auto list = frame.make_span_for_overwrite<draw_item>(items.size());
    std::copy(items.begin(), items.end(), list.begin());
    return list;
}

}  // namespace engine
