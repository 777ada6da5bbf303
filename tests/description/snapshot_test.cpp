/// What an allocator has at one moment, as a value; sums of tags; what changed between two; and the texts made of it.
#include <array>
#include <atomic>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <alloy/allocator.hpp>
#include <alloy/checking/guarded.hpp>
#include <alloy/policies.hpp>
#include <alloy/report/csv.hpp>
#include <alloy/report/leaks.hpp>
#include <alloy/report/readable.hpp>
#include <alloy/report/table.hpp>
#include <alloy/snapshot.hpp>

#include "../support/catch.hpp"

namespace {

using namespace alloy;

struct plain : allocator<> {};
struct frames_alone : allocator<lifetime::frame> {};
struct pool_alone : allocator<lifetime::pool> {};
struct watched : allocator<tagging::named<"physics">, tracking::boundary_metrics, budget::hard<1 * MiB>> {};
struct counted : allocator<tracking::metrics<metric::count>> {};
struct cached : allocator<threading::thread_cached, tracking::boundary_metrics> {};
struct tagged : allocator<tagging::scoped<"physics", "physics/contacts", "sound/music">,
                          budget::all<budget::per_tag<budget::limit<"physics", 1 * MiB>, budget::limit<"sound", 64 * KiB>>, budget::per_frame<2 * MiB>, budget::hard<8 * MiB>>> {};
using late_tags = tagging::dynamic<10, struct for_this_test>;
struct late : allocator<late_tags, threading::thread_cached> {};
struct split : allocator<threading::thread_cached, budget::per_thread<256 * KiB>> {};
struct guarded : allocator<tagging::named<"level">, checking::guarded<>> {};

memory_snapshot by_hand() {
    memory_snapshot s;
    s.name = "game";
    s.used = 246 * KiB;
    s.held = 1 * MiB;
    s.held_limit = 16 * MiB;
    s.peak_used = 300 * KiB;
    s.frame = 812;
    s.own_bytes = 880;
    const auto tag = [&s](const char* name, std::size_t frame, std::size_t pool, std::size_t heap) -> tag_snapshot& {
        tag_snapshot& t = s.tags.emplace_back();
        t.name = name;
        t.frame = frame;
        t.pool = pool;
        t.heap = heap;
        return t;
    };
    tag("physics/contacts", 100 * KiB, 20 * KiB, 0).limit = 4 * MiB;
    tag("untagged", 1 * KiB, 0, 0);
    tag("physics", 0, 1 * KiB, 0).peak = 200 * KiB;
    auto& music = tag("sound/music", 0, 0, 124 * KiB);
    music.limit = 100 * KiB;
    music.frames_over = 3;
    s.tags[0].peak = 130 * KiB + 100;
    return s;
}

TEST_CASE("a snapshot of any composition, and what it does not know is absent") {
    plain a;
    frames_alone b;
    pool_alone c;
    const memory_snapshot of_a = snapshot(a), of_b = snapshot(b), of_c = snapshot(c);
    CHECK(of_a.name == "plain");
    CHECK(of_b.name == "frames_alone");
    allocator<> nameless;
    CHECK(snapshot(nameless).name == "untagged");
    for (const memory_snapshot* s : {&of_a, &of_b, &of_c}) {
        CHECK(s->used == 0);
        CHECK(s->held_limit == no_limit);
        CHECK(!s->frame);
        CHECK(!s->peak_used);
        CHECK(!s->upstream_requests);
        CHECK(!s->allocations);
        CHECK(s->threads.empty());
        REQUIRE(s->tags.size() == 1);
        CHECK(!s->tags[0].peak);
    }
}

TEST_CASE("boundary metrics and budgets are in it") {
    watched memory;
    {
        auto frame = memory.frame();
        static_cast<void>(frame.make_span<char>(1000));
    }
    auto frame = memory.frame();
    static_cast<void>(frame.make_span<char>(128));
    const auto object = memory.make_pooled<int>(1);
    const auto large = memory.make_heap<char[]>(5000);
    const memory_snapshot s = snapshot(memory);
    CHECK(s.name == "physics");
    CHECK(s.used == memory.used());
    CHECK(s.held == memory.held());
    CHECK(s.blocks == memory.blocks());
    CHECK(s.held_limit == 1 * MiB);
    CHECK(s.frame == 1U);
    CHECK(s.upstream_requests == 3U);
    CHECK(s.refusals == 0U);
    CHECK(s.peak_held == s.held);
    CHECK(s.held_for.frames + s.held_for.pool + s.held_for.heap == s.held);
    CHECK(s.held_for.heap >= 5000);
    CHECK(s.own_bytes >= sizeof(std::size_t));
    CHECK(s.time_ns > 0);
}

const tag_snapshot& tag_of(const memory_snapshot& s, std::string_view name) {
    for (const tag_snapshot& tag : s.tags)
        if (tag.name == name) return tag;
    throw std::runtime_error("no such tag");
}

TEST_CASE("bytes of tags, exactly, and the limits of tags with their parts") {
    tagged memory;
    auto frame = memory.frame();
    const auto physics = memory.tag<"physics">();
    static_cast<void>(frame.make_span<char>(1000));
    const auto large = memory.make_heap<char[]>(5000);
    {
        const auto contacts = memory.tag<"physics/contacts">();
        static_cast<void>(frame.make_span<char>(160));
        const auto object = memory.make_pooled<std::array<char, 60>>();
        const memory_snapshot s = snapshot(memory);
        REQUIRE(s.tags.size() == 5);  // untagged, the three, and what music is a part of
        CHECK(tag_of(s, "physics/contacts").frame == 160);
        CHECK(tag_of(s, "physics/contacts").pool == 64);
        CHECK(tag_of(s, "physics/contacts").heap == 0);
        CHECK(tag_of(s, "physics").frame == 1000);
        CHECK(tag_of(s, "physics").heap >= 5000);
        CHECK(tag_of(s, "untagged").used() == 0);
        CHECK(tag_of(s, "sound").limit == 64 * KiB);
        CHECK(tag_of(s, "sound/music").limit == no_limit);
        CHECK(tag_of(s, "physics").limit == 1 * MiB);
        CHECK(s.frame_limit == 2 * MiB);
        CHECK(s.used_limit == no_limit);
        CHECK(s.held_limit == 8 * MiB);
        std::size_t sum = 0;
        for (const tag_snapshot& tag : s.tags) sum += tag.used();
        CHECK(s.used == sum);
        CHECK(s.used == memory.used());
        for (const tag_snapshot& tag : s.rolled_up())
            if (tag.name == "physics") CHECK(tag.used() == sum);
    }
    const memory_snapshot after = snapshot(memory);
    CHECK(tag_of(after, "physics/contacts").pool == 0);
    CHECK(tag_of(after, "physics/contacts").frame == 160);
}

TEST_CASE("tags that are named at run time are in it once they have a name") {
    late memory;
    CHECK(snapshot(memory).tags.size() == 1);
    const std::size_t level = late_tags::define("level/textures");
    const auto scope = memory.tag(level);
    std::thread([&memory, level] {
        const auto there = memory.tag(level);
        static_cast<void>(memory.allocate(100));
    }).join();
    static_cast<void>(memory.allocate(5000));
    const memory_snapshot s = snapshot(memory);
    REQUIRE(s.tags.size() == 3);
    CHECK(tag_of(s, "level/textures").pool == 112);
    CHECK(tag_of(s, "level/textures").heap >= 5000);
    CHECK(tag_of(s, "level").used() == 0);
    CHECK(s.used == tag_of(s, "level/textures").used());
    CHECK(s.own_bytes >= (1 + s.threads.size()) * late_tags::count * 3 * sizeof(std::size_t));
}

TEST_CASE("allocations are known where they are counted") {
    counted memory;
    auto frame = memory.frame();
    static_cast<void>(frame.make_span<char>(100));
    const memory_snapshot s = snapshot(memory);
    CHECK(s.allocations == 1U);
    CHECK(!s.requested);
    CHECK(!s.frame);
}

TEST_CASE("sizes of allocations are in it where they are counted") {
    struct sized : allocator<tracking::metrics<metric::sizes>> {} memory;
    CHECK(snapshot(memory).sizes.empty());
    auto frame = memory.frame();
    static_cast<void>(frame.make_span<char>(100));
    static_cast<void>(frame.make_span<char>(128));
    const memory_snapshot s = snapshot(memory);
    REQUIRE(s.sizes.size() == size_histogram::length);
    std::uint64_t sum = 0;
    for (const size_count& size : s.sizes) sum += size.count;
    CHECK(sum == 2);
    CHECK(s.sizes[7].upto == 128);
    CHECK(s.sizes[7].count == 2);
    CHECK(s.sizes.back().upto == no_limit);
}

TEST_CASE("each thread's cache tells what it holds, also of a thread that has ended") {
    cached memory;
    auto frame = memory.frame();
    static_cast<void>(frame.make_span<char>(1000));
    std::thread([&memory] { static_cast<void>(memory.make_pooled<int>(1)); }).join();
    const memory_snapshot s = snapshot(memory);
    REQUIRE(s.threads.size() == 2);
    CHECK(s.threads[0].frames + s.threads[1].frames == s.held_for.frames);
    CHECK(s.threads[0].pool + s.threads[1].pool == s.held_for.pool);
    CHECK(s.held_for.frames > 1000);
    CHECK(s.held_for.pool > 0);
    CHECK(s.threads[0].held() + s.threads[1].held() <= s.held);
    CHECK(s.held_for.threads == 2);
}

TEST_CASE("a budget per thread is a limit of each thread, not of the allocator") {
    split memory;
    const memory_snapshot s = snapshot(memory);
    CHECK(s.thread_limit == 256 * KiB);
    CHECK(s.held_limit == no_limit);
}

TEST_CASE("snapshots while other threads work") {
    cached memory;
    std::atomic<bool> stop{false};
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t)
        threads.emplace_back([&] {
            while (!stop.load()) {
                auto frame = memory.frame();
                static_cast<void>(frame.make_span<char>(70000));
                const auto object = memory.make_pooled<long>(1);
            }
        });
    for (int i = 0; i < 200; ++i) {
        const memory_snapshot s = snapshot(memory);
        CHECK(s.threads.size() <= 4);
    }
    stop = true;
    for (std::thread& t : threads) t.join();
    const memory_snapshot s = snapshot(memory);
    CHECK(s.threads.size() == s.held_for.threads);
}

