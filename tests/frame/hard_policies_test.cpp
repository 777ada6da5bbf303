// One deliberately hard policy per axis, called through the host: what later parts of Alloy will need of the contracts.
#include <cstring>
#include <stdexcept>
#include <thread>
#include <vector>

#include <alloy/composition/composable.hpp>

#include "../support/catch.hpp"
#include "../support/compositions.hpp"

using alloy::allocator;

TEST_CASE("bytes are attributed to the tag that was current, and given back with their frame", "[contracts][tagging][budget]") {
    allocator<test::three_tags, test::physics_budget<4096>, alloy::growth::linear<1024>> memory;
    {
        auto frame = memory.frame();
        frame.make_span<char>(512);
        {
            auto physics = memory.tag<"physics">();
            frame.make_span<char>(1000);
            {
                auto sound = memory.tag<"sound">();
                frame.make_span<char>(3000);
            }
            frame.make_span<char>(400);
            auto inner = memory.frame();
            inner.make_span<char>(800);
            CHECK(inner.used() == 800);
        }
        frame.make_span<char>(64);
        CHECK(memory.usage_under_bound(0).used == 1400);
        CHECK(frame.used() == 512 + 1400 + 3000 + 64);
        auto physics = memory.tag<"physics">();
        CHECK(frame.try_allocate(4096 - 1400, 8).has_value());
        CHECK(memory.usage_under_bound(0).used == 4096);
        const auto refused = frame.try_allocate(1, 1);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().reason == alloy::refusal::budget);
        CHECK(std::string_view(refused.error().whose) == "physics");
        auto rest = memory.tag<"rest">();
        CHECK(frame.try_allocate(100, 8).has_value());
    }
    CHECK(memory.usage_under_bound(0).used == 0);
}

TEST_CASE("a tag is restored however its scope is left", "[contracts][tagging]") {
    allocator<test::three_tags, test::physics_budget<4096>> memory;
    auto frame = memory.frame();
    try {
        auto physics = memory.tag<"physics">();
        throw std::runtime_error("half-way");
    } catch (const std::runtime_error&) {
    }
    frame.make_span<char>(100);
    CHECK(memory.usage_under_bound(0).used == 0);
}

TEST_CASE("rollback takes tagged bytes back, commit hands them on", "[contracts][tagging][budget]") {
    allocator<test::three_tags, test::physics_budget<4096>, alloy::growth::linear<512>> memory;
    auto physics = memory.tag<"physics">();
    auto frame = memory.frame();
    frame.make_span<char>(104);
    for (int i = 0; i < 3; ++i) {
        auto attempt = frame.checkpoint();
        attempt.make_span<char>(1000);
        CHECK(attempt.used() == 1000);
        if (i == 1) attempt.commit();
    }
    CHECK(memory.usage_under_bound(0).used == 1104);
    frame.end();
    CHECK(memory.usage_under_bound(0).used == 0);
}

TEST_CASE("a budget of used bytes is never exceeded, whoever of the open frames asks", "[contracts][budget]") {
    allocator<test::frame_budget<2048>, alloy::growth::linear<512>, alloy::fallback::null> memory;
    auto outer = memory.frame();
    auto inner = memory.frame();
    auto attempt = inner.checkpoint();
    alloy::lease* leases[] = {&outer, &inner, &attempt};
    std::size_t given = 0;
    for (std::size_t i = 0; i < 600; ++i)
        if (leases[i % 3]->allocate(8 + i % 40, 8)) given += alloy::round_up(8 + i % 40, 8);
    CHECK(given <= 2048);
    CHECK(given > 2000);
    CHECK(memory.usage_under_bound(0).used == given);
    attempt.rollback();
    CHECK(inner.allocate(64, 8) != nullptr);
}

TEST_CASE("fences stand around each allocation and are looked at when the frame ends", "[contracts][checking]") {
    allocator<test::fenced> memory;
    {
        auto frame = memory.frame();
        frame.make_span<char>(24);
        auto* overrun = frame.make_span_for_overwrite<char>(16).data();
        std::memset(overrun, 1, 17);
        auto inner = memory.frame();
        inner.make<double>(1.0);
    }
    CHECK(memory.checking().checked == 3);
    CHECK(memory.checking().broken == 1);
    CHECK_FALSE(memory.end_frame().closed);
    CHECK(memory.checking().faults == 1);
}

