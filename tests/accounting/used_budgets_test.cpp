// Budgets of used bytes: per tag and per frame, under every threading: never exceeded, and said which one was met.
#include <atomic>
#include <string_view>
#include <thread>
#include <tuple>
#include <vector>

#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#include "../support/catch.hpp"
#include "../support/threads.hpp"

namespace {

namespace budget = alloy::budget;
using tags = alloy::tagging::scoped<"physics", "physics/contacts", "ai">;
using limits = budget::per_tag<budget::limit<"physics", 20'000>, budget::limit<"physics/contacts", 5'000>, budget::limit<"ai", 8'000>>;

template <class... Policies>
using bounded = alloy::allocator<tags, budget::all<budget::hard<4 * alloy::MiB>, budget::per_frame<100'000>, limits>, Policies...>;
using each_threading = std::tuple<bounded<>, bounded<alloy::threading::spin_locked>, bounded<alloy::threading::thread_cached>>;

/// What is used under the limit of a tag; the frame's own bound is named "".
template <class A>
alloy::bound_usage at(A& memory, std::string_view tag) {
    for (std::size_t b = 0; b < A::bounds; ++b)
        if (const auto usage = memory.usage_under_bound(b); usage.tag == tag) return usage;
    FAIL("no such bound");
    return {};
}

}  // namespace

static_assert(std::is_same_v<budget::all<budget::per_frame<1>, budget::hard<2>>, budget::all<budget::hard<2>, budget::per_frame<1>>>);
static_assert(
    std::is_same_v<budget::per_tag<budget::limit<"a", 1>, budget::limit<"b", 2>>, budget::per_tag<budget::limit<"b", 2>, budget::limit<"a", 1>>>);
static_assert(std::is_empty_v<limits> && std::is_empty_v<budget::per_frame<1>>);

