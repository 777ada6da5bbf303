#pragma once
/// What was freed is overwritten with zeros at once: secrets do not outlive their object or frame.
///
/// Cost: a store per byte used, at the end of each frame and at each free, by a call. Choose it for keys and personal data.
/// What `resize_last` cut off is overwritten with the rest of its frame only if something was allocated over it; a whole object that is larger than the pool's slots is
/// copied when it is resized, since upstream would leave the old bytes behind. Under AddressSanitizer, which marks free memory itself, nothing is wiped.
/// Invariant: the compiler cannot see that nobody reads the zeros, so it keeps the stores.
#include <cstddef>
#include <cstring>

#include <alloy/contracts/checking.hpp>

namespace alloy::checking {

struct wiped {
    using axis = checking::axis;
    static constexpr bool poisons = true, guards = false, reports = false, throws = false;
    static void on_free(void* at, std::size_t bytes) noexcept {
        std::memset(at, 0, bytes);
        asm volatile("" : : "r"(at) : "memory");
    }
    static constexpr void on_reuse(void*, std::size_t, const char*) noexcept {}
};

}  // namespace alloy::checking
