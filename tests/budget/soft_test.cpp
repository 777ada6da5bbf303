// Warnings where what is held reaches a part of a bound that is none.
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#include "../support/catch.hpp"
#include "../support/threads.hpp"
#include "../support/upstreams.hpp"

namespace {
using namespace alloy;

std::vector<budget::warning> heard;
void hear(const budget::warning& w) { heard.push_back(w); }
/// What was heard since this was asked last: percent, negative where it fell.
std::vector<int> news() {
    std::vector<int> said;
    for (const budget::warning& w : heard) said.push_back(w.is_rising ? static_cast<int>(w.percent) : -static_cast<int>(w.percent));
    heard.clear();
    return said;
}
using list = std::vector<int>;

constexpr std::size_t soft_limit = 100 * KiB;
/// Allocations take exactly what is asked and 32 bytes.
struct watched : allocator<budget::soft<soft_limit, hear>, tagging::named<"watched">, lifetime::heap> {
    auto hold(std::size_t bytes) { return make_heap<char[]>(bytes - 32); }
};
}  // namespace

TEST_CASE("a threshold warns once, where it is reached, and again only after use fell below its margin", "[budget][soft]") {
    news();
    watched memory;
    auto most = memory.hold(80 * KiB - 16);
    CHECK(news().empty());
    auto step = memory.hold(48);
    REQUIRE(heard.size() == 1);
    CHECK(std::string_view(heard[0].whose) == "watched");
    CHECK(heard[0].held == memory.held());
    CHECK(heard[0].limit == soft_limit);
    CHECK(heard[0].threshold == 80 * KiB);
    CHECK(heard[0].percent == 80);
    CHECK(heard[0].is_rising);
    CHECK(news() == list{80});
    step.reset();
    for (int i = 0; i < 10; ++i) step = memory.hold(48), step.reset();  // around the threshold
    CHECK(news().empty());
    most = memory.hold(70 * KiB + 16);
    CHECK(news() == list{100, -100});  // both lived at once for a moment; what is held now is a little above where 80 % warns again
    most.reset();
    REQUIRE(heard.size() == 1);
    CHECK(heard[0].held == 0);
    CHECK_FALSE(heard[0].is_rising);
    CHECK(news() == list{-80});
    most = memory.hold(80 * KiB);
    CHECK(news() == list{80});
}

TEST_CASE("where a step crosses several thresholds, all are told, in order", "[budget][soft]") {
    news();
    struct : allocator<budget::soft<soft_limit, hear, budget::percent<25, 50, 75, 150>, 0>, lifetime::heap> {
    } memory;
    auto most = memory.make_heap<char[]>(120 * KiB);
    CHECK(news() == list{25, 50, 75});
    auto more = memory.make_heap<char[]>(120 * KiB);  // it bounds nothing
    CHECK(news() == list{150});
    more.reset();
    most.reset();
    CHECK(news() == list{-150, -75, -50, -25});
    CHECK(memory.held() == 0);
}

TEST_CASE("exactly N percent reach a threshold, and a margin of nothing re-arms below it", "[budget][soft]") {
    news();
    struct : allocator<budget::soft<soft_limit, hear, budget::percent<100>, 0>, lifetime::heap> {
    } memory;
    auto most = memory.make_heap<char[]>(soft_limit - 32 - 48);
    CHECK(news().empty());
    for (int i = 0; i < 3; ++i) {
        auto last = memory.make_heap<char[]>(16);
        CHECK(memory.held() == soft_limit);
        CHECK(news() == list{100});
        last.reset();
        CHECK(news() == list{-100});
    }
}