TEST_CASE("parts are added up, each tag in front of its parts") {
    const auto sums = by_hand().rolled_up();
    REQUIRE(sums.size() == 5);
    std::vector<std::string_view> names;
    for (const tag_snapshot& tag : sums) names.push_back(tag.name);
    CHECK(names == std::vector<std::string_view>{"untagged", "physics", "physics/contacts", "sound", "sound/music"});
    CHECK(sums[1].frame == 100 * KiB);
    CHECK(sums[1].pool == 21 * KiB);
    CHECK(sums[1].peak == 200 * KiB);
    CHECK(sums[2].used() == 120 * KiB);
    CHECK(sums[3].used() == 124 * KiB);
    CHECK(!sums[3].frames_over);
    std::size_t own = 0, tops = 0;
    for (const tag_snapshot& tag : by_hand().tags) own += tag.used();
    for (const tag_snapshot& tag : sums) tops += tag.parent().empty() ? tag.used() : 0;
    CHECK(own == tops);
}

TEST_CASE("names that are odd paths end all the same") {
    memory_snapshot s;
    for (const char* name : {"", "/", "/a", "a/", "a//b", "a/b/c"}) {
        tag_snapshot& tag = s.tags.emplace_back();
        tag.name = name;
        tag.frame = 1;
    }
    std::size_t tops = 0;
    for (const tag_snapshot& tag : s.rolled_up()) tops += tag.parent().empty() ? tag.used() : 0;
    CHECK(tops == 6);
}

