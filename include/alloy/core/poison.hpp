#pragma once
/// Tells AddressSanitizer which bytes of a block are handed out; nothing at all in other builds.
#include <cstddef>
#include <cstdint>

#include <alloy/core/abi.hpp>

#if ALLOY_DETAIL_ASAN
#include <sanitizer/asan_interface.h>
#endif

namespace alloy::inline ALLOY_ABI::detail {

#if ALLOY_DETAIL_ASAN
inline void poison(std::uintptr_t from, std::uintptr_t to) noexcept {
    if (from < to) __asan_poison_memory_region(reinterpret_cast<void*>(from), to - from);
}
inline void unpoison(std::uintptr_t from, std::size_t bytes) noexcept {
    __asan_unpoison_memory_region(reinterpret_cast<void*>(from), bytes);
}
#else
[[gnu::always_inline]] constexpr void poison(std::uintptr_t, std::uintptr_t) noexcept {}
[[gnu::always_inline]] constexpr void unpoison(std::uintptr_t, std::size_t) noexcept {}
#endif

}  // namespace alloy::detail
