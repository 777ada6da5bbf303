// The pool: its size classes, its slabs, and raw memory up to the largest slot; on every composition where the composition matters.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <set>
#include <string_view>
#include <vector>

#include <sys/mman.h>

#include "../support/catch.hpp"
#include "../support/pool_compositions.hpp"

namespace size_class = alloy::size_class;

namespace {
bool is_aligned(const void* p, std::size_t alignment) { return reinterpret_cast<std::uintptr_t>(p) % alignment == 0; }

/// Pages that were never touched, and how many of them are now.
struct counted_pages {
    using axis = alloy::upstream::axis;
    static constexpr bool gives = true, is_stateless = false, reserves = false, reallocates = false;
    static constexpr std::size_t granularity = 4096;
    void* allocate(std::size_t bytes, std::size_t alignment) noexcept {
        at = alloy::upstream::pages<>::allocate(bytes, alignment);
        length = bytes;
        return at;
    }
    void deallocate(void* p, std::size_t bytes, std::size_t alignment) noexcept { alloy::upstream::pages<>::deallocate(p, bytes, alignment); }
    std::size_t touched() const {
        std::vector<unsigned char> pages(length / 4096);
        REQUIRE(::mincore(at, length, pages.data()) == 0);
        return static_cast<std::size_t>(std::count_if(pages.begin(), pages.end(), [](unsigned char p) { return (p & 1) != 0; }));
    }
    void* at = nullptr;
    std::size_t length = 0;
};

/// Another allocator.
struct on_pool {
    using axis = alloy::upstream::axis;
    static constexpr bool gives = true, is_stateless = false, reserves = false, reallocates = true;
    static constexpr std::size_t granularity = 16;
    void* allocate(std::size_t bytes, std::size_t alignment) noexcept { return below.try_allocate(bytes, alignment).value_or(nullptr); }
    void deallocate(void* at, std::size_t bytes, std::size_t alignment) noexcept { below.deallocate(at, bytes, alignment); }
    void* reallocate(void* at, std::size_t bytes, std::size_t new_bytes) noexcept { return below.try_reallocate(at, bytes, new_bytes).value_or(nullptr); }
    alloy::allocator<test::strict_upstream, alloy::lifetime::pool, alloy::lifetime::heap> below;
};

/// A budget that remembers the most that was ever charged.
template <std::size_t N>
struct watched_budget : alloy::budget::hard<N> {
    std::size_t grant(std::size_t least, std::size_t most) noexcept {
        const std::size_t granted = alloy::budget::hard<N>::grant(least, most);
        charged += granted;
        peak = std::max(peak, charged);
        return granted;
    }
    void give_back(std::size_t bytes) noexcept {
        alloy::budget::hard<N>::give_back(bytes);
        charged -= bytes;
    }
    std::size_t charged = 0, peak = 0;
};
}  // namespace

// Size classes ---------------------------------------------------------------------------------------------------------------------------

TEST_CASE("every size and alignment has the smallest class that keeps both", "[pool][size_class]") {
    STATIC_REQUIRE(size_class::bytes(0) == 8);
    STATIC_REQUIRE(size_class::bytes(size_class::count - 1) == alloy::largest_slot);
    for (std::size_t c = 1; c < size_class::count; ++c) REQUIRE(size_class::bytes(c - 1) < size_class::bytes(c));
    for (std::size_t alignment = 1; alignment <= alloy::largest_slot; alignment *= 2) {
        for (std::size_t bytes = 1; bytes <= alloy::largest_slot; ++bytes) {
            REQUIRE(size_class::fits(bytes, alignment));
            const std::size_t c = size_class::of(bytes, alignment);
            REQUIRE(c < size_class::count);
            REQUIRE(size_class::bytes(c) >= bytes);
            REQUIRE(size_class::alignment(c) >= alignment);
            // No smaller class would do, but for one whose slots are aligned by luck of a larger power of two.
            const std::size_t rounded = alloy::round_up(bytes, std::max(alignment, alloy::quantum));
            REQUIRE((c == 0 || size_class::bytes(c - 1) < rounded));
            if (alignment <= 8) REQUIRE(size_class::bytes(c) - bytes <= (bytes <= 128 ? 7 : size_class::bytes(c) / 8));
        }
    }
    for (std::size_t alignment = 1; alignment <= alloy::largest_slot; alignment *= 2) CHECK(size_class::fits(0, alignment));
    CHECK_FALSE(size_class::fits(alloy::largest_slot + 1, 1));
    CHECK_FALSE(size_class::fits(8, 2 * alloy::largest_slot));
    CHECK_FALSE(size_class::fits(8, 0));
    CHECK_FALSE(size_class::fits(8, 24));
    CHECK_FALSE(size_class::fits(SIZE_MAX, 8));
    double worst = 0;
    for (std::size_t bytes = 129; bytes <= alloy::largest_slot; ++bytes)
        worst = std::max(worst, 1 - static_cast<double>(bytes) / static_cast<double>(size_class::bytes(size_class::of(bytes, 8))));
    CHECK(worst == Approx(0.109).margin(0.001));  // by 513 bytes in 576
}