TEST_CASE("what changed from one snapshot to another") {
    watched memory;
    const memory_snapshot before = snapshot(memory);
    const auto object = memory.make_heap<char[]>(5000);
    {
        auto frame = memory.frame();
        static_cast<void>(frame.make_span<char>(10));
    }
    const memory_change there = diff(before, snapshot(memory)), back = diff(snapshot(memory), before);
    CHECK(there.name == "physics");
    CHECK(there.frames == 1);
    CHECK(there.upstream_requests == 2);
    CHECK(there.used == static_cast<std::int64_t>(memory.used()));
    CHECK(there.held == static_cast<std::int64_t>(memory.held()));
    CHECK(back.used == -there.used);
    CHECK(back.blocks == -2);
    REQUIRE(there.tags.size() == 1);
    CHECK(there.tags[0].used() == there.used);
}

TEST_CASE("a tag that is in one snapshot alone had, or has, nothing in the other") {
    memory_snapshot a = by_hand(), b = by_hand();
    a.tags.erase(a.tags.begin());       // no contacts before
    b.tags.erase(b.tags.begin() + 1);   // no untagged after
    const memory_change c = diff(a, b);
    REQUIRE(c.tags.size() == 4);
    CHECK(c.tags[0].name == "physics/contacts");
    CHECK(c.tags[0].frame == static_cast<std::int64_t>(100 * KiB));
    CHECK(c.tags[3].name == "untagged");
    CHECK(c.tags[3].frame == -static_cast<std::int64_t>(1 * KiB));
    CHECK(c.tags[1].used() == 0);
}