TEST_CASE("a chained fallback asks again, then has memory of its own, then gives up", "[contracts][fallback]") {
    allocator<test::chained, alloy::growth::fixed<1024>, alloy::budget::hard<8192>> memory;
    {
        auto frame = memory.frame();
        CHECK(frame.allocate(900, 8) != nullptr);
        CHECK(memory.fallback().provided == 0);
        CHECK(frame.allocate(500, 8) != nullptr);
        CHECK(memory.fallback().provided == 1);
        CHECK(memory.held() > 1024);
        CHECK(frame.allocate(9000, 8) == nullptr);  // a budget's refusal is not cured
        CHECK(memory.fallback().retried == 3);
        CHECK(memory.fallback().provided == 1);
    }
    CHECK(memory.fallback().taken_back == 1);
    CHECK(memory.held() == 1024);
}

TEST_CASE("an observer hears of blocks, frames and refusals", "[contracts][tracking]") {
    allocator<test::observer, alloy::budget::hard<4096>, alloy::growth::linear<1024>, alloy::tagging::named<"watched">> memory;
    {
        auto frame = memory.frame();
        frame.make_span<char>(1500);
        auto attempt = frame.checkpoint();
        CHECK_FALSE(attempt.try_allocate(4096, 8).has_value());
    }
    CHECK(memory.tracking().opened == 2);
    CHECK(memory.tracking().closed == 2);
    CHECK(memory.tracking().refusals == 1);
    CHECK(memory.tracking().over_budget == 1);
    CHECK(std::string_view(memory.tracking().last.whose) == "watched");
    memory.trim();
    CHECK(memory.tracking().blocks == 2);
}

TEST_CASE("a recorder writes down every allocation, through whatever handle", "[contracts][tracking]") {
    allocator<test::recorder> memory;
    {
        auto frame = memory.frame();
        alloy::frame_ref as_ref = frame;
        as_ref.make<double>(1.0);
        auto cursor = frame.cursor();
        for (int i = 0; i < 3; ++i) cursor.make<int>(i);
        frame.try_allocate(100, 8).value();
    }
    CHECK(memory.tracking().log == std::vector<long>{-1, 8, 4, 4, 4, 100, -2});
}

TEST_CASE("threads with an engine each never share memory, and share what is theirs together", "[contracts][threading][concurrent]") {
    allocator<alloy::threading::thread_cached, alloy::budget::hard<alloy::MiB>, test::observer, alloy::growth::linear<4096>> memory;
    std::vector<std::thread> threads;
    std::atomic<int> wrong = 0;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&memory, &wrong, t] {
            for (int round = 0; round < 50; ++round) {
                auto frame = memory.frame();
                auto mine = frame.make_span<int>(500);
                for (int& i : mine) i = t;
                auto inner = memory.frame();
                for (int& i : inner.make_span<int>(1000)) i = -1;
                for (int i : mine) wrong += i != t;
            }
        });
    for (std::thread& t : threads) t.join();
    CHECK(wrong == 0);
    CHECK(memory.tracking().opened == 400);
    CHECK(memory.tracking().closed == 400);
}

TEST_CASE("a retention policy is asked for its lifetimes while composing", "[contracts][retention]") {
    STATIC_REQUIRE(alloy::composable<test::promote_to_pool>);
    STATIC_REQUIRE(alloy::composable<test::promote_to_pool, alloy::lifetime::frame, alloy::lifetime::pool>);
    STATIC_REQUIRE_FALSE(alloy::composable<test::promote_to_pool, alloy::lifetime::frame>);
    allocator<test::promote_to_pool, alloy::lifetime::frame, alloy::lifetime::pool> memory;
    auto frame = memory.frame();
    CHECK(*frame.make<int>(7) == 7);
}
