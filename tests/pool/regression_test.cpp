// A test for each fault found in the pool, the heap and their handles.
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <utility>
#include <vector>

#include "../support/catch.hpp"
#include "../support/compositions.hpp"

TEST_CASE("empty slabs serve another size before a request is refused, though their region is in use", "[regression][pool][budget]") {
    alloy::allocator<test::strict_upstream, alloy::budget::hard<64 * alloy::KiB>> memory;
    std::vector<void*> small;
    for (;;) {
        auto p = memory.try_allocate(16, 8);
        if (!p) break;
        small.push_back(*p);
    }
    REQUIRE(memory.held() == 64 * alloy::KiB);
    const std::size_t regions = memory.blocks(), slabs = memory.held() / alloy::slab_bytes;
    REQUIRE(regions < slabs);  // so that one object can keep several slabs
    // One object in the first slab of each region stays; all others are freed.
    std::vector<void*> kept;
    for (void* p : small) {
        const alloy::slab& of = alloy::slab::of(p);
        if (of.region == &of && reinterpret_cast<std::uintptr_t>(p) == of.slot_at(0))
            kept.push_back(p);
        else
            memory.deallocate(p, 16, 8);
    }
    REQUIRE(kept.size() == regions);
    const auto other = memory.try_allocate(1000, 8);
    CHECK(other.has_value());
    CHECK(memory.held() <= 64 * alloy::KiB);
    if (other) memory.deallocate(*other, 1000, 8);
    for (void* p : kept) memory.deallocate(p, 16, 8);
}

TEST_CASE("an object that shrank where there was no memory goes back to slots of its own size", "[regression][pool][fault-44]") {
    // Slots of 24 bytes are not all aligned to 16; once one of them is called 16 bytes, nobody who asks for 16 aligned to 16 may get it.
    alloy::allocator<test::strict_upstream, alloy::lifetime::pool> memory;
    std::vector<void*> slots;
    for (int i = 0; i < 10; ++i) slots.push_back(memory.allocate(24, 8));
    const std::size_t used = memory.used();
    memory.upstream().refuse_at = 1;
    memory.upstream().refuse_on = true;
    for (void*& p : slots) {
        std::memset(p, 7, 24);
        p = memory.reallocate(p, 24, 16, 8);
        p = memory.reallocate(p, 16, 12, 8);
    }
    CHECK(memory.used() == used);
    for (void* p : slots) {
        CHECK(*static_cast<unsigned char*>(p) == 7);
        memory.deallocate(p, 12, 8);
    }
    CHECK(memory.used() == 0);
    memory.upstream().refuse_at = 0;
    for (void*& p : slots) {
        p = memory.allocate(16, 16);
        CHECK(reinterpret_cast<std::uintptr_t>(p) % 16 == 0);
    }
    for (void* p : slots) memory.deallocate(p, 16, 16);
}

TEST_CASE("a budget of used bytes and used() agree on an object that shrank where there was no memory", "[regression][pool][budget][fault-44]") {
    alloy::allocator<test::strict_upstream, test::three_tags, test::physics_budget<4096>> memory;
    auto physics = memory.tag<"physics">();
    void* pooled = memory.allocate(1000, 8);
    void* large = memory.allocate(2000, 8);
    memory.upstream().refuse_at = 1;
    memory.upstream().refuse_on = true;
    pooled = memory.reallocate(pooled, 1000, 20, 8);
    large = memory.reallocate(large, 2000, 20, 8);
    CHECK(memory.usage_under_bound(0).used == memory.used());
    memory.deallocate(pooled, 20, 8);
    memory.deallocate(large, 20, 8);
    CHECK(memory.usage_under_bound(0).used == 0);
    CHECK(memory.used() == 0);
}

TEST_CASE("an object that grows where it stands is charged to its own tag", "[regression][heap][budget]") {
    alloy::allocator<alloy::upstream::malloc, test::three_tags, test::physics_budget<8192>> memory;
    void* p;
    {
        auto physics = memory.tag<"physics">();
        p = memory.allocate(4000, 8);
    }
    auto grown = memory.try_reallocate(p, 4000, 20'000, 8);  // by whatever way, physics holds no more than it may
    REQUIRE(grown.has_value());
    CHECK(memory.usage_under_bound(0).used <= 8192);
    memory.deallocate(*grown, 20'000, 8);
    CHECK(memory.usage_under_bound(0).used == 0);
}

TEST_CASE("idle memory goes back before an object may not grow where it stands", "[regression][heap][budget]") {
    alloy::allocator<alloy::upstream::malloc, alloy::budget::hard<100'000>> memory;
    void* p = memory.allocate(60'000, 8);
    memory.deallocate(memory.allocate(100, 8), 100, 8);  // a slab, idle now
    auto grown = memory.try_reallocate(p, 60'000, 90'000, 8);
    REQUIRE(grown.has_value());
    CHECK(memory.held() <= 100'000);
    memory.deallocate(*grown, 90'000, 8);
}

namespace {
/// Says no, or throws, where it is told to.
struct moody_guard : test::fenced {
    static constexpr bool throws = true;
    bool on_release(const alloy::object_note& freed) {
        if (throws_next) throw std::runtime_error("misuse");
        return !refuses_next && test::fenced::on_release(freed);
    }
    bool throws_next = false, refuses_next = false;
};
}  // namespace

TEST_CASE("a checking policy that throws or refuses a reallocation leaves all as it was", "[regression][heap][pool][checking]") {
    alloy::allocator<test::strict_upstream, moody_guard> memory;
    for (std::size_t from : {0u, 100u, 3000u}) {
        void* p = memory.allocate(from, 8);
        const std::size_t used = memory.used(), objects = memory.checking().objects;
        for (std::size_t to : {0u, 50u, 500u, 9000u}) {
            memory.checking().throws_next = true;
            CHECK_THROWS_AS(memory.reallocate(p, from, to, 8), std::runtime_error);
            CHECK_THROWS_AS(memory.try_reallocate(p, from, to, 8), std::runtime_error);
            memory.checking().throws_next = false;
            memory.checking().refuses_next = true;
            CHECK(memory.try_reallocate(p, from, to, 8).has_value() == (to <= from));
            memory.checking().refuses_next = false;
            CHECK(memory.used() == used);
            CHECK(memory.checking().objects == objects);
        }
        memory.upstream().refuse_at = 1;
        memory.upstream().refuse_on = true;
        CHECK_FALSE(memory.try_reallocate(p, from, 9000, 8).has_value());
        p = memory.reallocate(p, from, from / 2, 8);
        memory.upstream().refuse_at = 0;
        CHECK(memory.checking().objects == objects);
        memory.deallocate(p, from / 2, 8);
        CHECK(memory.checking().broken == 0);
        CHECK(memory.used() == 0);
    }
}