TEST_CASE("sizes as people read them") {
    CHECK(report::readable(0) == "0 B");
    CHECK(report::readable(999) == "999 B");
    CHECK(report::readable(1000) == "1.0 KiB");
    CHECK(report::readable(1024) == "1 KiB");
    CHECK(report::readable(1536) == "1.5 KiB");
    CHECK(report::readable(102400) == "100 KiB");
    CHECK(report::readable(102399) == "100 KiB");
    CHECK(report::readable(1048576) == "1 MiB");
    CHECK(report::readable(1048577) == "1.0 MiB");
    CHECK(report::readable(SIZE_MAX) == "16.0 EiB");
}

TEST_CASE("the table") {
    CHECK(report::table(by_hand()) ==
          "game: 246 KiB used (peak 300 KiB), 1 MiB held of 16 MiB (6 %), frame 812\n"
          "tag               now     peak   budget    %  over\n"
          "untagged        1 KiB        -        -    -     -\n"
          "physics       121 KiB  200 KiB        -    -     -\n"
          "  contacts    120 KiB  130 KiB    4 MiB    2     -\n"
          "sound         124 KiB        -        -    -     -\n"
          "  music       124 KiB        -  100 KiB  124     3\n"
          "(accounting)    880 B\n");
}

TEST_CASE("widths of the table fit names, also such as are not of ASCII") {
    memory_snapshot s;
    s.name = "x";
    s.tags.emplace_back().name = "a tag with quite a long name";
    s.tags.emplace_back().name = "K\xC3\xB6rper";
    CHECK(report::table(s) ==
          "x: 0 B used, 0 B held\n"
          "tag                           now  peak  budget  %  over\n"
          "a tag with quite a long name  0 B     -       -  -     -\n"
          "K\xC3\xB6rper                        0 B     -       -  -     -\n"
          "(accounting)                  0 B\n");
}

TEST_CASE("a line of the table for spreadsheets has the columns of its header") {
    memory_snapshot first = by_hand(), later = by_hand();
    first.tags[0].name = "a \"quoted\", comma";
    later.tags[0].name = first.tags[0].name;
    later.tags.emplace_back().name = "new";
    const report::csv columns(first);
    CHECK(columns.header() ==
          "time_ns,frame,used,held,held_limit,blocks,peak_used,peak_held,upstream_requests,upstream_refused,refusals,allocations,requested,own_bytes,threads,"
          "\"a \"\"quoted\"\", comma.frame\",\"a \"\"quoted\"\", comma.pool\",\"a \"\"quoted\"\", comma.heap\",\"a \"\"quoted\"\", comma.limit\","
          "untagged.frame,untagged.pool,untagged.heap,untagged.limit,physics.frame,physics.pool,physics.heap,physics.limit,"
          "sound/music.frame,sound/music.pool,sound/music.heap,sound/music.limit\r\n");
    const std::string line = "0,812,251904,1048576,16777216,0,307200,,,,,,,880,0,102400,20480,0,4194304,1024,0,0,,0,1024,0,,0,0,126976,102400\r\n";
    CHECK(columns.line(first) == line);
    CHECK(columns.line(later) == line);
    later.tags.erase(later.tags.begin());
    CHECK(columns.line(later) == "0,812,251904,1048576,16777216,0,307200,,,,,,,880,0,0,0,0,,1024,0,0,,0,1024,0,,0,0,126976,102400\r\n");
}

/// One place in the code, however a loop around it is unrolled.
[[gnu::noinline]] guarded::pool_ptr<long> made_here(guarded& memory, long i) { return memory.make_pooled<long>(i); }

TEST_CASE("who is alive, under which tag, and made where") {
    guarded memory;
    CHECK(report::leaks(memory).empty());
    {
        std::vector<guarded::pool_ptr<long>> objects;
        for (long i = 0; i < 5; ++i) objects.push_back(made_here(memory, i));
        const auto other = memory.make_pooled<long>(5);
        const auto large = memory.make_heap<char[]>(5000);
        const auto all = report::live(memory);
        REQUIRE(all.size() == 3);
        CHECK(all[0].bytes == 5000);
        CHECK(!all[0].in_pool);
        CHECK(all[0].count == 1);
        CHECK(all[1].count == 5);
        CHECK(all[1].bytes == 5 * sizeof(long));
        CHECK(all[1].in_pool);
        CHECK(all[2].count == 1);
        CHECK(all[1].made != all[2].made);
        CHECK(std::string(all[1].tag) == "level");
        const std::string text = report::leaks(memory);
        CHECK(text.starts_with("level: 7 objects alive, 4.9 KiB\n      size   objects  where  tag    made at\n   4.9 KiB         1  heap   level  "));
        CHECK(text.find("\n      40 B         5  pool   level  ") != std::string::npos);
    }
    CHECK(report::live(memory).empty());
}

}  // namespace
