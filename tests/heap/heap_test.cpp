// The heap, and memory that changes its size, in both directions between pool and heap.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "../support/catch.hpp"
#include "../support/pool_compositions.hpp"

namespace {
bool is_aligned(const void* p, std::size_t alignment) { return reinterpret_cast<std::uintptr_t>(p) % alignment == 0; }

/// Looks at every block, and can resize: always elsewhere, so that whoever keeps an old address fails.
struct moving_upstream : test::strict_upstream {
    static constexpr bool reallocates = true;
    void* reallocate(void* at, std::size_t bytes, std::size_t new_bytes) noexcept {
        void* there = allocate(new_bytes, 16);
        if (!there) return nullptr;
        ++resized;
        std::memcpy(there, at, std::min(bytes, new_bytes));
        deallocate(at, bytes, 16);
        return there;
    }
    std::size_t resized = 0;
};

/// Bytes that say where they are.
void fill(void* p, std::size_t bytes, unsigned seed) {
    for (std::size_t i = 0; i < bytes; ++i) static_cast<unsigned char*>(p)[i] = static_cast<unsigned char>(i * 7 + seed);
}
bool is_filled(const void* p, std::size_t bytes, unsigned seed) {
    for (std::size_t i = 0; i < bytes; ++i)
        if (static_cast<const unsigned char*>(p)[i] != static_cast<unsigned char>(i * 7 + seed)) return false;
    return true;
}

constexpr std::size_t sizes[] = {0, 1, 8, 40, 129, 1000, 1024, 1025, 1500, 4000, 20'000, 100'000};

/// Every size to every other, with its bytes kept.
template <class Memory>
void resize_all(Memory& memory, std::size_t alignment) {
    const std::size_t used = memory.used();
    for (std::size_t from : sizes)
        for (std::size_t to : sizes) {
            void* p = memory.allocate(from, alignment);
            fill(p, from, 3);
            void* const there = memory.reallocate(p, from, to, alignment);
            REQUIRE(there != nullptr);
            REQUIRE(is_aligned(there, alignment));
            REQUIRE(is_filled(there, std::min(from, to), 3));
            fill(there, to, 4);
            memory.deallocate(there, to, alignment);
            REQUIRE(memory.used() == used);
        }
}
}  // namespace

TEMPLATE_LIST_TEST_CASE("heap objects are aligned as they ask, up to any alignment there is", "[heap][fault-3]", test::pool_compositions) {
    TestType memory;
    for (std::size_t alignment = 1; alignment <= std::size_t{1} << 20; alignment *= 2) {
        void* p = memory.allocate(2000, alignment);
        REQUIRE(is_aligned(p, alignment));
        fill(p, 2000, 1);
        void* small = memory.allocate(3, alignment);
        REQUIRE(is_aligned(small, alignment));
        REQUIRE(is_filled(p, 2000, 1));
        REQUIRE(memory.used() >= 2003);
        memory.deallocate(p, 2000, alignment);
        memory.deallocate(small, 3, alignment);
    }
    CHECK(memory.used() == 0);
    memory.trim();
    CHECK(memory.held() == 0);
}

TEMPLATE_LIST_TEST_CASE("types larger than the largest slot go to the heap unasked", "[heap]", test::pool_compositions) {
    TestType memory;
    struct big {
        char body[1025];
    };
    const std::size_t requests = memory.upstream().requests;
    {
        auto one = memory.template make_pooled<big>();
        auto two = memory.template make_pooled<char[]>(1025);
        auto three = memory.template make_heap<char>();
        CHECK(memory.blocks() == 3);
        CHECK(memory.upstream().requests == requests + 3);
        CHECK(memory.held() == memory.upstream().live_bytes());
    }
    CHECK(memory.blocks() == 0);
    CHECK(memory.held() == 0);  // each went back as it was freed
}

TEMPLATE_LIST_TEST_CASE("memory that is resized keeps its bytes", "[heap][pool][reallocate]", test::pool_compositions) {
    TestType memory;
    for (std::size_t alignment : {1u, 16u, 64u, 2048u}) resize_all(memory, alignment);
    memory.trim();
    CHECK(memory.held() == 0);
}