TEST_CASE("frames and the pool are heard of where blocks come and go", "[budget][soft]") {
    news();
    struct : allocator<budget::soft<soft_limit, hear>, growth::released<growth::linear<96 * KiB>>> {
    } memory;
    {
        auto frame = memory.frame();
        CHECK(news().empty());
        frame.make<int>();
        CHECK(news() == list{80});
        auto pooled = memory.make_pooled<int>();
        auto summary = frame.end();
        CHECK(summary.closed);
    }
    CHECK(news() == list{100, -100, -80});
    struct : allocator<budget::soft<soft_limit, hear>, growth::coalesced<growth::linear<48 * KiB>>> {
    } joined;
    {
        auto frame = joined.frame();
        frame.make_span<char>(40 * KiB);
        frame.make_span<char>(30 * KiB);
        CHECK(news() == list{80});
    }
    CHECK(joined.blocks() == 1);  // the two went, and one came: held is what it was
    CHECK(news().empty());
    joined.trim();
    CHECK(news() == list{-80});
}

TEST_CASE("what upstream refuses is not held", "[budget][soft]") {
    news();
    struct : allocator<budget::soft<soft_limit, hear>, test::strict_upstream, lifetime::heap> {
    } memory;
    memory.upstream().refuse_at = 1;
    CHECK_FALSE(memory.try_make_heap<char[]>(100 * KiB));
    CHECK(news().empty());
    auto p = memory.make_heap<char[]>(60 * KiB);
    void* raw = memory.allocate(30 * KiB);
    CHECK(news() == list{80});
    raw = memory.reallocate(raw, 30 * KiB, 1 * KiB);
    CHECK(news() == list{-80});
    memory.deallocate(raw, 1 * KiB);
}

TEST_CASE("a heap allocation that grows where it stands is heard of", "[budget][soft]") {
    news();
    allocator<budget::soft<soft_limit, hear>, upstream::malloc, lifetime::heap> memory;
    void* p = memory.allocate(10 * KiB);
    p = memory.reallocate(p, 10 * KiB, 90 * KiB);
    CHECK(news() == list{80});
    p = memory.reallocate(p, 90 * KiB, 20 * KiB);
    CHECK(news() == list{-80});
    memory.deallocate(p, 20 * KiB);
}

// The handler may use the allocator --------------------------------------------------------------------------------------------------

namespace {
/// An allocator whose handler gives memory back, and allocates.
template <class Threading>
struct cared_for {
    static void relieve(const budget::warning&) noexcept;
    struct memory_type : allocator<Threading, budget::soft<soft_limit, &relieve>> {};
    static inline memory_type* memory;
    static inline typename memory_type::template heap_ptr<char[]> cache;
    static inline std::atomic<int> calls = 0, depth = 0, deepest = 0;
};
template <class Threading>
void cared_for<Threading>::relieve(const budget::warning& w) noexcept {
    ++calls;
    const int now = ++depth;
    if (now > deepest) deepest = now;
    if (w.is_rising) cache.reset();
    {
        auto frame = memory->try_frame();
        if (frame) static_cast<void>((*frame).try_allocate(200));
        auto object = memory->template try_make_pooled<int>(3);
        auto large = memory->template try_make_heap<char[]>(50 * KiB);  // news of its own
        static_cast<void>(memory->held() + memory->used());
    }
    memory->trim();
    --depth;
}
}  // namespace

TEMPLATE_TEST_CASE("a handler may free, trim and allocate in the allocator that it is told of", "[budget][soft][faults]", threading::single_threaded, threading::locked<std::mutex>,
                   threading::spin_locked, threading::thread_cached) {
    using care = cared_for<TestType>;
    typename care::memory_type memory;
    care::memory = &memory;
    {
        auto frame = memory.frame();
        frame.template make_span<char>(100);  // a block, of which the handler's frames have nothing
        care::cache = memory.template make_heap<char[]>(10 * KiB);
        care::calls = 0;
        typename care::memory_type::template heap_ptr<char[]> large = memory.template make_heap<char[]>(60 * KiB);
        CHECK(care::calls > 0);
        CHECK_FALSE(care::cache);
        large[0] = 'x';
        auto* p = frame.template make<int>(5);
        CHECK(*p == 5);
        large.reset();
    }
    CHECK(care::deepest == 1);
    memory.trim();
    CHECK(memory.used() == 0);
    CHECK(memory.held() == 0);
}

