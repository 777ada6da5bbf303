#pragma once
/// The sizes of the pool's slots: every 8 bytes up to 128, then eight to each doubling, up to 1 KiB.
///
/// Waste: at most 7 bytes up to 128, at most an eighth of the slot above (10.9 %, met by 513 bytes in 576).
/// Invariant: a multiple of an alignment is a class itself, or the next class is a multiple too; so a slot of the class that a rounded size finds is
/// aligned wherever the slab's first slot is.
#include <array>
#include <cstddef>
#include <cstdint>

#include <alloy/core/layout.hpp>

namespace alloy::inline ALLOY_ABI {

/// Bytes of the largest slot: what is larger goes to the heap.
inline constexpr std::size_t largest_slot = 1024;

namespace size_class {

inline constexpr std::size_t count = 40;

/// Bytes of a slot of class i.
constexpr std::size_t bytes(std::size_t i) noexcept {
    if (i < 16) return (i + 1) * quantum;
    const std::size_t doubling = (i - 16) / 8, step = std::size_t{16} << doubling;
    return (std::size_t{128} << doubling) + ((i - 16) % 8 + 1) * step;
}
inline constexpr auto table = [] {
    std::array<std::uint8_t, largest_slot / quantum + 1> classes{};
    std::size_t i = 0;
    for (std::size_t n = 0; n < classes.size(); ++n) {
        while (bytes(i) < n * quantum) ++i;
        classes[n] = static_cast<std::uint8_t>(i);
    }
    return classes;
}();
/// Whether so many bytes so aligned have a class.
constexpr bool fits(std::size_t bytes, std::size_t alignment) noexcept {
    return bytes <= largest_slot && alignment <= largest_slot && is_power_of_two(alignment);
}
/// The class of the smallest slot for so many bytes so aligned. Precondition: fits(bytes, alignment).
constexpr std::size_t of(std::size_t bytes, std::size_t alignment) noexcept {
    return table[(round_up(bytes, alignment > quantum ? alignment : quantum)) / quantum];
}
/// The same where bytes may be none: they are of the smallest class, as one byte is, which only a larger alignment would not see.
[[gnu::always_inline]] constexpr std::size_t of_any(std::size_t bytes, std::size_t alignment) noexcept {
    return of(bytes + (bytes == 0 && alignment > quantum), alignment);
}
/// The largest power of two that all slots of a class are aligned to.
constexpr std::size_t alignment(std::size_t i) noexcept { return bytes(i) & (0 - bytes(i)); }

}  // namespace size_class
}  // namespace alloy
