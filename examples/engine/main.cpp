/// Runs a Doom-format map for some frames; every byte of the map, its things and the per-frame work comes from the types in allocators.hpp.
/// Things are moved and draw lists are made by worker threads, and put together by a render thread; how many there are does not change the result.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "ai.hpp"
#include "allocators.hpp"
#include "render.hpp"
#include "watch.hpp"

namespace {

engine::map_allocator map_memory;
engine::thing_allocator thing_memory;
engine::physics_allocator physics_memory;
engine::draw_allocator draw_memory;
engine::render_allocator render_memory;
engine::ai_allocator ai_memory;

engine::watch seen;

/// Calls f(memory) for each allocator.
template <class F>
void for_each_memory(F f) {
    f(map_memory), f(thing_memory), f(ai_memory), f(physics_memory), f(draw_memory), f(render_memory);
}

/// The file is read in a frame that ends here; the map stays.
engine::map load(const std::string& path, const std::string& name) {
    auto loading = map_memory.tagged<"map/file">().frame();
    engine::wad file(path, *loading);
    engine::map map = engine::load_map(file, name, map_memory, thing_memory);
    seen.look(map_memory);
    return map;
}

/// Each worker moves its share of the things, in frames of its own. The puffs that they made, in their own parts of the pool, become one list.
std::uint64_t move_all(engine::map& map, engine::workers& workers) {
    struct moved {
        std::uint64_t contacts = 0;
        engine::puff_list puffs{thing_memory};
    };
    std::erase_if(map.puffs, [](engine::puff& p) { return --p.frames_left == 0; });
    std::vector<moved> all(workers.size());
    // [full]
    workers.run(
        [&](engine::share mine, const engine::workers::pause& full) {
            const auto puffs = thing_memory.tag<"things/puffs">();
            auto frame = physics_memory.frame();
            {
                const auto contacts = physics_memory.tag<"physics">();
                all[mine.which].contacts = engine::move_things(map, mine, frame, all[mine.which].puffs);
            }  // other threads see what a frame has in it where its tag changes
            full();
        },
        [] { seen.look(physics_memory), seen.look(thing_memory); });
    // [/full]
    std::uint64_t contacts = 0;
    for (moved& each : all) {
        contacts += each.contacts;
        map.puffs.splice(map.puffs.end(), each.puffs);
    }
    return contacts;
}

/// Each worker makes its part of the draw list and leaves it in the scene, which then goes to the render thread.
alloy::transfer_handle<engine::scene> draw_all(const engine::map& map, engine::workers& workers, engine::walls which, engine::fnv hash) {
    auto scene = draw_memory.tagged<"draw/packets">().make_transfer<engine::scene>();
    scene->hash = hash;
    scene->walls = map.segs.size();
    scene->things = map.things.size();
    auto frame = draw_memory.tagged<"draw/view">().frame();
    const engine::view view = engine::look(map, map.things[0]->at, *frame);  // for all workers to read
    workers.run(
        [&](engine::share mine, const engine::workers::pause& full) {
            auto own = draw_memory.tagged<"draw/sorting">().frame();
            scene->parts[mine.which] = engine::draw(map, view, which, mine, *own, draw_memory);
            full();
        },
        [] { seen.look(draw_memory); });
    return scene;
}

}  // namespace

int main(int argc, char** argv) try {
    std::string path = "/usr/share/games/doom/freedoom1.wad", name = "E1M1", without, expected, log;
    int frames = 300;
    std::size_t threads = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 2, engine::workers::most);
    bool check_steady = false;
    CLI::App app{"Runs a Doom-format map: frames, a pool of things, a map in the heap, on worker threads"};
    app.add_option("--wad", path, "WAD file");
    app.add_option("--map", name, "map, as E1M1");
    app.add_option("--frames", frames, "frames to run")->check(CLI::Range(1, 100000));
    app.add_option("--workers", threads, "worker threads; by default as many as run at once")->check(CLI::Range(std::size_t{1}, engine::workers::most));
    app.add_option("--without", without, "leave a subsystem out")->check(CLI::IsMember({"physics", "render", "ai"}));
    app.add_option("--expect", expected, "fail where the hash is another");
    app.add_option("--log", log, "write a memory log of all frames, for ./run report")->take_last();
    app.add_flag("--check-steady", check_steady, "fail where upstream is asked after frame 10");
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& help) {
        return app.exit(help);
    } catch (const CLI::Error& wrong) {
        return fmt::print(stderr, "alloy_demo: {}\n", wrong.what()), 2;
    }

    engine::map map = load(path, name);
    engine::fnv hash;
    for (const std::size_t n : {map.lines.size(), map.segs.size(), map.nodes.size(), map.sides, map.sectors}) hash.add(n);

    std::vector<std::uint64_t> warm;
    {
        engine::workers workers(threads);
        engine::render_thread screen(render_memory, seen);
        if (without != "render") {  // a rehearsal with all walls, so that there are packets for any frame; trim() sends them home
            draw_all(map, workers, engine::walls::all, hash).reset();
            draw_memory.trim();
        }
        for (int f = 0; f < frames; ++f) {
            seen.look(map_memory);
            std::uint64_t saw = 0, contacts = 0;
            if (without != "ai") {
                auto frame = ai_memory.frame();
                saw = engine::think(map, frame, [] { seen.look(ai_memory); });
            }
            if (without != "physics") contacts = move_all(map, workers);
            hash = screen.finish(hash);  // the frame before was put together meanwhile
            if (without != "ai") hash.add(saw);
            if (without != "physics") hash.add(contacts);
            if (without != "render")
                screen.show(draw_all(map, workers, engine::walls::facing, hash));
            else
                for (const engine::thing_ptr& t : map.things) hash.add(t->at);
            if (f == std::min(frames, 10) - 1) {
                hash = screen.finish(hash);
                for_each_memory([&](auto& memory) { warm.push_back(memory.metrics().upstream_requests); });
            }
        }
        hash = screen.finish(hash);
    }

    fmt::print("{}: {} things and {} puffs in the pool, {} lines in the heap, {} frames on {} workers\n", name, map.things.size(), map.puffs.size(), map.lines.size(),
               frames, threads);
    fmt::print("\n{}\n", engine::plan_table());
    std::uint64_t late = 0;
    for_each_memory([&, i = std::size_t{0}](auto& memory) mutable {
        fmt::print("{}\n", seen.table(memory));
        late += memory.metrics().upstream_requests - warm[i++];
    });
    fmt::print("all together: {} held (peak {}) of {}\n", engine::readable(engine::whole::held()), engine::readable(engine::whole::peak()), engine::readable(engine::whole::limit()));
    const std::string result = fmt::format("{:016x}", hash.value);
    fmt::print("hash {}\n", result);
    if (!log.empty() && !(std::ofstream(log) << seen.log() << std::flush)) throw std::runtime_error("cannot write " + log);
    if (check_steady && late) return fmt::print(stderr, "alloy_demo: upstream was asked {} times after frame 10\n", late), 3;
    if (!expected.empty() && expected != result) return fmt::print(stderr, "alloy_demo: the hash is {}, not {}\n", result, expected), 4;
    return 0;
} catch (const std::exception& e) {
    fmt::print(stderr, "alloy_demo: {}\n", e.what());
    return 1;
}
