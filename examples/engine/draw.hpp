#pragma once
/// Draw lists, front to back: subsectors in the order of the BSP, walls before the things in them, near things first. Workers write parts of a list.
#include <array>
#include <span>
#include <tuple>

#include <alloy/containers/growing_vector.hpp>

#include "physics.hpp"

namespace engine {

struct draw_item {
    std::uint32_t depth = 0, what = 0;  ///< rank of the subsector; seg, or segs.size() + thing
    std::int64_t distance2 = 0;         ///< for things: from the eye, and more than 0
    point at;                           ///< for things: where

    friend bool operator<(const draw_item& a, const draw_item& b) {
        return std::tie(a.depth, a.distance2, a.what) < std::tie(b.depth, b.distance2, b.what);
    }
};

/// What a worker hands to the render thread: some items, and further packets. Just below the largest slot of the pool.
struct packet {
    std::array<draw_item, 31> items;
    std::size_t count = 0;
    alloy::transfer_handle<packet> next;
};
static_assert(sizeof(packet) <= 1024);
struct part {
    std::size_t count = 0;
    alloy::transfer_handle<packet> first;
};

/// In which order the subsectors lie before an eye; read by all workers, from a frame of the main thread.
struct view {
    point eye;
    std::span<const std::uint16_t> front_to_back;  ///< subsectors
    std::span<const std::uint32_t> depth;          ///< of each, from 1; 0 where it was not met
};

inline view look(const map& m, point eye, alloy::frame_ref frame) {
    const auto depth = frame.make_span<std::uint32_t>(m.subsectors.size());
    const auto order = frame.make_span_for_overwrite<std::uint16_t>(m.subsectors.size());
    const auto todo = frame.make_span_for_overwrite<std::uint16_t>(m.nodes.size() + 2);
    std::size_t open = 0;
    std::uint32_t met = 0;
    todo[open++] = m.nodes.size() == 0 ? leaf : static_cast<std::uint16_t>(m.nodes.size() - 1);
    // load_map saw that there is no cycle; a damaged map may still share children, and then each bound here ends the walk.
    while (open && open + 1 < todo.size() && met < m.subsectors.size()) {
        const std::uint16_t next = todo[--open];
        if (next & leaf) {
            order[met] = static_cast<std::uint16_t>(next & ~leaf);
            depth[order[met]] = met + 1;
            ++met;
        } else {
            const node& n = m.nodes[next];
            const std::size_t near = map::side(n, eye);
            todo[open++] = n.child[1 - near];
            todo[open++] = n.child[near];
        }
    }
    return {eye, order.first(met), depth};
}

enum class walls : bool { facing, all };

/// A worker's part of the list: the walls of its share of the subsectors that face the eye, and its share of the things.
inline part draw(const map& m, const view& v, walls which, share mine, alloy::frame_ref frame, draw_allocator& memory) {
    alloy::growing_frame_vector<draw_item> items(frame);
    for (std::size_t i = mine.begin(v.front_to_back.size()); i < mine.end(v.front_to_back.size()); ++i) {
        const subsector& s = m.subsectors[v.front_to_back[i]];
        for (std::size_t at = s.first; at < std::size_t{s.first} + s.count && items.size() < m.segs.size(); ++at) {
            const seg& wall = m.segs[at];
            const point along = wall.b - wall.a, to{v.eye.x - wall.a.x * unit, v.eye.y - wall.a.y * unit};
            if (which == walls::all || along.x * to.y - along.y * to.x < 0) items.push_back({static_cast<std::uint32_t>(i + 1), static_cast<std::uint32_t>(at), 0, {}});
        }
    }
    for (std::size_t i = mine.begin(m.things.size()); i < mine.end(m.things.size()); ++i) {
        const point at = m.things[i]->at, d = at - v.eye;
        items.push_back({v.depth[m.subsector_at(at)], static_cast<std::uint32_t>(m.segs.size() + i), 1 + dot(d, d), at});
    }
    std::sort(items.begin(), items.end());

    const auto packets = memory.tag<"draw/packets">();
    part sent{items.size(), {}};
    alloy::transfer_handle<packet>* last = &sent.first;
    for (std::size_t i = 0; i < items.size(); last = &(*last)->next) {
        *last = memory.make_transfer<packet>();
        packet& p = **last;
        for (; i < items.size() && p.count < p.items.size(); ++i) p.items[p.count++] = items[i];
    }
    return sent;
}

}  // namespace engine
