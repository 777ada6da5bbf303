#pragma once
/// Coroutine frames in an allocator's pool and heap: `struct promise_type : alloy::allocated_by<mine> {…};`.
///
/// The allocator is an argument of the coroutine: what stands behind std::allocator_arg, else the first argument that is a `mine`. So
/// `generator count(mine& memory, int n)` and `task scene::load(std::allocator_arg_t, mine& memory)` need nothing more; arguments of the call
/// are what counts, a coroutine's `this` included. One without such an argument does not compile.
/// Cost: a word behind the frame, which says whose it is. The frame goes back with its exact size, on the thread that destroys it.
/// Choose `try_allocated_by` where the promise has get_return_object_on_allocation_failure: that is what the caller gets where there is no memory.
/// Invariant: the allocator outlives the frame. Frames are aligned to 16 bytes, as compilers ask of them.
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <type_traits>

#include <alloy/core/layout.hpp>
#include <alloy/core/raise.hpp>

namespace alloy::inline ALLOY_ABI {

namespace detail {
template <class A, class Argument>
inline constexpr bool is_memory_of = std::is_base_of_v<typename A::allocator_type, Argument>;

/// Which of the arguments is the allocator; their count where none is.
template <class A, class... Arguments>
consteval std::size_t index_of_memory() {
    constexpr std::size_t count = sizeof...(Arguments);
    constexpr bool is_memory[]{is_memory_of<A, std::remove_cvref_t<Arguments>>..., false};
    constexpr bool is_tag[]{std::is_same_v<std::remove_cvref_t<Arguments>, std::allocator_arg_t>..., false};
    for (std::size_t i = 0; i + 1 < count; ++i)
        if (is_tag[i] && is_memory[i + 1]) return i + 1;
    std::size_t i = 0;
    while (i < count && !is_memory[i]) ++i;
    return i;
}
template <std::size_t Index, class First, class... Rest>
auto& argument(First& first, Rest&... rest) noexcept {
    if constexpr (Index == 0)
        return first;
    else
        return detail::argument<Index - 1>(rest...);
}

/// A coroutine's frame with a word behind it.
template <class A>
struct coroutine_frame {
    using allocator_type = typename A::allocator_type;
    static constexpr std::size_t where(std::size_t bytes) noexcept { return round_up(bytes, alignof(void*)); }
    static constexpr std::size_t whole(std::size_t bytes) noexcept { return where(bytes) + sizeof(void*); }

    template <bool Try, class... Arguments>
    static void* take(std::size_t bytes, Arguments&... arguments) noexcept(Try) {
        constexpr std::size_t index = index_of_memory<A, Arguments...>();
        if constexpr (index == sizeof...(Arguments)) {
            static_assert(index != sizeof...(Arguments), "alloy: a coroutine whose promise is allocated_by<A> has no argument that is an A; pass it A&");
            return nullptr;
        } else {
            allocator_type& memory = detail::argument<index>(arguments...);
            void* at = nullptr;
            if constexpr (Try)
                at = memory.try_allocate(whole(bytes), __STDCPP_DEFAULT_NEW_ALIGNMENT__).value_or(nullptr);
            else
                at = memory.allocate(whole(bytes), __STDCPP_DEFAULT_NEW_ALIGNMENT__);
            if (at) {
                allocator_type* const home = &memory;
                std::memcpy(static_cast<std::byte*>(at) + where(bytes), &home, sizeof home);
            }
            return at;
        }
    }
    static void give(void* at, std::size_t bytes) noexcept(!allocator_type::deallocate_throws) {
        allocator_type* home;
        std::memcpy(&home, static_cast<std::byte*>(at) + where(bytes), sizeof home);
        home->deallocate(at, whole(bytes), __STDCPP_DEFAULT_NEW_ALIGNMENT__);
    }
};
}  // namespace detail

// In place, since g++ warns of a delete that is no template behind a new that is one, where it sees calls of them.

/// A base of promise types. Where there is no memory the fallback policy acts; if it returns, std::bad_alloc, or without exceptions the end.
template <class A>
struct allocated_by {
    template <class... Arguments>
    [[nodiscard, gnu::always_inline]] static void* operator new(std::size_t bytes, Arguments&... arguments) {
        if (void* const at = detail::coroutine_frame<A>::template take<false>(bytes, arguments...)) [[likely]] return at;
        detail::throw_or_die<std::bad_alloc>("there was no memory for a coroutine");
    }
    [[gnu::always_inline]] static void operator delete(void* at, std::size_t bytes) { detail::coroutine_frame<A>::give(at, bytes); }
};

/// The same for promises that have get_return_object_on_allocation_failure.
template <class A>
struct try_allocated_by {
    template <class... Arguments>
    [[nodiscard, gnu::always_inline]] static void* operator new(std::size_t bytes, Arguments&... arguments) noexcept {
        return detail::coroutine_frame<A>::template take<true>(bytes, arguments...);
    }
    [[gnu::always_inline]] static void operator delete(void* at, std::size_t bytes) { detail::coroutine_frame<A>::give(at, bytes); }
};

}  // namespace alloy
