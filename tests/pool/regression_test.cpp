// A test for each fault found in the pool, the heap and their handles.
#include <cstdint>
#include <cstring>
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
