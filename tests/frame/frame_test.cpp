// Frames as a user meets them, on every composition.
#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "../support/catch.hpp"
#include "../support/compositions.hpp"

namespace {

/// Notes its own end.
struct noisy {
    std::vector<int>* ends;
    int number;
    noisy(std::vector<int>& e, int n) : ends(&e), number(n) {}
    noisy(const noisy&) = delete;
    ~noisy() { ends->push_back(number); }
};

bool is_aligned(const void* p, std::size_t alignment) { return reinterpret_cast<std::uintptr_t>(p) % alignment == 0; }

}  // namespace

TEMPLATE_LIST_TEST_CASE("what a frame made is destroyed last first, once", "[frame]", test::compositions) {
    std::vector<int> ends;
    {
        TestType memory;
        {
            auto frame = memory.frame();
            frame.template make<noisy>(ends, 1);
            frame.template make<noisy>(ends, 2);
            CHECK(frame.used() > 0);
        }
        if (TestType::lifetimes::buffers == 1) {
            CHECK(ends == std::vector<int>{2, 1});
        } else {
            CHECK(ends.empty());
        }
    }
    CHECK(ends == std::vector<int>{2, 1});
}

TEMPLATE_LIST_TEST_CASE("memory of an outer frame stays while inner ones come and go", "[frame]", test::compositions) {
    TestType memory;
    auto outer = memory.frame();
    std::vector<unsigned char*> kept;
    for (int round = 0; round < 20; ++round) {
        auto inner = memory.frame();
        std::memset(inner.allocate(100, 8), 0xEE, 100);
        auto* p = static_cast<unsigned char*>(outer.allocate(64, 16));
        std::memset(p, round, 64);
        kept.push_back(p);
        std::memset(inner.allocate(300, 8), 0xEE, 300);
    }
    for (std::size_t i = 0; i < kept.size(); ++i)
        for (int b = 0; b < 64; ++b) REQUIRE(kept[i][b] == i);
}

TEMPLATE_LIST_TEST_CASE("a checkpoint is undone unless committed", "[frame][checkpoint]", test::compositions) {
    std::vector<int> ends;
    TestType memory;
    auto frame = memory.frame();
    const std::size_t before = frame.used();
    {
        auto attempt = frame.checkpoint();
        attempt.template make<noisy>(ends, 1);
        std::memset(attempt.allocate(3000, 8), 1, 3000);
    }
    CHECK(ends == std::vector<int>{1});
    CHECK(frame.used() == before);
    {
        auto attempt = frame.checkpoint();
        attempt.template make<noisy>(ends, 2);
        CHECK(attempt.commit().closed);
        CHECK_FALSE(attempt.commit().closed);
    }
    CHECK(ends == std::vector<int>{1});
    CHECK(frame.used() > before);
    CHECK(frame.end().closed);
    if (TestType::lifetimes::buffers == 1) CHECK(ends == std::vector<int>{1, 2});
}

TEMPLATE_LIST_TEST_CASE("a cursor's memory and the frame's never meet", "[frame][cursor]", test::compositions) {
    TestType memory;
    auto frame = memory.frame();
    std::vector<std::uint64_t*> all;
    {
        auto cursor = frame.cursor();
        for (std::uint64_t i = 0; i < 500; ++i) {
            all.push_back(cursor.template make<std::uint64_t>(i * 2));
            all.push_back(frame.template make<std::uint64_t>(i * 2 + 1));
        }
    }
    for (std::uint64_t i = 0; i < 500; ++i) all.push_back(frame.template make<std::uint64_t>(1000 + i));
    for (std::size_t i = 0; i < all.size(); ++i) REQUIRE(*all[i] == i);
    CHECK(frame.used() >= 1500 * sizeof(std::uint64_t));
}

