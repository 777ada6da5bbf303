/// Runs a Doom-format map for some frames; every byte of the map, its things and the per-frame work comes from the types in allocators.hpp.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <span>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "ai.hpp"
#include "allocators.hpp"
#include "render.hpp"

namespace {

engine::map_allocator map_memory;
engine::thing_allocator thing_memory;
engine::physics_allocator physics_memory;
engine::render_allocator render_memory;
engine::ai_allocator ai_memory;

/// FNV-1a, 64 bits, over the bytes of integers, lowest first.
struct fnv {
    std::uint64_t value = 0xcbf29ce484222325;
    void add(std::uint64_t v) {
        for (int i = 0; i < 8; ++i, v >>= 8) value = (value ^ (v & 0xFF)) * 0x100000001b3;
    }
};

template <class Memory>
std::uint64_t report(Memory& memory, std::uint64_t requests_when_warm) {
    const alloy::memory_metrics seen = memory.metrics();
    const std::size_t peak = Memory::budget_type::bounds_held ? seen.peak_held : std::max(seen.peak_used, seen.used);  // of what the budget bounds
    const std::uint64_t late = seen.upstream_requests - requests_when_warm;
    fmt::print("{:<9}{:>10}{:>10}{:>10}{:>6.1f}%{:>8}{:>10}{:>10}\n", memory.name(), seen.used, peak, Memory::budget_bytes,
               100.0 * static_cast<double>(peak) / static_cast<double>(Memory::budget_bytes), seen.blocks, seen.upstream_requests, late);
    return late;
}

/// The file is read in a frame that ends here; the map stays.
engine::map load(const std::string& path, const std::string& name) {
    auto loading = map_memory.frame();
    engine::wad file(path, loading);
    return engine::load_map(file, name, map_memory, thing_memory);
}

}  // namespace

int main(int argc, char** argv) try {
    std::string path = "/usr/share/games/doom/freedoom1.wad", name = "E1M1", without, expected;
    int frames = 300;
    bool check_steady = false;
    CLI::App app{"Runs a Doom-format map: frames, a pool of things, a map in the heap"};
    app.add_option("--wad", path, "WAD file");
    app.add_option("--map", name, "map, as E1M1");
    app.add_option("--frames", frames, "frames to run")->check(CLI::Range(1, 100000));
    app.add_option("--without", without, "leave a subsystem out")->check(CLI::IsMember({"physics", "render", "ai"}));
    app.add_option("--expect", expected, "fail where the hash is another");
    app.add_flag("--check-steady", check_steady, "fail where upstream is asked after frame 10");
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& help) {
        return app.exit(help);
    } catch (const CLI::Error& wrong) {
        return fmt::print(stderr, "alloy_demo: {}\n", wrong.what()), 2;
    }

    engine::map map = load(path, name);
    fnv hash;
    for (const std::size_t n : {map.lines.size(), map.segs.size(), map.nodes.size(), map.sides, map.sectors}) hash.add(n);

    std::span<const engine::draw_item> previous;
    std::uint64_t warm_map = 0, warm_things = 0, warm_physics = 0, warm_render = 0, warm_ai = 0;
    for (int f = 0; f < frames; ++f) {
        if (without != "ai") {
            auto frame = ai_memory.frame();
            hash.add(engine::think(map, frame));
        }
        if (without != "physics") {
            auto frame = physics_memory.frame();
            hash.add(engine::move_things(map, frame));
        }
        if (without != "render") {
            auto frame = render_memory.frame();
            const auto list = engine::draw(map, map.things[0]->at, frame);
            std::uint64_t changed = 0;  // against the list of the frame before, which is still there
            for (std::size_t i = 0; i < std::min(list.size(), previous.size()); ++i) changed += list[i].what != previous[i].what;
            hash.add(changed);
            for (const engine::draw_item& item : list) hash.add(item.what);
            previous = list;
        }
        for (const engine::thing_ptr& t : map.things) hash.add(static_cast<std::uint64_t>(t->at.x)), hash.add(static_cast<std::uint64_t>(t->at.y));
        if (f < 10) {
            warm_map = map_memory.metrics().upstream_requests;
            warm_things = thing_memory.metrics().upstream_requests;
            warm_physics = physics_memory.metrics().upstream_requests;
            warm_render = render_memory.metrics().upstream_requests;
            warm_ai = ai_memory.metrics().upstream_requests;
        }
    }

    fmt::print("{}: {} things and {} puffs in the pool, {} lines in the heap, {} frames\n", name, map.things.size(), map.puffs.size(), map.lines.size(), frames);
    fmt::print("{:<9}{:>10}{:>10}{:>10}{:>7}{:>8}{:>10}{:>10}\n", "bytes", "now", "peak", "budget", "peak", "blocks", "requests", "warm");
    const std::uint64_t late = report(map_memory, warm_map) + report(thing_memory, warm_things) + report(physics_memory, warm_physics) + report(render_memory, warm_render) +
                               report(ai_memory, warm_ai);
    const std::string result = fmt::format("{:016x}", hash.value);
    fmt::print("hash {}\n", result);
    if (check_steady && late) return fmt::print(stderr, "alloy_demo: upstream was asked {} times after frame 10\n", late), 3;
    if (!expected.empty() && expected != result) return fmt::print(stderr, "alloy_demo: the hash is {}, not {}\n", result, expected), 4;
    return 0;
} catch (const std::exception& e) {
    fmt::print(stderr, "alloy_demo: {}\n", e.what());
    return 1;
}