namespace {
int told = 0;
void make_news(const budget::warning&) noexcept;
struct restless_memory : allocator<budget::soft<64 * KiB, make_news, budget::percent<100>, 0>, lifetime::heap> {
} restless;
void make_news(const budget::warning&) noexcept {
    ++told;
    static_cast<void>(restless.try_make_heap<char[]>(64 * KiB));  // comes and goes
}
}  // namespace

TEST_CASE("a handler that makes news each time is not called for ever, and what is left is told later", "[budget][soft][faults]") {
    { auto most = restless.make_heap<char[]>(64 * KiB); }
    const int first = told;
    CHECK(first > 2);
    CHECK(first < 100);
    { auto most = restless.make_heap<char[]>(1 * KiB); }
    CHECK(told > first);
}

namespace {
void empty_cache(const budget::warning&) noexcept;
/// The hard bound is upstream's.
struct scant_upstream : test::strict_upstream {
    void* allocate(std::size_t bytes, std::size_t alignment) noexcept { return live_bytes() + bytes > 100 * KiB ? nullptr : strict_upstream::allocate(bytes, alignment); }
};
struct scant_memory : allocator<budget::soft<100 * KiB, empty_cache, budget::percent<50>>, scant_upstream, lifetime::heap> {};
scant_memory::heap_ptr<char[]> cached;
void empty_cache(const budget::warning& w) noexcept {
    if (w.is_rising) cached.reset();
}
}  // namespace

TEST_CASE("who is warned in time gives memory back before the bound is met", "[budget][soft]") {
    scant_memory memory;
    cached = memory.make_heap<char[]>(30 * KiB);
    auto some = memory.make_heap<char[]>(40 * KiB);
    CHECK_FALSE(cached);
    CHECK(memory.try_make_heap<char[]>(50 * KiB));
}

// Threads ---------------------------------------------------------------------------------------------------------------------------

namespace {
/// Looks whether it is alone, and whether each threshold rises and falls in turn.
std::atomic<int> at_once = 0, wrong_order = 0, calls = 0;
bool is_above[2];  // by whoever is called; at most one is
void look(const budget::warning& w) noexcept {
    if (at_once.fetch_add(1, std::memory_order_relaxed) != 0) ++wrong_order;
    bool& above = is_above[w.percent == 100];
    if (above == w.is_rising) ++wrong_order;
    above = w.is_rising;
    ++calls;
    at_once.fetch_sub(1, std::memory_order_relaxed);
}
}  // namespace

TEMPLATE_TEST_CASE("threads hear of each threshold in turn, one at a time", "[budget][soft][threads][concurrent]", threading::locked<std::mutex>, threading::spin_locked, threading::thread_cached) {
    is_above[0] = is_above[1] = false;
    wrong_order = calls = 0;
    allocator<TestType, budget::soft<soft_limit, look>, growth::released<growth::linear<8 * KiB>>> memory;
    test::on_threads([&](int t) {
        for (int i = 0; i < 300; ++i) {
            auto large = memory.template make_heap<char[]>(static_cast<std::size_t>(10 + (i * 7 + t * 13) % 60) * KiB);
            if (i % 10 == 0) {
                auto frame = memory.try_frame();
                if (frame) static_cast<void>((*frame).try_allocate(100));
            }
            std::this_thread::yield();
        }
    });
    CHECK(wrong_order == 0);
    CHECK(calls > 0);
    memory.trim();
    CHECK_FALSE(is_above[0]);
    CHECK_FALSE(is_above[1]);
}

TEST_CASE("what is not watched costs nothing", "[budget][soft]") {
    CHECK(sizeof(allocator<budget::soft<soft_limit, hear>>) <= sizeof(allocator<>) + 2 * 24 + 8);
    CHECK(sizeof(allocator<budget::shared<budget::group<"nobody's", 1>, budget::hard<1>>>) == sizeof(allocator<budget::hard<1>>) + 8);
}