TEST_CASE("slots of a slab lie inside it, aligned, side by side", "[pool][size_class]") {
    for (const std::size_t header : {sizeof(alloy::slab), sizeof(alloy::owned_slab)})
        for (std::size_t c = 0; c < size_class::count; ++c) {
            alloy::slab s;
            s.assign(c, 0, header);
            REQUIRE(s.first >= header);
            REQUIRE(s.first % size_class::alignment(c) == 0);
            REQUIRE(s.first + std::size_t{s.slots} * s.slot <= alloy::slab_bytes);
            REQUIRE(s.first + (std::size_t{s.slots} + 1) * s.slot > alloy::slab_bytes);  // and no room is left for another
            REQUIRE(s.slots >= 15);
        }
}

// Raw memory -----------------------------------------------------------------------------------------------------------------------------

TEMPLATE_LIST_TEST_CASE("every size and alignment is given whole, aligned, apart, and all of it comes back", "[pool][fault-2][fault-5][fault-41]", test::pool_compositions) {
    TestType memory;
    struct given {
        unsigned char* at;
        std::size_t bytes, alignment;
    };
    std::vector<given> live;
    for (std::size_t alignment = 1; alignment <= 2048; alignment *= 2)
        for (std::size_t bytes : {0u, 1u, 7u, 8u, 9u, 24u, 40u, 65u, 127u, 128u, 129u, 300u, 513u, 1000u, 1023u, 1024u, 1025u, 3000u}) {
            auto* at = static_cast<unsigned char*>(memory.allocate(bytes, alignment));
            REQUIRE(at != nullptr);
            REQUIRE(is_aligned(at, alignment));
            std::memset(at, static_cast<int>(live.size()), bytes);
            live.push_back({at, bytes, alignment});
        }
    std::sort(live.begin(), live.end(), [](const given& a, const given& b) { return a.at < b.at; });
    for (std::size_t i = 1; i < live.size(); ++i) REQUIRE(live[i - 1].at + std::max<std::size_t>(live[i - 1].bytes, 1) <= live[i].at);
    CHECK(memory.held() == memory.upstream().live_bytes());
    CHECK(memory.blocks() == memory.upstream().live());
    for (const given& g : live) {
        for (std::size_t i = 1; i < g.bytes; ++i) REQUIRE(g.at[i] == g.at[0]);
        memory.deallocate(g.at, g.bytes, g.alignment);
    }
    CHECK(memory.used() == 0);
    memory.deallocate(nullptr, 10, 8);
    memory.trim();
    CHECK(memory.held() == 0);
    CHECK(memory.upstream().live() == 0);
}

TEST_CASE("24 bytes aligned to 16 are aligned to 16, every one", "[pool][fault-5]") {
    alloy::allocator<> memory;
    std::vector<void*> all;
    for (int i = 0; i < 500; ++i) {
        all.push_back(memory.allocate(24, 16));
        REQUIRE(is_aligned(all.back(), 16));
    }
    for (void* p : all) memory.deallocate(p, 24, 16);
}

