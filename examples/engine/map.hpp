#pragma once
/// A map, decoded and checked: after load_map every index in it is good. Geometry lies in the heap; each thing is an object in the pool.
#include <array>
#include <list>

#include <alloy/adaptors/std_allocator.hpp>

#include "allocators.hpp"
#include "wad.hpp"

namespace engine {

/// Map units; positions of things are in 1/256 of them, so that all arithmetic is exact.
struct point { std::int64_t x = 0, y = 0; };
inline constexpr std::int64_t unit = 256;

struct thing { point at, velocity; std::uint16_t type = 0; };
/// Where a thing has hit a wall; gone after some frames.
struct puff { point at; int frames_left = 0; };
struct line { point a, b; bool blocks = false; };
struct seg { point a, b; };
struct subsector { std::uint16_t count = 0, first = 0; };
struct node { point at, along; std::array<std::uint16_t, 2> child{}; };
inline constexpr std::uint16_t leaf = 0x8000;

template <class T>
using heap_array = alloy::heap_ptr<T[], map_allocator>;
using thing_ptr = alloy::pool_ptr<thing, thing_allocator>;
using puff_list = std::list<puff, alloy::std_allocator<puff, thing_allocator>>;

struct map {
    explicit map(thing_allocator& memory) : puffs(memory) {}

    heap_array<thing_ptr> things;
    puff_list puffs;
    heap_array<line> lines;
    heap_array<seg> segs;
    heap_array<subsector> subsectors;
    heap_array<node> nodes;
    heap_array<unsigned char> blockmap;
    std::int64_t columns = 0, rows = 0;
    std::size_t sides = 0, sectors = 0;

