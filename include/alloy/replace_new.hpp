#pragma once
/// Every `new` and `delete` of a program from an Alloy allocator. Included in exactly one source file, behind a function that names it:
///
///     struct program_allocator : alloy::allocator<alloy::threading::spin_locked, alloy::upstream::malloc> {};
///     constinit alloy::never_destroyed<program_allocator> program;
///     inline auto& program_memory() { return *program; }
///     #include <alloy/replace_new.hpp>
///
/// It defines all replaceable operator new and operator delete: plain, arrays, not throwing, aligned, sized. Where there is no memory the new handler is
/// called until there is some or there is no handler; then std::bad_alloc, null, or without exceptions the program's end. The fallback policy is not asked.
/// Works before main and after the destructors of statics, since the allocator is there from the first to the last instruction.
/// Cost: 16 bytes in front of each object (its alignment, where that is more), since most deletes say no size; the threading policy's lock.
/// Choose it to see or bound what a whole program allocates: `program_memory().used()`. For one class there is <alloy/adaptors/class_new.hpp>.
/// Invariant: nothing that the allocator calls may use new: neither its upstream nor what its policies call. A std::pmr resource as upstream may not stand
/// on new_delete_resource(), which is the default one.
#include <cstddef>
#include <new>
#include <type_traits>

#include <alloy/adaptors/sized.hpp>
#include <alloy/contracts/threading.hpp>
#include <alloy/contracts/upstream.hpp>
#include <alloy/core/raise.hpp>

namespace alloy::inline ALLOY_ABI::detail {

/// What `::program_memory()` is where the user has none: the user's comes first, as it is declared in the global namespace itself.
struct no_program_memory {};
inline constexpr no_program_memory nothing_for_new{};
namespace if_not_declared {
template <class = void>
constexpr const no_program_memory& program_memory() noexcept {
    return nothing_for_new;
}
}  // namespace if_not_declared

/// Asks in order; only the first "no" speaks.
template <class Memory>
consteval bool can_replace_new() {
    constexpr bool is_declared = !std::is_same_v<std::remove_const_t<Memory>, no_program_memory>;
    if constexpr (!is_declared) {
        static_assert(is_declared, "alloy: replace_new.hpp does not find the program's allocator; declare program_memory() before including it");
        return false;
    } else {
        using allocator = std::remove_reference_t<decltype(allocator_in(std::declval<Memory&>()))>;
        constexpr bool calls_itself = std::is_same_v<typename allocator::upstream_type, upstream::new_delete>;
        constexpr bool is_concurrent = allocator::threading_type::sharing != sharing::one_thread;
        if constexpr (calls_itself) {
            static_assert(!calls_itself, "alloy: upstream::new_delete cannot give memory to operator new, which it calls; add upstream::malloc or pages<>");
            return false;
        } else if constexpr (!is_concurrent) {
            static_assert(is_concurrent, "alloy: operator new is called by every thread; add threading::spin_locked or threading::locked<Mutex>");
            return false;
        } else {
            return true;
        }
    }
}

template <class Memory>
struct replaced_new {
    /// Null where there is no memory and no new handler. What the handler throws goes on.
    static void* take(Memory& memory, std::size_t bytes, std::size_t alignment) {
        if constexpr (can_replace_new<Memory>()) {
            for (;;) {
                if (void* const at = sized(allocator_in(memory)).allocate(bytes, alignment)) [[likely]] return at;
                const std::new_handler handler = std::get_new_handler();
                if (!handler) return nullptr;
                handler();
            }
        }
        return nullptr;
    }
    static void* take_or_throw(Memory& memory, std::size_t bytes, std::size_t alignment) {
        if (void* const at = take(memory, bytes, alignment)) [[likely]] return at;
        throw_or_die<std::bad_alloc>("operator new ran out of memory");
    }
    static void* try_take(Memory& memory, std::size_t bytes, std::size_t alignment) noexcept {
#if ALLOY_DETAIL_EXCEPTIONS
        try {
            return take(memory, bytes, alignment);
        } catch (...) {
            return nullptr;
        }
#else
        return take(memory, bytes, alignment);
#endif
    }
    static void give(Memory& memory, void* at) noexcept {
        if constexpr (!std::is_same_v<std::remove_const_t<Memory>, no_program_memory>) sized(allocator_in(memory)).release(at);
    }
};

}  // namespace alloy

using namespace alloy::detail::if_not_declared;  // here, so that the user's function in the global namespace itself is found before it

namespace alloy::inline ALLOY_ABI::detail {
using program_new = replaced_new<std::remove_reference_t<decltype(::program_memory())>>;
inline constexpr std::size_t plain_alignment = __STDCPP_DEFAULT_NEW_ALIGNMENT__;
}  // namespace alloy

void* operator new(std::size_t bytes) {
    return alloy::detail::program_new::take_or_throw(::program_memory(), bytes, alloy::detail::plain_alignment);
}
void* operator new[](std::size_t bytes) {
    return alloy::detail::program_new::take_or_throw(::program_memory(), bytes, alloy::detail::plain_alignment);
}
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
    return alloy::detail::program_new::try_take(::program_memory(), bytes, alloy::detail::plain_alignment);
}
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept {
    return alloy::detail::program_new::try_take(::program_memory(), bytes, alloy::detail::plain_alignment);
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
    return alloy::detail::program_new::take_or_throw(::program_memory(), bytes, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t bytes, std::align_val_t alignment) {
    return alloy::detail::program_new::take_or_throw(::program_memory(), bytes, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t bytes, std::align_val_t alignment, const std::nothrow_t&) noexcept {
    return alloy::detail::program_new::try_take(::program_memory(), bytes, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t bytes, std::align_val_t alignment, const std::nothrow_t&) noexcept {
    return alloy::detail::program_new::try_take(::program_memory(), bytes, static_cast<std::size_t>(alignment));
}

// One object may be deleted with its size here and without it there, so every delete reads what stands in front of the object.
void operator delete(void* at) noexcept { alloy::detail::program_new::give(::program_memory(), at); }
void operator delete[](void* at) noexcept { alloy::detail::program_new::give(::program_memory(), at); }
void operator delete(void* at, std::size_t) noexcept { alloy::detail::program_new::give(::program_memory(), at); }
void operator delete[](void* at, std::size_t) noexcept { alloy::detail::program_new::give(::program_memory(), at); }
void operator delete(void* at, std::align_val_t) noexcept { alloy::detail::program_new::give(::program_memory(), at); }
void operator delete[](void* at, std::align_val_t) noexcept { alloy::detail::program_new::give(::program_memory(), at); }
void operator delete(void* at, std::size_t, std::align_val_t) noexcept { alloy::detail::program_new::give(::program_memory(), at); }
void operator delete[](void* at, std::size_t, std::align_val_t) noexcept { alloy::detail::program_new::give(::program_memory(), at); }
void operator delete(void* at, const std::nothrow_t&) noexcept { alloy::detail::program_new::give(::program_memory(), at); }
void operator delete[](void* at, const std::nothrow_t&) noexcept { alloy::detail::program_new::give(::program_memory(), at); }
void operator delete(void* at, std::align_val_t, const std::nothrow_t&) noexcept { alloy::detail::program_new::give(::program_memory(), at); }
void operator delete[](void* at, std::align_val_t, const std::nothrow_t&) noexcept { alloy::detail::program_new::give(::program_memory(), at); }