TEMPLATE_LIST_TEST_CASE("requests for the pool that cannot be met are refused before upstream is asked", "[pool][fault-1][fault-3][fault-4]", test::pool_compositions) {
    TestType memory;
    const auto refused = [&](std::size_t bytes, std::size_t alignment, alloy::refusal why) {
        auto r = memory.try_allocate(bytes, alignment);
        REQUIRE_FALSE(r.has_value());
        CHECK(r.error().reason == why);
        CHECK_THROWS_AS(memory.allocate(bytes, alignment), alloy::out_of_memory);
    };
    for (std::size_t alignment : {std::size_t{0}, std::size_t{3}, std::size_t{24}, SIZE_MAX}) {
        refused(16, alignment, alloy::refusal::bad_alignment);
        refused(5000, alignment, alloy::refusal::bad_alignment);
    }
    for (std::size_t bytes : {SIZE_MAX, SIZE_MAX - 7, SIZE_MAX - 64, alloy::max_bytes + 1, alloy::max_bytes, alloy::max_bytes - 40})
        for (std::size_t alignment : {1u, 16u, 64u, 4096u}) refused(bytes, alignment, alloy::refusal::too_large);
    for (std::size_t bytes : {0u, 1u, 1024u, 5000u}) {
        refused(bytes, std::size_t{1} << 62, alloy::refusal::too_large);
        refused(bytes, std::size_t{1} << 63, alloy::refusal::too_large);
    }
    const volatile std::size_t most = SIZE_MAX;  // compilers warn of what they can see
    CHECK_THROWS_AS(memory.template make_pooled<int[]>(most / 2), alloy::out_of_memory);
    CHECK_THROWS_AS(memory.template make_heap<int[]>(most), alloy::out_of_memory);
    CHECK(memory.template try_make_pooled<long[]>(most / 8).error().reason == alloy::refusal::too_large);
    CHECK(memory.upstream().requests == 0);
    CHECK(memory.used() == 0);
}

TEMPLATE_LIST_TEST_CASE("the slot freed last is the next one given", "[pool]", test::pool_compositions) {
    TestType memory;
    std::vector<void*> slots;
    for (int i = 0; i < 50; ++i) slots.push_back(memory.allocate(48, 8));
    for (void* p : slots) memory.deallocate(p, 48, 8);
    for (std::size_t i = slots.size(); i-- > 0;) CHECK(memory.allocate(48, 8) == slots[i]);
    for (void* p : slots) memory.deallocate(p, 48, 8);
    const std::size_t requests = memory.upstream().requests;
    for (int i = 0; i < 1000; ++i) memory.deallocate(memory.allocate(48, 8), 48, 8);
    CHECK(memory.upstream().requests == requests);
}

TEST_CASE("slots that were never needed are never touched", "[pool]") {
    alloy::allocator<counted_pages> memory;
    void* first = memory.allocate(64, 8);
    REQUIRE(memory.held() == alloy::slab_bytes);
    CHECK(memory.upstream().touched() == 1);
    std::vector<void*> rest;
    for (int i = 0; i < 70; ++i) rest.push_back(memory.allocate(64, 8));
    CHECK(memory.upstream().touched() == 2);
    for (void* p : rest) memory.deallocate(p, 64, 8);
    memory.deallocate(first, 64, 8);
}

TEST_CASE("without a heap, what the slots do not hold is refused", "[pool]") {
    alloy::allocator<test::strict_upstream, alloy::lifetime::pool> memory;
    CHECK(memory.try_allocate(1025, 8).error().reason == alloy::refusal::no_heap);
    CHECK(memory.try_allocate(8, 2048).error().reason == alloy::refusal::no_heap);
    CHECK(memory.try_make_pooled<char[]>(1025).error().reason == alloy::refusal::no_heap);
    void* p = memory.allocate(1024, 1024);
    CHECK(is_aligned(p, 1024));
    std::memset(p, 7, 1024);
    CHECK_FALSE(memory.try_reallocate(p, 1024, 1025, 1024).has_value());
    p = memory.reallocate(p, 1024, 10, 1024);
    CHECK(static_cast<unsigned char*>(p)[9] == 7);
    memory.deallocate(p, 10, 1024);
    CHECK(memory.upstream().requests == 1);
}