    /// 0 where p lies on the right of the node's line, else 1.
    static std::size_t side(const node& n, point p) {
        return n.along.x * (p.y - n.at.y * unit) - n.along.y * (p.x - n.at.x * unit) > 0 ? 1U : 0U;
    }
    std::size_t subsector_at(point p) const {
        if (nodes.size() == 0) return 0;
        std::size_t at = nodes.size() - 1;
        for (;;) {
            const std::uint16_t next = nodes[at].child[side(nodes[at], p)];
            if (next & leaf) return next & ~leaf;
            at = next;
        }
    }
    /// Calls f(line index) for the lines in the blocks that the box touches; a line may come more than once.
    template <class F>
    void lines_in(point low, point high, F f) const {
        const std::span<const unsigned char> bytes = blockmap.span();
        const std::int64_t x0 = i16(bytes, 0) * unit, y0 = i16(bytes, 2) * unit, block = 128 * unit;
        const auto first = [&](std::int64_t v) { return v < 0 ? 0 : v / block; };
        for (std::int64_t y = first(low.y - y0); y < rows && y * block <= high.y - y0; ++y)
            for (std::int64_t x = first(low.x - x0); x < columns && x * block <= high.x - x0; ++x)
                for (std::size_t at = u16(bytes, 8 + 2 * static_cast<std::size_t>(y * columns + x)) + 1U; u16(bytes, 2 * at) != 0xFFFF; ++at)
                    f(std::size_t{u16(bytes, 2 * at)});
    }
};

/// n of them in the heap, each what decode(i) returns; under a tag, since what is read meanwhile from the file is under another.
template <class T, class F>
heap_array<T> decoded(map_allocator& memory, std::size_t n, F decode) {
    auto all = memory.tagged<"map/geometry">().make_heap<T[]>(n);
    for (std::size_t i = 0; i < n; ++i) all[i] = decode(i);
    return all;
}

inline map load_map(wad& file, const std::string& name, map_allocator& memory, thing_allocator& thing_memory) {
    const std::size_t start = file.find(name);
    if (start == file.lumps()) throw bad_wad("there is no map " + name + " in this WAD");
    const auto need = [&](bool good, const char* what) {
        if (!good) throw bad_wad("map " + name + " is damaged: " + what);
    };
    const auto lump = [&](const char* which, std::size_t record) {
        const std::size_t at = file.find(which, start + 1);
        need(at < file.lumps() && at <= start + 10, which);
        const auto bytes = file.lump(at);
        need(bytes.size() % record == 0, which);
        return bytes;
    };
    map m(thing_memory);
    const auto vertexes = lump("VERTEXES", 4), sides = lump("SIDEDEFS", 30), sectors = lump("SECTORS", 26);
    m.sides = sides.size() / 30;
    m.sectors = sectors.size() / 26;
    const auto vertex = [&](std::size_t index) {
        need(index < vertexes.size() / 4, "a vertex that is not there");
        return point{i16(vertexes, 4 * index), i16(vertexes, 4 * index + 2)};
    };
    const auto things = lump("THINGS", 10), lines = lump("LINEDEFS", 14), segs = lump("SEGS", 12), leaves = lump("SSECTORS", 4), nodes = lump("NODES", 28);
    need(!things.empty() && !leaves.empty(), "no things or no subsectors");
    const auto made = thing_memory.tagged<"things">();
    m.things = decoded<thing_ptr>(memory, things.size() / 10, [&](std::size_t i) {
        const std::int64_t turn = u16(things, 10 * i + 4) / 45 % 8;
        constexpr std::array<int, 8> cosine{256, 181, 0, -181, -256, -181, 0, 181};
        return made.make_pooled<thing>(point{i16(things, 10 * i) * unit, i16(things, 10 * i + 2) * unit},
                                               point{cosine[static_cast<std::size_t>(turn)] * 6, cosine[static_cast<std::size_t>((turn + 6) % 8)] * 6},
                                               u16(things, 10 * i + 6));
    });
    m.lines = decoded<line>(memory, lines.size() / 14, [&](std::size_t i) {
        const std::uint16_t front = u16(lines, 14 * i + 10), back = u16(lines, 14 * i + 12);
        need((front == 0xFFFF || front < m.sides) && (back == 0xFFFF || back < m.sides), "a side that is not there");
        return line{vertex(u16(lines, 14 * i)), vertex(u16(lines, 14 * i + 2)), back == 0xFFFF || (u16(lines, 14 * i + 4) & 1) != 0};
    });
    m.segs = decoded<seg>(memory, segs.size() / 12, [&](std::size_t i) { return seg{vertex(u16(segs, 12 * i)), vertex(u16(segs, 12 * i + 2))}; });
    m.subsectors = decoded<subsector>(memory, leaves.size() / 4, [&](std::size_t i) {
        const subsector s{u16(leaves, 4 * i), u16(leaves, 4 * i + 2)};
        need(std::size_t{s.first} + s.count <= m.segs.size(), "a seg that is not there");
        return s;
    });
    m.nodes = decoded<node>(memory, nodes.size() / 28, [&](std::size_t i) {
        const std::size_t at = 28 * i;
        const node n{{i16(nodes, at), i16(nodes, at + 2)}, {i16(nodes, at + 4), i16(nodes, at + 6)}, {u16(nodes, at + 24), u16(nodes, at + 26)}};
        for (const std::size_t child : n.child)  // children come first, so there is no cycle
            need(child & leaf ? (child & ~std::size_t{leaf}) < m.subsectors.size() : child < i, "a node that is not a tree's");
        return n;
    });
    const auto blockmap = lump("BLOCKMAP", 2);
    need(blockmap.size() >= 8, "BLOCKMAP");
    m.columns = u16(blockmap, 4);
    m.rows = u16(blockmap, 6);
    const std::size_t words = blockmap.size() / 2, cells = static_cast<std::size_t>(m.columns * m.rows);
    need(4 + cells <= words, "BLOCKMAP");
    for (std::size_t cell = 0; cell < cells; ++cell) {
        std::size_t at = u16(blockmap, 8 + 2 * cell) + std::size_t{1};
        for (; at < words && u16(blockmap, 2 * at) != 0xFFFF; ++at) need(u16(blockmap, 2 * at) < m.lines.size(), "a line that is not there");
        need(at < words, "BLOCKMAP");
    }
    m.blockmap = decoded<unsigned char>(memory, blockmap.size(), [&](std::size_t i) { return blockmap[i]; });
    return m;
}

}  // namespace engine
