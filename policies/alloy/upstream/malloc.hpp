#pragma once
/// The C library's malloc, aligned where that is asked, and its realloc, which may grow memory where it stands.
///
/// Cost: what malloc costs. Choose it where operator new is itself made of an Alloy allocator, and for heaps that resize much.
#include <cstddef>
#include <cstdlib>

#include <alloy/contracts/upstream.hpp>

namespace alloy::upstream {

struct malloc {
    using axis = upstream::axis;
    static constexpr bool gives = true, is_stateless = true, reserves = false, reallocates = true;
    static constexpr std::size_t granularity = 16;

    static void* allocate(std::size_t bytes, std::size_t alignment) noexcept {
        if (alignment <= alignof(std::max_align_t)) return std::malloc(bytes);
        return std::aligned_alloc(alignment, bytes > max_bytes - alignment ? bytes : round_up(bytes, alignment));
    }
    static void deallocate(void* at, std::size_t, std::size_t) noexcept { std::free(at); }
    static void* reallocate(void* at, std::size_t, std::size_t bytes) noexcept { return std::realloc(at, bytes); }
};

}  // namespace alloy::upstream