// Giving back ----------------------------------------------------------------------------------------------------------------------------

TEMPLATE_LIST_TEST_CASE("trim gives empty slabs back and leaves those in use", "[pool][trim]", test::pool_compositions) {
    TestType memory;
    std::vector<void*> all;
    for (int i = 0; i < 3000; ++i) {
        all.push_back(memory.allocate(200, 8));
        std::memset(all.back(), i, 200);
    }
    const std::size_t full = memory.held();
    CHECK(full >= 3000 * 200);
    memory.trim();
    CHECK(memory.held() == full);
    // Every object but one in thirty-two consecutive ones goes; the rest keep their bytes.
    std::size_t kept = 0;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (i < 32 && i % 8 == 0)
            ++kept;
        else
            memory.deallocate(all[i], 200, 8);
    memory.trim();
    CHECK(memory.held() < full);
    CHECK(memory.held() > 0);
    CHECK(memory.held() == memory.upstream().live_bytes());
    CHECK(memory.used() >= kept * 200);
    CHECK(memory.used() < kept * 400);
    for (std::size_t i = 0; i < 32; i += 8)
        for (int b = 0; b < 200; ++b) REQUIRE(static_cast<unsigned char*>(all[i])[b] == i);
    // What is left of their slabs is used before upstream is asked.
    const std::size_t requests = memory.upstream().requests;
    void* again = memory.allocate(200, 8);
    CHECK(memory.upstream().requests == requests);
    memory.deallocate(again, 200, 8);
    for (std::size_t i = 0; i < 32; i += 8) memory.deallocate(all[i], 200, 8);
    memory.trim();
    CHECK(memory.held() == 0);
    CHECK(memory.used() == 0);
}

TEST_CASE("an empty slab may serve any class and any tag", "[pool][trim][tagging]") {
    alloy::allocator<test::strict_upstream, test::three_tags, test::physics_budget<1 << 20>> memory;
    std::vector<void*> all;
    for (int i = 0; i < 1200; ++i) all.push_back(memory.allocate(64, 8));  // several slabs in two regions or more
    const std::size_t held = memory.held();
    for (std::size_t i = 1; i < all.size(); ++i) memory.deallocate(all[i], 64, 8);
    void* last = nullptr;
    {
        auto physics = memory.tag<"physics">();
        memory.trim();
        const std::size_t kept = memory.held();
        CHECK(kept < held);
        last = memory.allocate(1000, 8);
        CHECK(memory.usage_under_bound(0).used == 1024);
    }
    memory.deallocate(last, 1000, 8);  // under another tag: its own is given back
    CHECK(memory.usage_under_bound(0).used == 0);
    memory.deallocate(all[0], 64, 8);
    memory.trim();
    CHECK(memory.held() == 0);
}

TEST_CASE("with tags that switch, slots of one tag never serve another", "[pool][tagging]") {
    alloy::allocator<test::strict_upstream, test::three_tags, test::physics_budget<4096>> memory;
    void* mine;
    {
        auto physics = memory.tag<"physics">();
        mine = memory.allocate(64, 8);
        CHECK(memory.usage_under_bound(0).used == 64);
    }
    void* other = memory.allocate(64, 8);
    CHECK(&alloy::slab::of(mine) != &alloy::slab::of(other));
    memory.deallocate(mine, 64, 8);
    CHECK(memory.usage_under_bound(0).used == 0);
    void* third = memory.allocate(64, 8);
    CHECK(third != mine);
    {
        auto physics = memory.tag<"physics">();
        CHECK(memory.allocate(64, 8) == mine);
        memory.deallocate(other, 64, 8);
        memory.deallocate(third, 64, 8);
        CHECK(memory.usage_under_bound(0).used == 64);
        std::vector<void*> all;
        while (auto p = memory.try_allocate(512, 8)) all.push_back(*p);
        CHECK(memory.usage_under_bound(0).used <= 4096);
        CHECK(memory.usage_under_bound(0).used + 512 > 4096);
        const auto refused = memory.try_allocate(512, 8);
        CHECK(refused.error().reason == alloy::refusal::budget);
        CHECK(std::string_view(refused.error().whose) == "physics");
        CHECK(memory.try_allocate(5000, 8).error().reason == alloy::refusal::budget);
        for (void* p : all) memory.deallocate(p, 512, 8);
    }
    memory.deallocate(mine, 64, 8);
    CHECK(memory.usage_under_bound(0).used == 0);
}