TEMPLATE_LIST_TEST_CASE("begin_frame and end_frame pair up", "[frame]", test::compositions) {
    TestType memory;
    CHECK_FALSE(memory.in_frame());
    CHECK_FALSE(memory.end_frame().closed);
    alloy::frame_ref outer = memory.begin_frame();
    CHECK(&memory.current_frame() == &outer);
    outer.template make<int>(1);
    memory.begin_frame().template make<int>(2);
    CHECK(memory.end_frame().closed);
    CHECK(&memory.current_frame() == &outer);
    {
        auto scope = memory.frame();
        CHECK_FALSE(memory.end_frame().closed);
    }
    const alloy::frame_summary last = memory.end_frame();
    CHECK(last.closed);
    CHECK(last.used >= sizeof(int));
    CHECK_FALSE(memory.in_frame());
    CHECK(memory.used() == 0);
}

TEMPLATE_LIST_TEST_CASE("after warm-up a frame asks upstream for nothing", "[frame][steady]", test::compositions) {
    TestType memory;
    std::size_t warm = 0;
    for (int frame_number = 0; frame_number < 30; ++frame_number) {
        auto frame = memory.frame();
        for (int i = 0; i < 15; ++i) std::memset(frame.allocate(100, 8), i, 100);
        if (frame_number == 9) warm = memory.upstream().requests;
    }
    typename TestType::growth_type growth;
    if (growth.keep(100000) == 100000) CHECK(memory.upstream().requests == warm);
    CHECK(memory.held() == memory.upstream().live_bytes());
    memory.trim();
    if (TestType::lifetimes::buffers == 1) CHECK(memory.upstream().live() == 0);
}

TEMPLATE_LIST_TEST_CASE("sizes and alignments at the edges", "[frame][fault-2][fault-3][fault-5]", test::compositions) {
    TestType memory;
    auto frame = memory.frame();
    void* a = frame.allocate(0, 1);
    void* b = frame.allocate(0, 1);
    CHECK(a);
    CHECK(a != b);
    for (std::size_t alignment = 1; alignment <= 64 * alloy::KiB; alignment *= 2) {
        auto* p = static_cast<char*>(frame.allocate(24, alignment));
        REQUIRE(is_aligned(p, alignment));
        std::memset(p, 1, 24);
    }
    struct alignas(256) wide {
        char c[256];
    };
    CHECK(is_aligned(frame.template make<wide>(), 256));
    CHECK(frame.template make_span<int>(0).empty());
    CHECK(frame.template make_span<double>(1000).size() == 1000);
}

TEMPLATE_LIST_TEST_CASE("requests that cannot be met are refused before upstream is asked", "[frame][fault-1][fault-4]", test::compositions) {
    TestType memory;
    auto frame = memory.frame();
    CHECK(frame.allocate(1, 1));
    const std::size_t asked = memory.upstream().requests, used = frame.used();
    for (std::size_t bytes : {SIZE_MAX, SIZE_MAX - 7, SIZE_MAX - 64, SIZE_MAX / 2 + 1}) {
        auto refused = frame.try_allocate(bytes, 16);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().reason == alloy::refusal::too_large);
        CHECK_THROWS_AS(static_cast<void>(frame.allocate(bytes, 16)), std::bad_alloc);
    }
    volatile std::size_t too_many = SIZE_MAX / 4;  // not constant, or the compiler warns of the loop that never runs
    CHECK_FALSE(frame.template try_make_span<std::uint64_t>(too_many).has_value());
    for (std::size_t alignment : {std::size_t{0}, std::size_t{3}, std::size_t{48}, SIZE_MAX}) {
        auto refused = frame.try_allocate(8, alignment);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().reason == alloy::refusal::bad_alignment);
    }
    CHECK(memory.upstream().requests == asked);
    CHECK(frame.used() == used);
    CHECK_FALSE(frame.try_allocate(8, std::size_t{1} << 62).has_value());
    CHECK(frame.used() == used);
    CHECK(frame.try_allocate(8, 8).has_value());
}

