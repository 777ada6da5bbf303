// A log of what a program used frame by frame, for tools, and what it advises; and a trace for Perfetto.
#include <cstdio>
#include <fstream>
#include <string>

#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>
#include <alloy/report/memory_log.hpp>
#include <alloy/report/trace.hpp>

struct game_memory : alloy::allocator<alloy::tagging::scoped<"physics", "physics/contacts", "render">, alloy::budget::hard<16 * alloy::MiB>,
                                      alloy::tracking::boundary_metrics> {};

int main(int argc, char** argv) {
    const std::string folder = argc > 1 ? std::string(argv[1]) + "/" : std::string();
    game_memory memory;
    alloy::report::memory_log log;
    alloy::report::trace trace;
    for (unsigned i = 0; i < 200; ++i) {
        // [trace]
        const auto whole = trace.slice("frame");
        auto frame = memory.frame();
        {
            const auto slice = trace.slice("physics");
            const auto physics = memory.tag<"physics">();
            static_cast<void>(frame.make_span<float>(1000 + 10 * i));
        }
        trace.counters(memory);
        // [/trace]
        const auto render = memory.tag<"render">();
        static_cast<void>(frame.make_span<int>(500));
        // [log]
        log.frame(memory);  // or several at once: log.frame(memory, textures)
        // [/log]
    }
    // [write]
    std::ofstream(folder + "memory.json") << log.text();
    std::ofstream(folder + "trace.json") << trace.text();
    for (const alloy::report::advice& a : alloy::report::advise(*log.track(memory))) std::fputs(a.text().c_str(), stdout);
    // [/write]
    return log.track(memory)->frames() == 200 ? 0 : 1;
}