// Budgets --------------------------------------------------------------------------------------------------------------------------------

TEST_CASE("a budget of held bytes is charged by the slab, exactly, and never exceeded", "[pool][budget]") {
    constexpr std::size_t bound = 100'000;
    alloy::allocator<test::strict_upstream, watched_budget<bound>> memory;
    const auto agrees = [&] { return memory.budget().charged == memory.held() && memory.held() == memory.upstream().live_bytes() && memory.budget().peak <= bound; };
    std::vector<std::pair<void*, std::size_t>> all;
    for (std::size_t i = 0;; ++i) {
        const std::size_t bytes = 1 + i * 37 % 1500;
        auto p = memory.try_allocate(bytes, 8);
        REQUIRE(agrees());
        if (!p) {
            CHECK(p.error().reason == alloy::refusal::budget);
            break;
        }
        all.emplace_back(*p, bytes);
    }
    CHECK(memory.held() > bound - 2 * alloy::slab_bytes);
    for (auto [p, bytes] : all) {
        memory.deallocate(p, bytes, 8);
        REQUIRE(agrees());
    }
    // All idle now: it goes back before the largest request is refused.
    void* most = memory.allocate(bound - 32, 8);
    CHECK(agrees());
    CHECK(memory.held() == bound);
    memory.deallocate(most, bound - 32, 8);
    CHECK(memory.budget().charged == 0);
}