namespace {
struct fragile {
    static inline int alive = 0, until_failure = 0;
    std::vector<int>* ends;
    int number;
    explicit fragile(std::vector<int>& e) : ends(&e), number(alive) {
        if (until_failure-- == 0) throw std::runtime_error("fragile");
        ++alive;
    }
    fragile(const fragile&) = delete;
    ~fragile() {
        --alive;
        ends->push_back(number);
    }
};
}  // namespace

TEMPLATE_LIST_TEST_CASE("a constructor that throws leaves nothing behind", "[frame][fault-7]", test::compositions) {
    std::vector<int> ends;
    TestType memory;
    for (int k = 0; k < 5; ++k) {
        auto frame = memory.frame();
        fragile::alive = 0;
        fragile::until_failure = k;
        ends.clear();
        CHECK_THROWS_AS(frame.template make_batch<fragile>(5, [&](std::size_t) -> std::vector<int>& { return ends; }), std::runtime_error);
        CHECK(fragile::alive == 0);
        std::vector<int> reverse;
        for (int i = k; i-- > 0;) reverse.push_back(i);
        CHECK(ends == reverse);
        fragile::until_failure = 0;
        CHECK_THROWS_AS(frame.template make<fragile>(ends), std::runtime_error);
        CHECK(frame.end().cleanups == 0);
    }
}

TEMPLATE_LIST_TEST_CASE("an exception closes frames innermost first", "[frame][fault-17]", test::compositions) {
    std::vector<int> ends;
    TestType memory;
    try {
        auto outer = memory.frame();
        outer.template make<noisy>(ends, 1);
        auto inner = memory.frame();
        inner.template make<noisy>(ends, 2);
        auto attempt = inner.checkpoint();
        attempt.template make<noisy>(ends, 3);
        throw std::runtime_error("half-way");
    } catch (const std::runtime_error&) {
    }
    if (TestType::lifetimes::buffers == 1) CHECK(ends == std::vector<int>{3, 2, 1});
    CHECK_FALSE(memory.in_frame());
    CHECK(memory.used() == 0);
    auto again = memory.frame();
    CHECK(again.template make<int>(7) != nullptr);
}

TEMPLATE_LIST_TEST_CASE("what is ended out of order is refused, or goes on in what is inside", "[frame][fault-15][fault-16][fault-46]", test::compositions) {
    std::vector<int> ends;
    TestType memory;
    auto base = memory.frame();
    auto outer = std::unique_ptr<alloy::frame_checkpoint>(new alloy::frame_checkpoint(base.checkpoint()));
    auto inner = std::unique_ptr<alloy::frame_checkpoint>(new alloy::frame_checkpoint(outer->checkpoint()));
    auto* early = outer->template make<noisy>(ends, 1);
    auto* number = outer->template make<std::uint64_t>(41u);
    CHECK_FALSE(outer->commit().closed);
    CHECK_FALSE(outer->rollback().closed);
    CHECK_FALSE(base.end().closed);
    outer.reset();
    CHECK(ends.empty());
    auto* later = inner->template make<std::uint64_t>(42u);
    CHECK(early->number == 1);
    CHECK(*number == 41);
    CHECK(*later == 42);
    inner.reset();
    CHECK(ends == std::vector<int>{1});
    CHECK(base.end().closed);
}

TEMPLATE_LIST_TEST_CASE("a frame that has ended gives an error", "[frame][fault-12]", test::compositions) {
    TestType memory;
    auto frame = memory.frame();
    frame.end();
    auto late = frame.try_allocate(8, 8);
    REQUIRE_FALSE(late.has_value());
    CHECK(late.error().reason == alloy::refusal::frame_closed);
    CHECK(frame.used() == 0);
}

TEST_CASE("with several buffers a frame's memory lasts until its buffer is used again", "[frame][buffers]") {
    std::vector<int> ends;
    alloy::allocator<test::strict_upstream, alloy::growth::linear<512>, alloy::lifetime::frames<2>> memory;
    int* last = nullptr;
    for (int i = 0; i < 10; ++i) {
        auto frame = memory.frame();
        if (last) CHECK(*last == i - 1);
        last = frame.make<int>(i);
        frame.make<noisy>(ends, i);
        CHECK(ends.size() == static_cast<std::size_t>(i < 2 ? 0 : i - 1));
    }
}

