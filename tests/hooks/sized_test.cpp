// Blocks that know their own size: alignment, contents, refusals, and that all of it goes back by pointer alone.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <vector>

#include <alloy/adaptors/sized.hpp>
#include <alloy/allocator.hpp>
#include <alloy/checking/guarded.hpp>
#include <alloy/policies.hpp>

#include "../support/catch.hpp"
#include "../support/upstreams.hpp"

namespace {

using strict = alloy::allocator<test::strict_upstream>;
using fallible = alloy::allocator<test::strict_upstream, alloy::fallback::null>;

using guarded = alloy::allocator<test::strict_upstream, alloy::checking::guarded<>>;  // ends the program at a wrong size

constinit alloy::allocator<> global;
constinit alloy::never_destroyed<alloy::allocator<>> lasting;

bool is_filled(const void* p, int value, std::size_t bytes) {
    const auto* bytes_of = static_cast<const unsigned char*>(p);
    for (std::size_t i = 0; i < bytes; ++i)
        if (bytes_of[i] != static_cast<unsigned char>(value)) return false;
    return true;
}

}  // namespace

TEMPLATE_TEST_CASE("blocks know their size and keep their alignment", "[sized]", strict, fallible, guarded, alloy::allocator<alloy::upstream::malloc>,
                   alloy::allocator<alloy::upstream::pages<>>, alloy::allocator<alloy::threading::spin_locked>) {
    TestType memory;
    const alloy::sized blocks{memory};
    std::vector<void*> all;
    int value = 0;
    for (std::size_t alignment = 1; alignment <= 4096; alignment *= 2) {
        for (std::size_t bytes : std::initializer_list<std::size_t>{0, 1, 7, 8, 9, 500, 1000, 1008, 1016, 1024, 1025, 5000, 100000}) {
            void* p = blocks.allocate(bytes, alignment);
            REQUIRE(p);
            REQUIRE(alloy::address(p) % (alignment < 8 ? 8 : alignment) == 0);
            REQUIRE(blocks.size(p) == bytes);
            std::memset(p, ++value, bytes);
            all.push_back(p);
        }
    }
    value = 0;
    for (void*& p : all) {
        const std::size_t before = blocks.size(p), alignment = alloy::detail::sized_word::of(p).alignment();
        ++value;
        REQUIRE(is_filled(p, value, before));
        for (std::size_t bytes : {before + 24, before * 3, before / 2, before}) {
            const std::size_t kept = std::min(before / 2, bytes);
            p = blocks.resize(p, bytes);
            REQUIRE(p);
            REQUIRE(blocks.size(p) == bytes);
            REQUIRE(alloy::address(p) % alignment == 0);
            REQUIRE(is_filled(p, value, kept));
            std::memset(p, value, bytes);
        }
        blocks.release(p);
    }
    blocks.release(nullptr);
    REQUIRE(blocks.size(nullptr) == 0);
    REQUIRE(memory.used() == 0);
}

TEMPLATE_TEST_CASE("a block that there is no memory for is null, and a shrinking one stays", "[sized]", strict, fallible, guarded) {
    TestType memory;
    const alloy::sized blocks{memory};
    REQUIRE(blocks.allocate(SIZE_MAX) == nullptr);
    REQUIRE(blocks.allocate(SIZE_MAX >> 7) == nullptr);
    REQUIRE(blocks.allocate(8, 24) == nullptr);
    for (std::size_t bytes : std::initializer_list<std::size_t>{40, 900, 5000}) {
        void* p = blocks.allocate(bytes);
        REQUIRE(p);
        std::memset(p, 5, bytes);
        memory.upstream().refuse_at = memory.upstream().requests + 1;
        memory.upstream().refuse_on = true;
        REQUIRE(blocks.allocate(200000) == nullptr);
        REQUIRE(blocks.resize(p, 200000) == nullptr);
        REQUIRE(blocks.resize(p, SIZE_MAX) == nullptr);
        REQUIRE(blocks.size(p) == bytes);
        REQUIRE(is_filled(p, 5, bytes));
        p = blocks.resize(p, bytes / 4);
        REQUIRE(p);
        REQUIRE(blocks.size(p) == bytes / 4);
        REQUIRE(is_filled(p, 5, bytes / 4));
        memory.upstream().refuse_at = 0;
        blocks.release(p);
        REQUIRE(memory.used() == 0);
    }
}

TEMPLATE_TEST_CASE_SIG("plain functions reach a global allocator", "[sized]", ((int Which), Which), 0, 1) {
    auto& memory = [&]() -> alloy::allocator<>& {
        if constexpr (Which == 0) return global;
        else return *lasting;
    }();
    const auto use = [&](auto functions) {
        void* p = functions.allocate(100);
        REQUIRE(p);
        std::memset(p, 7, 100);
        REQUIRE(memory.used() >= 100);
        p = functions.resize(p, 3000);
        REQUIRE(is_filled(p, 7, 100));
        p = functions.resize(p, 0);
        REQUIRE(p);
        functions.release(p);
        p = functions.resize(nullptr, 10);
        REQUIRE(p);
        functions.release(p);
        functions.release(nullptr);
        REQUIRE(memory.used() == 0);
        memory.trim();
        REQUIRE(memory.held() == 0);
    };
    if constexpr (Which == 0) use(alloy::sized_functions<global>{});
    else use(alloy::sized_functions<lasting>{});
}
