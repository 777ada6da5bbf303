#pragma once
/// The arithmetic of sizes and addresses, none of which can wrap unseen.
#include <cstddef>
#include <cstdint>

#include <alloy/core/abi.hpp>

namespace alloy::inline ALLOY_ABI {

/// Every cursor stays at a multiple of this many bytes, so types aligned to it or less need no rounding at run time.
inline constexpr std::size_t quantum = 8;

/// No object is larger than this; a request beyond it is refused before upstream is asked.
inline constexpr std::size_t max_bytes = PTRDIFF_MAX;

constexpr bool is_power_of_two(std::size_t n) noexcept { return n != 0 && (n & (n - 1)) == 0; }

/// The next multiple of a power of two. Precondition: bytes <= max_bytes.
constexpr std::size_t round_up(std::size_t bytes, std::size_t to) noexcept { return (bytes + (to - 1)) & ~(to - 1); }
constexpr std::size_t round_down(std::size_t bytes, std::size_t to) noexcept { return bytes & ~(to - 1); }

/// Bytes from an address to the next multiple of a power of two; cannot wrap.
constexpr std::size_t padding(std::uintptr_t at, std::size_t alignment) noexcept { return (0 - at) & (alignment - 1); }

/// count * each, or SIZE_MAX, which every request refuses, where the product does not fit.
constexpr std::size_t array_bytes(std::size_t count, std::size_t each) noexcept {
    return count > max_bytes / each ? SIZE_MAX : count * each;
}

[[gnu::always_inline]] inline std::uintptr_t address(const void* p) noexcept { return reinterpret_cast<std::uintptr_t>(p); }
[[gnu::always_inline]] inline void* pointer(std::uintptr_t at) noexcept { return reinterpret_cast<void*>(at); }
/// The same of an address that is not 0, which callers who look then need not test. Precondition: at != 0.
[[gnu::always_inline]] inline void* some_pointer(std::uintptr_t at) noexcept {
#if defined(__clang__)
    __builtin_assume(at != 0);
#else
    if (at == 0) __builtin_unreachable();
#endif
    return reinterpret_cast<void*>(at);
}

}  // namespace alloy
