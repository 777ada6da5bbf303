#pragma once
/// The free range of an arena: a cursor that moves up to a limit.
#include <cstddef>
#include <cstdint>

#include <alloy/core/block.hpp>
#include <alloy/core/layout.hpp>
#include <alloy/core/poison.hpp>

namespace alloy {

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

    /// Moves the cursor past `Bytes` at a multiple of `Alignment`, both known while compiling; null where they do not fit.
    template <std::size_t Bytes, std::size_t Alignment>
    [[gnu::always_inline]] void* bump() noexcept {
        if constexpr (Bytes > 256 * 1024 || Alignment > 4096) {
            return bump(Bytes, Alignment);
        } else {
            constexpr std::size_t step = round_up(Bytes, quantum);
            std::uintptr_t at = cursor;
            if constexpr (Alignment > quantum) at = round_up(at, Alignment);
            const std::uintptr_t next = at + step;  // a sane constant cannot wrap: one sum for compare and store
            if (next > limit) [[unlikely]] return nullptr;
            cursor = next;
            if (at == 0) __builtin_unreachable();  // so that no caller tests the fast path for null
            detail::unpoison(at, Bytes);
            return pointer(at);
        }
    }
    /// The same for sizes known at run time. Never wraps; an alignment that is no power of two is refused. Precondition: bytes > 0.
    [[gnu::always_inline]] void* bump(std::size_t bytes, std::size_t alignment) noexcept {
        const std::uintptr_t at = cursor;
        const bool small = __builtin_constant_p(alignment <= quantum) && alignment <= quantum;  // the cursor is aligned so already
        const std::size_t pad = small ? 0 : padding(at, alignment), free = limit - at;
        if ((alignment & (alignment - 1)) != 0 || bytes > free || pad > free - bytes) [[unlikely]] return nullptr;
        cursor = at + pad + round_up(bytes, quantum);
        if (at + pad == 0) __builtin_unreachable();
        detail::unpoison(at + pad, bytes);
        return pointer(at + pad);
    }
};

}  // namespace alloy