TEMPLATE_LIST_TEST_CASE("a limit holds for the tag and its parts, in frames, pool and heap together", "[budget]", each_threading) {
    TestType memory;
    auto frame = memory.frame();
    auto physics = memory.template tag<"physics">();
    REQUIRE(frame.try_allocate(6'000, 8));
    auto body = memory.try_allocate(1'000, 8);
    auto mesh = memory.template try_make_heap<char[]>(std::size_t{4'000});
    REQUIRE(body);
    REQUIRE(mesh);
    {
        auto contacts = memory.template tag<"physics/contacts">();
        REQUIRE(frame.try_allocate(4'000, 8));
        const auto refused = frame.try_allocate(1'500, 8);  // of its own limit
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason == alloy::refusal::budget);
        CHECK(std::string_view(refused.error().whose) == "physics/contacts");
        CHECK(refused.error().left == 1'000);
    }
    const auto used = memory.tag_usage(tags::index_of("physics")).sum() + memory.tag_usage(tags::index_of("physics/contacts")).sum();
    CHECK(at(memory, "physics").used == used);
    CHECK(at(memory, "physics/contacts").used == 4'000);
    const auto refused = memory.try_allocate(6'000, 8);  // of the whole
    REQUIRE_FALSE(refused);
    CHECK(std::string_view(refused.error().whose) == "physics");
    CHECK(refused.error().left == 20'000 - used);
    {
        auto ai = memory.template tag<"ai">();
        CHECK(frame.try_allocate(8'000, 8));
        CHECK_FALSE(frame.try_allocate(8, 8));
    }
    CHECK(frame.try_allocate(20'000 - used, 8));
    CHECK_FALSE(frame.try_allocate(1, 1));
    memory.deallocate(*body, 1'000, 8);
    CHECK(frame.try_allocate(1'000, 8));
    mesh->reset();
    frame.end();
    for (std::size_t b = 0; b < TestType::bounds; ++b) CHECK(memory.usage_under_bound(b).used == 0);
}

TEMPLATE_LIST_TEST_CASE("a frame has a budget of its own, under whatever tag, and objects do not count", "[budget]", each_threading) {
    TestType memory;
    auto object = memory.try_allocate(200'000, 8);
    REQUIRE(object);
    for (int round = 0; round < 3; ++round) {
        auto frame = memory.frame();
        REQUIRE(frame.try_allocate(60'000, 8));
        auto inner = memory.frame();
        REQUIRE(inner.try_allocate(40'000, 8));
        const auto refused = inner.try_allocate(8, 8);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason == alloy::refusal::frame_budget);
        CHECK(refused.error().left == 0);
        CHECK(at(memory, "").used == 100'000);
        inner.end();
        CHECK(frame.try_allocate(40'000, 8));
    }
    CHECK(at(memory, "").used == 0);
    memory.deallocate(*object, 200'000, 8);
}

TEST_CASE("each thread has a frame's budget of its own; a tag's is shared, and never exceeded", "[budget][threads]") {
    bounded<alloy::threading::thread_cached> memory;
    std::atomic<std::size_t> most = 0, refused = 0, given = 0, live = 0, most_live = 0;
    std::atomic<bool> done = false;
    // Counted after it was given and before it goes, so never more than there is.
    const auto got = [&](std::size_t bytes) {
        const std::size_t now = live += bytes;
        for (std::size_t seen = most_live; now > seen && !most_live.compare_exchange_weak(seen, now);) {}
        ++given;
    };
    std::thread watcher([&] {
        while (!done)
            if (const std::size_t used = at(memory, "ai").used; used > most) most = used;
    });
    test::on_threads([&](int t) {
        auto ai = memory.tag<"ai">();
        std::vector<void*> kept;
        for (unsigned i = 0, seed = unsigned(t) * 77 + 1; i < 3'000; ++i, seed = seed * 1664525 + 1013904223) {
            const std::size_t bytes = 8 + seed % 900;
            if (seed & 1024) {
                auto frame = memory.frame();
                std::size_t mine = 0;
                for (int n = 0; n < 3; ++n)
                    if (frame.try_allocate(bytes, 8))
                        got(bytes), mine += bytes;
                    else
                        ++refused;
                live -= mine;
            } else if (kept.size() < 4) {
                if (auto p = memory.try_allocate(64, 8))
                    kept.push_back(*p), got(64);
                else
                    ++refused;
            } else {
                live -= 64 * kept.size();
                for (void* p : kept) memory.deallocate(p, 64, 8);
                kept.clear();
            }
        }
        live -= 64 * kept.size();
        for (void* p : kept) memory.deallocate(p, 64, 8);
    });
    done = true;
    watcher.join();
    CHECK(most <= 8'000);
    CHECK(most_live <= 8'000);
    CHECK(most_live > 0);
    CHECK(given > 0);
    for (std::size_t b = 0; b < memory.bounds; ++b) CHECK(memory.usage_under_bound(b).used == 0);
    auto ai = memory.tag<"ai">();  // nothing was lost: all of it is there for one
    auto frame = memory.frame();
    CHECK(frame.try_allocate(8'000, 8));
}

TEST_CASE("what a thread in a frame has drawn may be refused to another, and is parked at the end", "[budget][threads]") {
    bounded<alloy::threading::thread_cached> memory;
    auto ai = memory.tag<"ai">();
    auto frame = memory.frame();
    REQUIRE(frame.try_allocate(8, 8));  // draws an eighth of what is left
    std::size_t room = 0;
    const auto all_of_it = [&] {
        auto mine = memory.tag<"ai">();
        auto theirs = memory.frame();
        for (room = 0; theirs.try_allocate(8, 8);) room += 8;
    };
    std::thread(all_of_it).join();
    CHECK(room < 8'000 - 8);
    CHECK(room >= 8'000 - 8'000 / 8);  // the gap that docs/axes.md states
    frame.end();
    std::thread(all_of_it).join();
    CHECK(room == 8'000);
}

TEST_CASE("the upstream fails under a budget, and nothing stays charged", "[budget]") {
    alloy::allocator<tags, limits, alloy::upstream::none, alloy::growth::in_place<512>, alloy::lifetime::frame> memory;
    auto physics = memory.tag<"physics">();
    auto frame = memory.frame();
    for (int i = 0; i < 3; ++i) {
        const auto refused = frame.try_allocate(4'000, 8);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason != alloy::refusal::budget);
    }
    CHECK(memory.usage_under_bound(1).used == 0);
}

namespace {
int warned = 0;
void warn(const budget::warning& w) { warned += w.is_rising; }
}  // namespace

TEST_CASE("budgets of every kind stand side by side", "[budget]") {
    using all = budget::all<budget::soft<64 * 1024, &warn>, limits, budget::adjustable<>, budget::per_frame<100'000>>;
    static_assert(all::bounds_held && all::bounds_used && all::watches_held && !all::is_split);
    alloy::allocator<tags, all> memory;
    memory.budget().set_limit(256 * 1024);
    auto big = memory.try_make_heap<char[]>(std::size_t{100'000});
    REQUIRE(big);
    CHECK(warned == 2);
    CHECK_FALSE(memory.try_make_heap<char[]>(std::size_t{200'000}));
    auto ai = memory.tag<"ai">();
    auto frame = memory.frame();
    const auto refused = frame.try_allocate(9'000, 8);
    REQUIRE_FALSE(refused);
    CHECK(std::string_view(refused.error().whose) == "ai");
}
