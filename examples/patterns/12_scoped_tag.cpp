/// A tag that is current for a scope: nested, for each thread by itself, and restored however the scope is left. Phases measure what is made meanwhile.
#include <cstddef>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <thread>

#include <alloy/allocator.hpp>
#include <alloy/containers.hpp>
#include <alloy/phase.hpp>
#include <alloy/policies.hpp>

// [memory]
struct level_memory : alloy::allocator<alloy::tagging::scoped<"geometry", "geometry/lights", "script">, alloy::threading::thread_cached, alloy::tracking::metrics<alloy::metric::count>> {};
constinit level_memory memory;
// [/memory]

static std::size_t bytes_of(const char* name) { return memory.tag_usage(level_memory::tagging_type::index_of(name)).frame; }

// [load]
static void load_lights(alloy::frame_ref frame, int lights) {
    const auto tag = memory.tag<"geometry/lights">();  // inside the caller's "geometry", which is current again at the end
    for (int i = 0; i < lights; ++i) frame.make_span<float>(16);
    if (lights > 1000) throw std::runtime_error("too many lights");
}
static void load(alloy::frame_ref frame, int lights) {
    const auto tag = memory.tag<"geometry">();
    frame.make_span<float>(3000);
    load_lights(frame, lights);
    frame.make_span<float>(500);
}
// [/load]

int main() {
    bool good = true;
    // [phases]
    alloy::phases<4> log;
    {
        auto frame = memory.frame();
        {
            auto phase = log.begin(memory, "load");
            load(frame, 10);
        }
        auto phase = log.begin(memory, "script");
        const auto tag = memory.tag<"script">();
        alloy::frame_string text{frame};
        for (int i = 0; i < 100; ++i) text += "door open; ";
        phase.end();
        // [/phases]
        good = good && bytes_of("geometry") == 3500 * sizeof(float) && bytes_of("geometry/lights") == 160 * sizeof(float) && bytes_of("script") > 0;
    }
    // [thrown]
    {
        auto frame = memory.frame();
        try {
            load(frame, 5000);
        } catch (const std::runtime_error& e) {
            std::printf("%s; the tag is \"%s\" again\n", e.what(), level_memory::tagging_type::name(memory.current_tag()));
        }
        good = good && memory.current_tag() == 0;
    }
    // [/thrown]
    std::size_t seen = 99;
    const auto mine = memory.tag<"script">();
    std::thread([&seen] { seen = memory.current_tag(); }).join();  // a thread begins without a tag
    good = good && seen == 0 && memory.current_tag() == level_memory::tagging_type::index_of("script");
    // [table]
    for (const alloy::phase_summary& p : log)
        std::printf("%-8s %zu bytes, %llu allocations, %lld us\n", p.name, p.bytes, static_cast<unsigned long long>(p.objects), static_cast<long long>(p.time.count() / 1000));
    // [/table]
    good = good && log.size() == 2 && log.begin()->bytes == 3660 * sizeof(float) && log.begin()->objects == 12 && log.begin()->runs == 1;
    return good ? 0 : 1;
}