TEST_CASE("upstream's own resizing is used, and what it does is charged", "[heap][reallocate][upstream]") {
    alloy::allocator<moving_upstream, alloy::budget::hard<1 * alloy::MiB>, alloy::tracking::boundary_metrics> memory;
    std::vector<void*> others;  // neighbours in the list of allocations
    for (int i = 0; i < 4; ++i) others.push_back(memory.allocate(2000, 8));
    for (std::size_t alignment : {8u, 16u, 64u}) resize_all(memory, alignment);
    void* p = memory.allocate(2000, 8);
    std::size_t before = 2000;
    const std::size_t resized = memory.upstream().resized;
    for (std::size_t bytes : {4000u, 8000u, 3000u, 100'000u, 1200u, 1025u, 900'000u}) {
        fill(p, before, 9);
        p = memory.reallocate(p, before, bytes, 8);
        REQUIRE(is_filled(p, std::min(before, bytes), 9));
        REQUIRE(memory.held() == memory.upstream().live_bytes());
        REQUIRE(memory.budget().left() == 1 * alloy::MiB - memory.held());
        before = bytes;
    }
    CHECK(memory.upstream().resized >= resized + 7);
    CHECK_FALSE(memory.try_reallocate(p, before, 2'000'000, 8).has_value());
    CHECK(memory.metrics().peak_held <= 1 * alloy::MiB);
    memory.deallocate(p, before, 8);
    for (void* o : others) memory.deallocate(o, 2000, 8);
    memory.trim();
    CHECK(memory.held() == 0);
    CHECK(memory.budget().left() == 1 * alloy::MiB);
}

TEMPLATE_TEST_CASE("the system's resizing keeps bytes, too", "[heap][reallocate][upstream]", (alloy::allocator<alloy::upstream::malloc>), (alloy::allocator<alloy::upstream::pages<>>),
                   (alloy::allocator<alloy::upstream::pages<>, alloy::threading::spin_locked>)) {
    TestType memory;
    for (std::size_t alignment : {8u, 64u}) resize_all(memory, alignment);
    void* p = memory.allocate(1 << 20, 16);
    fill(p, 1 << 20, 1);
    p = memory.reallocate(p, 1 << 20, 8 << 20, 16);
    CHECK(is_filled(p, 1 << 20, 1));
    p = memory.reallocate(p, 8 << 20, 100, 16);
    CHECK(is_filled(p, 100, 1));
    memory.deallocate(p, 100, 16);
    memory.trim();
    CHECK(memory.held() == 0);
}

TEMPLATE_LIST_TEST_CASE("a shrink never fails, with upstream refusing everything", "[heap][pool][reallocate][fault-44]", test::pool_compositions) {
    for (std::size_t alignment : {1u, 64u}) {
        for (std::size_t from : sizes)
            for (std::size_t to : sizes) {
                if (to > from) continue;
                TestType memory;
                void* p = memory.allocate(from, alignment);
                void* beside = memory.allocate(from, alignment);
                fill(p, from, 5);
                fill(beside, from, 6);
                memory.upstream().refuse_at = 1;
                memory.upstream().refuse_on = true;
                const auto there = memory.try_reallocate(p, from, to, alignment);
                REQUIRE(there.has_value());
                REQUIRE(is_filled(*there, to, 5));
                REQUIRE(is_filled(beside, from, 6));
                // It may shrink on, be freed with the size it has now, and its memory is used again.
                const auto further = memory.try_reallocate(*there, to, to / 2, alignment);
                REQUIRE(further.has_value());
                REQUIRE(is_filled(*further, to / 2, 5));
                memory.deallocate(*further, to / 2, alignment);
                memory.deallocate(beside, from, alignment);
                REQUIRE(memory.used() == 0);
                memory.upstream().refuse_at = 0;
                void* again[3];
                for (void*& a : again) {
                    a = memory.allocate(to / 2, alignment);
                    REQUIRE(is_aligned(a, alignment));
                    fill(a, to / 2, 7);
                }
                for (void* a : again) memory.deallocate(a, to / 2, alignment);
                memory.trim();
                REQUIRE(memory.held() == 0);
                REQUIRE(memory.upstream().wrong == 0);
            }
    }
}

