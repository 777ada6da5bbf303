#pragma once
/// The free range of an arena: a cursor that moves up to a limit.
#include <cstddef>
#include <cstdint>

#include <alloy/core/block.hpp>
#include <alloy/core/layout.hpp>
#include <alloy/core/poison.hpp>

namespace alloy::inline ALLOY_ABI {

/// Cursor and limit are what an allocation reads. The other two are read at boundaries alone: `settled` is the cursor when
/// its bytes were last attributed, `end` where the memory ends when a budget has moved the limit nearer.
/// Invariant: settled <= cursor <= limit <= end, all multiples of the quantum; all zero when empty.
struct window {
    std::uintptr_t cursor = 0;
    std::uintptr_t limit = 0;
    std::uintptr_t settled = 0;
    std::uintptr_t end = 0;

    /// The whole of a block.
    static window of(const block& b) noexcept {
        return {b.begin(), round_down(b.end(), quantum), b.begin(), round_down(b.end(), quantum)};
    }
    /// What is still free of it, nothing attributed yet.
    window rest() const noexcept { return {cursor, limit, cursor, end}; }

    std::size_t unsettled() const noexcept { return cursor - settled; }
    std::size_t room() const noexcept { return limit - cursor; }

    /// Moves the cursor past `Bytes` at a multiple of `Alignment`, both known while compiling, and says in `to` where they lie; false where they
    /// do not fit. (A null pointer would say it too, but compilers then test the fast path for it.)
    template <std::size_t Bytes, std::size_t Alignment>
    [[gnu::always_inline]] bool bump(void*& to) noexcept {
        if constexpr (Bytes > 256 * 1024 || Alignment > 4096) {
            return bump(Bytes, Alignment, to);
        } else {
            constexpr std::size_t step = round_up(Bytes, quantum);
            std::uintptr_t at = cursor;
            if constexpr (Alignment > quantum) at = round_up(at, Alignment);
            const std::uintptr_t next = at + step;  // a sane constant cannot wrap: one sum for compare and store
            if (next > limit) [[unlikely]] return false;
            cursor = next;
            detail::unpoison(at, Bytes);
            to = some_pointer(at);
            return true;
        }
    }
    /// The same for sizes known at run time. Never wraps; zero bytes and an alignment that is no power of two are refused, for the slow path to judge.
    [[gnu::always_inline]] bool bump(std::size_t bytes, std::size_t alignment, void*& to) noexcept {
        const std::uintptr_t at = cursor;
        std::size_t pad = padding(at, alignment);
        if (__builtin_constant_p(alignment) && is_power_of_two(alignment) && alignment <= quantum) pad = 0;  // the cursor is aligned so already
        const std::size_t free = limit - at;
        if ((alignment & (alignment - 1)) != 0 || bytes - 1 >= free || pad > free - bytes) [[unlikely]] return false;
        cursor = at + pad + round_up(bytes, quantum);
        detail::unpoison(at + pad, bytes);
        to = some_pointer(at + pad);
        return true;
    }
};

}  // namespace alloy
