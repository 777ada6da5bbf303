// memory.local(): the same frames and objects as the allocator's own, with any threading; with thread_cached from the calling thread's cache, which stays
// as long as the thread may have a view of it.
#include <atomic>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <new>
#include <stdexcept>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <alloy/checking/guarded.hpp>

#include "../support/catch.hpp"
#include "../support/death.hpp"
#include "../support/pool_compositions.hpp"
#include "../support/refusals.hpp"
#include "../support/threads.hpp"

namespace {

using watched = alloy::allocator<alloy::threading::thread_cached, test::strict_upstream, alloy::growth::linear<1024>>;

std::mutex heard_lock;
std::vector<alloy::misuse> heard;
void note(const alloy::misuse& m) noexcept {
    const std::lock_guard lock(heard_lock);
    heard.push_back(m);
}

struct throws {
    explicit throws(int) { throw std::runtime_error("no"); }
    std::uint64_t words[3];
};
struct nothing_left {
    using axis = alloy::upstream::axis;
    static constexpr bool gives = true, is_stateless = true, reserves = false, reallocates = false;
    static constexpr std::size_t granularity = 16;
    static void* allocate(std::size_t, std::size_t) noexcept { return nullptr; }
    static void deallocate(void*, std::size_t, std::size_t) noexcept {}
};

/// Runs f on a thread of its own and waits for its end.
template <class F>
void on_a_thread(F f) {
    std::thread(f).join();
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("what is made through local() is the allocator's", "[threads]", test::pool_compositions) {
    TestType memory;
    auto mine = memory.local();
    using view = decltype(mine);
    STATIC_REQUIRE(std::is_trivially_copyable_v<view>);
    STATIC_REQUIRE(sizeof(view) == (TestType::threading_type::sharing == alloy::sharing::engine_per_thread ? 2 : 1) * sizeof(void*));
    STATIC_REQUIRE(std::is_same_v<decltype(mine.template make_pooled<int>()), decltype(memory.template make_pooled<int>())>);
    STATIC_REQUIRE(std::is_same_v<decltype(mine.template try_make_pooled<int[]>(3)), decltype(memory.template try_make_pooled<int[]>(3))>);
    STATIC_REQUIRE(std::is_same_v<decltype(mine.template make_heap<int>()), decltype(memory.template make_heap<int>())>);
    STATIC_REQUIRE(noexcept(mine.deallocate(nullptr, 1)) == noexcept(memory.deallocate(nullptr, 1)));
    CHECK(&mine.memory() == &memory);

    const std::size_t before = memory.used();
    {
        typename TestType::template pool_ptr<std::uint64_t> one = mine.template make_pooled<std::uint64_t>(7U);
        const auto several = mine.template try_make_pooled<int[]>(5);
        const typename view::template heap_ptr<int> heaped = mine.template make_heap<int>(8);
        const auto tried = mine.template try_make_heap<int>(9);
        CHECK(*one == 7);
        REQUIRE(several.has_value());
        CHECK((*several)[4] == 0);
        CHECK(*heaped == 8);
        REQUIRE(tried.has_value());
        CHECK(**tried == 9);
        one = memory.template make_pooled<std::uint64_t>(8U);  // handles of both are of one type
        CHECK(*one == 8);
        CHECK(memory.used() > before);
    }
    CHECK(memory.used() == before);
    CHECK_THROWS_AS(mine.template make_pooled<throws>(1), std::runtime_error);
    CHECK(memory.used() == before);

    // Raw memory of each way: from a slot, zero bytes, aligned further, and larger than slots; given by one and taken back by the other.
    for (const auto& [bytes, alignment] : std::vector<std::pair<std::size_t, std::size_t>>{{24, 8}, {0, 1}, {0, 64}, {100, 64}, {1024, 16}, {3000, 16}}) {
        void* const through = mine.allocate(bytes, alignment);
        auto tried = mine.try_allocate(bytes, alignment);
        void* const direct = memory.allocate(bytes, alignment);
        REQUIRE(tried.has_value());
        CHECK(through != direct);
        CHECK(alloy::address(through) % alignment == 0);
        std::memset(through, 1, bytes);
        std::memset(*tried, 2, bytes);
        std::memset(direct, 3, bytes);
        memory.deallocate(through, bytes, alignment);
        memory.deallocate(*tried, bytes, alignment);
        mine.deallocate(direct, bytes, alignment);
    }
    mine.deallocate(nullptr, 8);
    auto* grown = static_cast<char*>(mine.reallocate(nullptr, 0, 24, 8));
    std::memcpy(grown, "twenty-three and a zero", 24);
    grown = static_cast<char*>(mine.reallocate(grown, 24, 2000, 8));
    CHECK(std::strcmp(grown, "twenty-three and a zero") == 0);
    mine.deallocate(grown, 2000, 8);
    CHECK(memory.used() == before);

    if constexpr (TestType::lifetimes::has_frame) {
        auto outer = mine.frame();
        auto* const kept = outer.template make<int>(1);
        {
            auto inner = memory.frame();
            auto innermost = mine.try_frame();
            REQUIRE(innermost.has_value());
            CHECK(&memory.current_frame() == &*innermost);
            innermost->template make<int>(2);
            inner.template make<int>(3);
        }
        CHECK(&memory.current_frame() == &outer);
        CHECK(*kept == 1);
        outer.end();
        CHECK_FALSE(memory.in_frame());
    }
    const auto again = memory.try_local();
    REQUIRE(again.has_value());
    CHECK(*again->template make_pooled<int>(3) == 3);
}

TEST_CASE("a loop through local() takes the slots of its own thread, and what it gives back is that thread's again", "[threads]") {
    watched memory;
    const auto mine = memory.local();
    void* const first = mine.allocate(24, 8);
    memory.deallocate(first, 24, 8);
    CHECK(mine.allocate(24, 8) == first);  // the last one given back is the first one taken, whichever way
    mine.deallocate(first, 24, 8);
    CHECK(memory.allocate(24, 8) == first);
    memory.deallocate(first, 24, 8);
    const std::size_t held = memory.held();
    for (int i = 0; i < 10000; ++i) {
        auto frame = mine.frame();
        frame.make<int>(i);
        const auto object = mine.make_pooled<std::uint64_t>(1U);
        mine.deallocate(mine.allocate(100), 100);
    }
    CHECK(memory.upstream().live_bytes() == memory.held());
    const std::size_t with_frame = memory.held();
    for (int i = 0; i < 100; ++i) mine.deallocate(mine.allocate(100), 100);
    CHECK(memory.held() == with_frame);
    CHECK(held < with_frame);
}

TEST_CASE("through local(), what another thread made goes home, and what was made ends anywhere", "[threads][concurrent]") {
    watched memory;
    std::vector<void*> made;
    std::vector<watched::pool_ptr<std::uint64_t>> objects;
    const auto mine = memory.local();
    for (int i = 0; i < 500; ++i) {
        made.push_back(mine.allocate(24, 8));
        objects.push_back(mine.make_pooled<std::uint64_t>(5U));
    }
    on_a_thread([&] {
        const auto others = memory.local();
        for (void* p : made) others.deallocate(p, 24, 8);
        objects.clear();
    });
    CHECK(memory.used() == 0);
    memory.trim();
    const std::size_t empty = memory.held();
    for (void*& p : made) p = mine.allocate(24, 8);
    CHECK(memory.used() == 500 * 24);
    for (void* p : made) mine.deallocate(p, 24, 8);
    memory.trim();
    CHECK(memory.held() == empty);

    std::atomic<int> wrong = 0;
    test::on_threads([&](int t) {
        const auto own = memory.local();
        std::vector<std::uint64_t*> live;
        for (std::uint64_t i = 0; i < 3000; ++i) {
            live.push_back(::new (own.allocate(sizeof(std::uint64_t), 8)) std::uint64_t{i * 4 + static_cast<std::uint64_t>(t)});
            if (i % 3 != 0) continue;
            wrong += *live.back() % 4 != static_cast<std::uint64_t>(t);
            own.deallocate(live.back(), sizeof(std::uint64_t), 8);
            live.pop_back();
        }
        for (const std::uint64_t* p : live) wrong += *p % 4 != static_cast<std::uint64_t>(t);
        for (std::uint64_t* p : live) own.deallocate(p, sizeof(std::uint64_t), 8);
    });
    CHECK(wrong == 0);
    CHECK(memory.used() == 0);
}

TEST_CASE("trim() leaves a cache to its thread while a view may name it; after the thread it goes", "[threads][concurrent]") {
    watched memory;
    on_a_thread([&] {
        {
            const auto passing = memory.make_pooled<int>(1);
        }
        memory.trim();
        CHECK(memory.held() == 0);  // nothing names the cache

        const auto mine = memory.local();
        const std::size_t cache = memory.held();
        CHECK(cache > 0);
        memory.trim();
        CHECK(memory.held() == cache);
        CHECK(*mine.make_pooled<int>(2) == 2);
        mine.frame().make<int>(3);
        memory.trim();
        CHECK(memory.held() == cache);
    });
    CHECK(memory.held() > 0);
    memory.trim();
    CHECK(memory.held() == 0);

    on_a_thread([&] {
        const auto held = memory.local().make_pooled<int>(1);  // so that the cache waits for the next thread
        on_a_thread([&] { memory.trim(); });
    });
    on_a_thread([&] {
        {
            const auto adopted = memory.make_pooled<int>(1);
        }
        memory.trim();
        CHECK(memory.held() == 0);  // the view was the other thread's
    });
}

TEST_CASE("where there is no memory for a cache, try_local() says so, and local() does what the fallback does", "[threads]") {
    alloy::allocator<alloy::threading::thread_cached, nothing_left> raises;
    const auto refused = raises.try_local();
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().reason == alloy::refusal::upstream);
    CHECK_THROWS_AS(raises.local(), std::bad_alloc);
    alloy::allocator<alloy::threading::thread_cached, nothing_left, alloy::fallback::null> returns;
    CHECK_THAT(test::dying_words([&] { static_cast<void>(returns.local()); }), Catch::Matchers::Contains("use try_local() where the first memory of a thread may be missing"));

    alloy::allocator<nothing_left> alone;
    const auto mine = alone.local();  // takes nothing, so it is there
    CHECK_FALSE(mine.try_allocate(8).has_value());
    CHECK_THROWS_AS(mine.make_pooled<int>(1), std::bad_alloc);
}

TEST_CASE("any request through local() may be refused, and nothing is lost", "[threads][concurrent]") {
    test::try_each_refusal<watched>([](watched& memory) {
        int refused = 0;
        on_a_thread([&] {  // which takes leave of its cache
            const auto mine = memory.try_local();
            if (!mine) return static_cast<void>(refused = 1);
            auto frame = mine->frame();
            refused += !frame.try_make<int>(1);
            refused += !mine->try_make_pooled<std::uint64_t>(1U);
            refused += !mine->try_make_pooled<int[]>(600);
            if (auto p = mine->try_allocate(50, 8))
                mine->deallocate(*p, 50, 8);
            else
                ++refused;
        });
        return refused;
    });
}

TEST_CASE("messages are made through local(), for any thread", "[threads][concurrent]") {
    alloy::allocator<alloy::threading::thread_cached> memory;
    const auto mine = memory.local();
    std::vector<alloy::transfer_handle<std::uint64_t>> sent;
    for (std::uint64_t i = 0; i < 300; ++i) sent.push_back(mine.make_transfer<std::uint64_t>(i));
    auto span = mine.try_make_transfer<int[]>(4);
    REQUIRE(span.has_value());
    std::uint64_t sum = 0;
    std::size_t length = 0;
    on_a_thread([&] {
        for (auto& one : sent) sum += *std::move(one).receive();
        length = std::move(*span).receive().size();
    });
    CHECK(sum == 299 * 300 / 2);
    CHECK(length == 4);
}

TEST_CASE("a view that another thread uses is told, and serves that thread with its own", "[threads][concurrent][fault-21]") {
    heard.clear();
    alloy::allocator<alloy::threading::thread_cached, alloy::checking::guarded<alloy::checking::report::call<&note>>> memory;
    const auto mine = memory.local();
    mine.frame().make<int>(1);
    auto outer = mine.frame();
    CHECK(heard.empty());
    on_a_thread([&] {
        auto frame = mine.frame();
        CHECK(&memory.current_frame() == &frame);
        frame.make<int>(2);
    });
    REQUIRE(heard.size() == 1);
    CHECK(heard[0].kind == alloy::misuse_kind::wrong_thread);
    CHECK(std::strstr(heard[0].cure, "local()") != nullptr);
    heard.clear();
    on_a_thread([&] { mine.deallocate(mine.allocate(8), 8); });
    CHECK(heard.size() == 2);
    CHECK(&memory.current_frame() == &outer);
    heard.clear();
}