TEMPLATE_LIST_TEST_CASE("a growth that fails leaves the old object as it was", "[heap][pool][reallocate][fault-6][fault-8]", test::pool_compositions) {
    TestType memory;
    for (std::size_t from : sizes) {
        void* p = memory.allocate(from, 8);
        fill(p, from, 2);
        memory.trim();  // which a refusal would do
        const std::size_t used = memory.used(), held = memory.held();
        memory.upstream().refuse_at = 1;
        memory.upstream().refuse_on = true;
        CHECK_FALSE(memory.try_reallocate(p, from, 200'000, 8).has_value());
        CHECK_THROWS_AS(memory.reallocate(p, from, 200'000, 8), alloy::out_of_memory);
        CHECK(memory.try_reallocate(p, from, SIZE_MAX, 8).error().reason == alloy::refusal::too_large);
        CHECK(memory.try_reallocate(p, from, alloy::max_bytes - 8, 8).error().reason == alloy::refusal::too_large);
        memory.upstream().refuse_at = 0;
        CHECK(memory.used() == used);
        CHECK(memory.held() == held);
        CHECK(is_filled(p, from, 2));
        memory.deallocate(p, from, 8);
        CHECK(memory.used() == 0);
    }
}

TEST_CASE("resizing nothing is allocating", "[heap][pool][reallocate]") {
    alloy::allocator<> memory;
    void* p = memory.reallocate(nullptr, 0, 100, 32);
    CHECK(is_aligned(p, 32));
    memory.deallocate(p, 100, 32);
    auto q = memory.try_reallocate(nullptr, 0, 5000);
    REQUIRE(q.has_value());
    memory.deallocate(*q, 5000);
    CHECK(memory.used() == 0);
}

TEST_CASE("frames that outgrow a fixed block borrow from the heap until they end", "[heap][fallback][to_heap]") {
    alloy::allocator<test::strict_upstream, alloy::growth::fixed<1024>, alloy::fallback::to_heap, alloy::budget::hard<64 * alloy::KiB>> memory;
    auto kept = memory.make_heap<int>(3);
    for (int round = 0; round < 3; ++round) {
        auto frame = memory.frame();
        for (int i = 0; i < 20; ++i) fill(frame.allocate(900, 8), 900, 1);
        auto inner = memory.frame();
        fill(inner.allocate(5000, 64), 5000, 2);
        fill(frame.allocate(3000, 16), 3000, 3);
        CHECK(memory.held() == memory.upstream().live_bytes());
        CHECK(memory.used() < memory.held());  // a borrowed block is used by what lies in it, once
        CHECK(memory.used() >= 20 * 900 + 5000 + 3000);
        const auto refused = frame.try_allocate(64 * alloy::KiB, 8);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().reason == alloy::refusal::budget);
    }
    CHECK(memory.held() == 1024 + 48);
    memory.trim();
    CHECK(memory.held() == 48);
    CHECK(*kept == 3);
}

TEST_CASE("what frames borrow from the heap goes back under a lock, with several buffers, and in a checkpoint", "[heap][fallback][to_heap]") {
    alloy::allocator<test::strict_upstream, alloy::growth::linear<512>, alloy::threading::spin_locked, alloy::fallback::to_heap, alloy::lifetime::frames<2>, alloy::lifetime::heap> memory;
    memory.upstream().refuse_at = 1;  // only the heap's own request is met
    for (int round = 0; round < 4; ++round) {
        auto frame = memory.frame();
        auto attempt = frame.checkpoint();
        fill(attempt.allocate(2000, 8), 2000, 1);
        if (round % 2) attempt.commit();
        memory.upstream().refuse_at = memory.upstream().requests + 1;
    }
    CHECK(memory.upstream().wrong == 0);
    CHECK(memory.held() == memory.upstream().live_bytes());
}

TEST_CASE("heap bytes are attributed to the tag that was current, headers included", "[heap][tagging]") {
    alloy::allocator<test::strict_upstream, test::three_tags, test::physics_budget<8192>> memory;
    auto physics = memory.tag<"physics">();
    void* p = memory.allocate(2000, 8);
    CHECK(memory.usage_under_bound(0).used == 2032);
    CHECK(memory.used() == 2032);
    {
        auto sound = memory.tag<"sound">();
        void* q = memory.allocate(100'000, 8);
        CHECK(memory.usage_under_bound(0).used == 2032);
        p = memory.reallocate(p, 2000, 3000, 8);  // a new one: charged to whoever resizes it
        CHECK(memory.usage_under_bound(0).used == 0);
        memory.deallocate(q, 100'000, 8);
    }
    CHECK(memory.try_reallocate(p, 3000, 9000, 8).error().reason == alloy::refusal::budget);
    p = memory.reallocate(p, 3000, 4000, 8);
    CHECK(memory.usage_under_bound(0).used == 4032);
    // Frames share the bound.
    {
        auto frame = memory.frame();
        CHECK(frame.try_allocate(4000, 8).has_value());
        CHECK_FALSE(frame.try_allocate(400, 8).has_value());
        CHECK_FALSE(memory.try_allocate(200, 8).has_value());
        memory.deallocate(p, 4000, 8);
        CHECK(frame.try_allocate(3000, 8).has_value());
        CHECK(memory.usage_under_bound(0).used <= 8192);
    }
    CHECK(memory.usage_under_bound(0).used == 0);
}

TEST_CASE("fences of a checking policy stand around objects of the pool and the heap", "[heap][pool][checking]") {
    alloy::allocator<test::strict_upstream, test::fenced> memory;
    void* small = memory.allocate(1000, 8);  // too large for a slot with its fences
    void* large = memory.allocate(5000, 256);
    CHECK(is_aligned(large, 256));
    auto one = memory.make_pooled<double>(1.0);
    CHECK(memory.checking().objects == 3);
    small = memory.reallocate(small, 1000, 20, 8);
    large = memory.reallocate(large, 5000, 7000, 256);
    CHECK(memory.checking().objects == 3);
    CHECK(memory.checking().broken == 0);
    static_cast<char*>(small)[20] = 1;
    memory.deallocate(small, 20, 8);
    CHECK(memory.checking().broken == 1);
    memory.deallocate(large, 7000, 256);
    CHECK(memory.checking().broken == 1);
    one.reset();
    CHECK(memory.checking().objects == 0);
}