TEST_CASE("a frame of another thread's is refused by a locked allocator", "[frame][locked]") {
    alloy::allocator<alloy::threading::spin_locked> memory;
    auto first = memory.try_frame();
    REQUIRE(first.has_value());
    CHECK(first->make<int>(1) != nullptr);
}

TEMPLATE_LIST_TEST_CASE("a cursor goes on after a request that was refused", "[frame][cursor][fault-6]", test::compositions) {
    TestType memory;
    auto frame = memory.frame();
    std::vector<std::uint64_t*> all;
    {
        auto cursor = frame.cursor();
        for (std::uint64_t i = 0; i < 60; ++i) {
            memory.upstream().refuse_at = memory.upstream().requests + 1;
            memory.upstream().refuse_on = true;
            CHECK_THROWS_AS(static_cast<void>(cursor.allocate(100'000, 8)), std::bad_alloc);
            CHECK_FALSE(cursor.try_allocate(100'000, 8).has_value());
            memory.upstream().refuse_at = 0;
            all.push_back(cursor.template make<std::uint64_t>(2 * i));
            all.push_back(frame.template make<std::uint64_t>(2 * i + 1));
        }
    }
    for (std::uint64_t i = 0; i < 60; ++i) all.push_back(frame.template make<std::uint64_t>(120 + i));
    for (std::size_t i = 0; i < all.size(); ++i) REQUIRE(*all[i] == i);
}

TEMPLATE_LIST_TEST_CASE("a destructor may still allocate in the frame that is ending", "[frame][fault-31]", test::compositions) {
    if (TestType::lifetimes::buffers > 1) return;  // there the frame is long gone when its destructors run
    for (bool begun : {false, true}) {
        std::vector<std::string> ends;
        TestType memory;
        struct writes {
            alloy::lease* frame;
            std::vector<std::string>* ends;
            ~writes() {
                auto text = frame->make_span<char>(2000);
                text[1999] = 'x';
                frame->make<std::string>(std::size_t{100}, 'y');
                ends->push_back(std::string(1, text[1999]));
            }
        };
        if (begun) {
            alloy::frame_ref frame = memory.begin_frame();
            frame.make<writes>(&frame, &ends);
            CHECK(memory.end_frame().cleanups == 2);
        } else {
            auto frame = memory.frame();
            frame.template make<writes>(&frame, &ends);
            CHECK(frame.end().cleanups == 2);
        }
        CHECK(ends == std::vector<std::string>{"x"});
        CHECK(memory.used() == 0);
        CHECK(memory.held() == memory.upstream().live_bytes());
    }
}

TEST_CASE("counted allocations are told exactly, through whatever handle", "[frame][metrics]") {
    alloy::allocator<alloy::tracking::metrics<alloy::metric::count, alloy::metric::requested, alloy::metric::boundary>> memory;
    {
        auto frame = memory.frame();
        for (int i = 0; i < 10; ++i) frame.make<int>(i);
        alloy::frame_ref as_ref = frame;
        as_ref.make<int>(1);
        auto inner = memory.frame();
        inner.make_span<char>(100);
        inner.make<std::string>("x");
        auto cursor = inner.cursor();
        cursor.make<double>(1.0);
        CHECK(memory.metrics().used == frame.used() + inner.used());
    }
    const alloy::memory_metrics seen = memory.metrics();
    CHECK(seen.allocations == 14);
    CHECK(seen.requested == 11 * sizeof(int) + 100 + sizeof(std::string) + sizeof(alloy::cleanup) + sizeof(double));
    CHECK(seen.frames == 1);
    CHECK(seen.upstream_requests == 1);
    CHECK(seen.peak_held == memory.held());
    CHECK(seen.peak_used_in_frames >= 11 * 8 + 104);
    CHECK(seen.used == 0);
}