TEST_CASE("idle frames, slabs and the heap give way to each other", "[pool][heap][frame][budget]") {
    alloy::allocator<test::strict_upstream, alloy::growth::linear<32 * alloy::KiB>, watched_budget<128 * alloy::KiB>> memory;
    {
        auto frame = memory.frame();
        static_cast<void>(frame.allocate(100'000, 8));
    }
    CHECK(memory.held() > 100'000);
    std::vector<void*> all;
    while (auto p = memory.try_allocate(1024, 8)) all.push_back(*p);  // slabs in the place of idle blocks
    CHECK(all.size() >= 7 * 15);
    for (void* p : all) memory.deallocate(p, 1024, 8);
    {
        auto frame = memory.frame();
        CHECK(frame.try_allocate(110'000, 8).has_value());  // blocks in the place of empty slabs
    }
    void* heap = memory.allocate(120'000, 8);
    memory.deallocate(heap, 120'000, 8);
    CHECK(memory.budget().peak <= 128 * alloy::KiB);
    CHECK(memory.budget().charged == memory.held());
}

// Upstreams ------------------------------------------------------------------------------------------------------------------------------

TEST_CASE("regions come in upstream's units", "[pool][upstream]") {
    alloy::allocator<alloy::upstream::pages<alloy::upstream::huge>> memory;
    std::vector<void*> all;
    for (int i = 0; i < 3000; ++i) {
        all.push_back(memory.allocate(1024, 8));
        std::memset(all.back(), i, 1024);
    }
    CHECK(memory.held() == 4 * alloy::MiB);
    CHECK(memory.blocks() == 2);
    void* aligned = memory.allocate(100, 1 << 20);
    CHECK(is_aligned(aligned, 1 << 20));
    std::memset(aligned, 1, 100);
    for (std::size_t i = 0; i < all.size(); ++i) REQUIRE(static_cast<unsigned char*>(all[i])[1023] == static_cast<unsigned char>(i));
    memory.deallocate(aligned, 100, 1 << 20);
    for (void* p : all) memory.deallocate(p, 1024, 8);
    memory.trim();
    CHECK(memory.held() == 0);
}

TEST_CASE("a region grows with what is held, within bounds, and is as small as a slab where no more is to be had", "[pool][upstream]") {
    alloy::allocator<test::strict_upstream> memory;
    std::vector<void*> all;
    for (int i = 0; i < 6000; ++i) all.push_back(memory.allocate(1024, 8));
    CHECK(memory.blocks() < 20);  // 1, 1, 2, 4, ... 64, 64, ... slabs of 15 slots
    CHECK(memory.held() < 9 * alloy::MiB);
    for (void* p : all) memory.deallocate(p, 1024, 8);

    alloy::allocator<test::strict_upstream, alloy::budget::hard<5 * alloy::slab_bytes + 100>> bounded;
    all.clear();
    while (auto p = bounded.try_allocate(1024, 8)) all.push_back(*p);
    CHECK(all.size() == 5 * 15);
    for (void* p : all) bounded.deallocate(p, 1024, 8);
}

TEST_CASE("a fallback's memory serves the pool and the heap, and goes back to it", "[pool][heap][fallback]") {
    alloy::allocator<test::strict_upstream, test::chained> memory;
    memory.upstream().refuse_at = 1;
    memory.upstream().refuse_on = true;
    std::vector<void*> all;
    for (int i = 0; i < 100; ++i) {
        all.push_back(memory.allocate(500, 8));
        std::memset(all.back(), i, 500);
    }
    void* large = memory.allocate(5000, 64);
    std::memset(large, 1, 5000);
    CHECK(memory.upstream().live() == 0);
    CHECK(memory.fallback().provided >= 2);
    large = memory.reallocate(large, 5000, 9000, 64);
    CHECK(static_cast<unsigned char*>(large)[4999] == 1);
    memory.deallocate(large, 9000, 64);
    for (void* p : all) memory.deallocate(p, 500, 8);
    memory.trim();
    CHECK(memory.held() == 0);
    CHECK(memory.fallback().provided == memory.fallback().taken_back);
}

TEST_CASE("an allocator may stand on another one's memory", "[pool][upstream]") {
    alloy::allocator<on_pool> memory;
    {
        auto frame = memory.frame();
        frame.make_span<int>(100'000);
        auto small = memory.make_pooled<int>(1);
        auto large = memory.make_heap<char[]>(100);
        void* p = memory.allocate(2000, 8);
        std::memset(p, 5, 2000);
        p = memory.reallocate(p, 2000, 100'000, 8);
        CHECK(static_cast<char*>(p)[1999] == 5);
        p = memory.reallocate(p, 100'000, 1100, 8);
        p = memory.reallocate(p, 1100, 200, 8);
        CHECK(static_cast<char*>(p)[199] == 5);
        memory.deallocate(p, 200, 8);
        CHECK(memory.upstream().below.used() >= memory.held());
    }
    memory.trim();
    CHECK(memory.held() == 0);
    CHECK(memory.upstream().below.used() == 0);
}

TEMPLATE_LIST_TEST_CASE("an allocator that ends gives back what is still in use", "[pool][heap][fault-19]", test::pool_compositions) {
    // The upstream looks at its own end.
    int ends = 0;
    struct counted {
        int* ends;
        explicit counted(int& e) : ends(&e) {}
        ~counted() { ++*ends; }
    };
    {
        TestType memory;
        for (std::size_t i = 0; i < 100; ++i) REQUIRE(memory.allocate(i * 30, 8) != nullptr);
        ::new (memory.allocate(sizeof(counted), alignof(counted))) counted(ends);
        CHECK(memory.used() > 0);
    }
    CHECK(ends == 0);  // destructors are the handles' business
}

TEST_CASE("metrics count every object, whichever path it takes", "[pool][metrics]") {
    alloy::allocator<test::strict_upstream, alloy::tracking::metrics<alloy::metric::count, alloy::metric::requested>> memory;
    std::vector<void*> all;
    for (int i = 0; i < 1000; ++i) all.push_back(memory.allocate(24, 8));
    { auto large = memory.make_heap<char[]>(5000); }
    CHECK(memory.metrics().allocations == 1001);
    CHECK(memory.metrics().requested == 24 * 1000 + 5000);
    for (void* p : all) memory.deallocate(p, 24, 8);
}
