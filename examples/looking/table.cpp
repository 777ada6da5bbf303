// Who uses what, at one moment: a table for a log or a HUD, and what a level has left behind.
#include <cstdio>
#include <string>
#include <vector>

#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>
#include <alloy/report/table.hpp>
#include <alloy/snapshot.hpp>

// [declaration]
struct game_memory : alloy::allocator<alloy::tagging::scoped<"physics", "physics/contacts", "sound">,
                                      alloy::budget::all<alloy::budget::hard<16 * alloy::MiB>,
                                                         alloy::budget::per_tag<alloy::budget::limit<"physics", 256 * alloy::KiB>, alloy::budget::limit<"sound", 1 * alloy::MiB>>>,
                                      alloy::tracking::boundary_metrics> {};
// [/declaration]

struct body {
    float position[3], velocity[3];
};

int main() {
    game_memory memory;
    const auto music = memory.tagged<"sound">().make_heap<char[]>(300000);

    // [diff]
    const alloy::memory_snapshot before = alloy::snapshot(memory);
    std::vector<game_memory::pool_ptr<body>> forgotten;
    {
        const auto physics = memory.tag<"physics">();
        for (int i = 0; i < 500; ++i) forgotten.push_back(memory.make_pooled<body>());
    }
    for (const alloy::tag_change& tag : alloy::diff(before, alloy::snapshot(memory)).tags)
        if (tag.used() != 0) std::printf("%s keeps %+lld bytes\n", std::string(tag.name).c_str(), static_cast<long long>(tag.used()));
    // [/diff]

    auto frame = memory.frame();
    {
        const auto contacts = memory.tag<"physics/contacts">();
        static_cast<void>(frame.make_span<float>(30000));
    }
    // [table]
    std::fputs(alloy::report::table(alloy::snapshot(memory)).c_str(), stdout);
    // [/table]
    return alloy::snapshot(memory).used == memory.used() ? 0 : 1;
}
