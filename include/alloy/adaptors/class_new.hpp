#pragma once
/// A class whose objects `new` takes from an allocator: `struct particle : alloy::new_from<memory> {…};` with `mine memory;` a global.
///
/// `new` and `delete`, of one object or several, of any alignment, not throwing, in place, and through a base whose destructor is virtual: all that
/// derives from the class too. Memory goes back with the size of what was made, so no byte is kept for it.
/// Where there is no memory the fallback policy acts; if it returns, std::bad_alloc, or without exceptions the end. `new (std::nothrow)` gives null.
/// Cost: what the allocator costs, by a call where the size is not known. Choose it to move a class without a change where it is made.
/// Invariant: the allocator outlives the objects. Who may use the class at the same time is its threading policy's answer.
/// One bound: where the constructor of an over-aligned class, or behind `new (std::nothrow)`, makes more than 31 objects by such a new of this kind and
/// then throws, its own memory stays with the allocator, since the language says nobody how large it was.
#include <concepts>
#include <cstddef>
#include <new>

#include <alloy/adaptors/sized.hpp>
#include <alloy/core/raise.hpp>

namespace alloy::inline ALLOY_ABI {

namespace detail {
/// What the last calls of the new of over-aligned classes, and of `new (std::nothrow)`, gave on this thread. The delete that stands by for their
/// constructor to throw is told no size, so it is looked up here.
struct recent_news {
    static constexpr std::size_t kept = 32;
    struct entry {
        void* at;
        std::size_t bytes;
    };
    entry last[kept]{};
    std::size_t calls = 0;

    void remember(void* at, std::size_t bytes) noexcept { last[calls++ % kept] = {at, bytes}; }
    /// Bytes, or 0 where it was too long ago.
    std::size_t bytes_of(const void* at) const noexcept {
        for (std::size_t i = 1; i <= kept && i <= calls; ++i)
            if (last[(calls - i) % kept].at == at) return last[(calls - i) % kept].bytes;
        return 0;
    }
};
inline constinit thread_local recent_news recent{};

/// No object of so many bytes, and no array of such, needs more than this.
constexpr std::size_t natural_alignment(std::size_t bytes) noexcept {
    const std::size_t most = bytes & (0 - bytes);
    return most == 0 || most > __STDCPP_DEFAULT_NEW_ALIGNMENT__ ? __STDCPP_DEFAULT_NEW_ALIGNMENT__ : most;
}
}  // namespace detail

template <auto& Memory>
struct new_from {
    [[nodiscard]] static void* operator new(std::size_t bytes) { return take(bytes, detail::natural_alignment(bytes)); }
    [[nodiscard, gnu::always_inline]] static void* operator new(std::size_t bytes, std::align_val_t alignment) {
        return remembered(take(bytes, static_cast<std::size_t>(alignment)), bytes);
    }
    [[nodiscard]] static void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept { return try_take(bytes, detail::natural_alignment(bytes)); }
    [[nodiscard]] static void* operator new(std::size_t bytes, std::align_val_t alignment, const std::nothrow_t&) noexcept {
        return try_take(bytes, static_cast<std::size_t>(alignment));
    }
    [[nodiscard]] static void* operator new(std::size_t, void* at) noexcept { return at; }

    static void operator delete(void* at, std::size_t bytes) { give(at, bytes, detail::natural_alignment(bytes)); }
    static void operator delete(void* at, std::size_t bytes, std::align_val_t alignment) { give(at, bytes, static_cast<std::size_t>(alignment)); }
    // For constructors that throw. The first is a template, since a plain one would be taken for every other delete too, without a size; g++ would warn
    // of a template beside a new that is none, if it saw calls of them.
    template <std::same_as<std::align_val_t> Alignment>
    [[gnu::always_inline]] static void operator delete(void* at, Alignment alignment) noexcept {
        give_unmade(at, static_cast<std::size_t>(alignment));
    }
    static void operator delete(void* at, const std::nothrow_t&) noexcept { give_unmade(at, 0); }
    static void operator delete(void* at, std::align_val_t alignment, const std::nothrow_t&) noexcept { give_unmade(at, static_cast<std::size_t>(alignment)); }
    static void operator delete(void*, void*) noexcept {}

    [[nodiscard]] static void* operator new[](std::size_t bytes) { return operator new(bytes); }
    [[nodiscard, gnu::always_inline]] static void* operator new[](std::size_t bytes, std::align_val_t alignment) { return operator new(bytes, alignment); }
    [[nodiscard]] static void* operator new[](std::size_t bytes, const std::nothrow_t& no) noexcept { return operator new(bytes, no); }
    [[nodiscard]] static void* operator new[](std::size_t bytes, std::align_val_t alignment, const std::nothrow_t& no) noexcept {
        return operator new(bytes, alignment, no);
    }
    [[nodiscard]] static void* operator new[](std::size_t, void* at) noexcept { return at; }

    static void operator delete[](void* at, std::size_t bytes) { operator delete(at, bytes); }
    static void operator delete[](void* at, std::size_t bytes, std::align_val_t alignment) { operator delete(at, bytes, alignment); }
    template <std::same_as<std::align_val_t> Alignment>
    [[gnu::always_inline]] static void operator delete[](void* at, Alignment alignment) noexcept {
        give_unmade(at, static_cast<std::size_t>(alignment));
    }
    static void operator delete[](void* at, const std::nothrow_t& no) noexcept { operator delete(at, no); }
    static void operator delete[](void* at, std::align_val_t alignment, const std::nothrow_t& no) noexcept { operator delete(at, alignment, no); }
    static void operator delete[](void*, void*) noexcept {}

private:
    static constexpr auto& memory() noexcept { return detail::allocator_in(Memory); }
    [[gnu::always_inline]] static void* take(std::size_t bytes, std::size_t alignment) {
        if (void* const at = memory().allocate(bytes, alignment)) [[likely]] return at;
        detail::throw_or_die<std::bad_alloc>("new of a class ran out of memory");
    }
    static void* try_take(std::size_t bytes, std::size_t alignment) noexcept {
        return remembered(memory().try_allocate(bytes, alignment).value_or(nullptr), bytes);
    }
    static void* remembered(void* at, std::size_t bytes) noexcept {
        if (at) detail::recent.remember(at, bytes);
        return at;
    }
    [[gnu::always_inline]] static void give(void* at, std::size_t bytes, std::size_t alignment) { memory().deallocate(at, bytes, alignment); }
    /// The constructor threw. What it made meanwhile is remembered too; where that was too much, the memory stays with the allocator.
    static void give_unmade(void* at, std::size_t alignment) noexcept {
        const std::size_t bytes = detail::recent.bytes_of(at);
        if (bytes) memory().deallocate(at, bytes, alignment ? alignment : detail::natural_alignment(bytes));
    }
};

}  // namespace alloy
