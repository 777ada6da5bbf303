#pragma once
/// Axis upstream: who gives blocks?
///
/// Contract, for a policy P and an object p of it; all sizes in bytes:
/// | expression | result | meaning |
/// |---|---|---|
/// | `P::gives` | bool, constant | whether it gives anything at all; then: |
/// | `p.allocate(bytes, alignment)` | void*, noexcept | memory so aligned, or null; alignment is a power of two |
/// | `p.deallocate(at, bytes, alignment)` | noexcept | gets each block back with exactly its pointer, size and alignment |
/// | `P::granularity` | size_t, constant | sizes are rounded up to a multiple of this power of two, since less would be wasted |
/// | `P::is_stateless` | bool, constant | whether any object of P may take back what another gave |
/// | `P::reserves` | bool, constant | whether it gives address space that is committed on touch; then: |
/// | `p.reserve(bytes)` | void*, noexcept | address space or null; returned by `deallocate` |
/// | `p.decommit(at, bytes)` | noexcept | gives the memory behind whole granules back, keeps the addresses |
/// | `P::reallocates` | bool, constant | whether it can change the size of what it gave; then: |
/// | `p.reallocate(at, bytes, new_bytes)` | void*, noexcept | the same memory with another size, bytes kept up to the smaller, perhaps elsewhere, aligned to 16; null: nothing has changed |
///
/// Called on slow paths alone. Default: `new_delete`.
#include <concepts>
#include <cstddef>
#include <new>
#include <type_traits>

#include <alloy/core/layout.hpp>

namespace alloy::inline ALLOY_ABI {
namespace upstream {
struct axis;

/// The global operator new, aligned, not throwing.
struct new_delete {
    using axis = upstream::axis;
    static constexpr bool gives = true, is_stateless = true, reserves = false, reallocates = false;
    static constexpr std::size_t granularity = 16;
    static void* allocate(std::size_t bytes, std::size_t alignment) noexcept {
        if (alignment <= __STDCPP_DEFAULT_NEW_ALIGNMENT__) return ::operator new(bytes, std::nothrow);
        return ::operator new(bytes, std::align_val_t{alignment}, std::nothrow);
    }
    static void deallocate(void* at, std::size_t bytes, std::size_t alignment) noexcept {
#if defined(__cpp_sized_deallocation)
        if (alignment <= __STDCPP_DEFAULT_NEW_ALIGNMENT__) return ::operator delete(at, bytes);
        ::operator delete(at, bytes, std::align_val_t{alignment});
#else
        static_cast<void>(bytes);
        if (alignment <= __STDCPP_DEFAULT_NEW_ALIGNMENT__) return ::operator delete(at);
        ::operator delete(at, std::align_val_t{alignment});
#endif
    }
};
}  // namespace upstream

template <class P>
concept giving_upstream = requires(P& policy, void* at, std::size_t bytes) {
    { policy.allocate(bytes, bytes) } noexcept -> std::same_as<void*>;
    { policy.deallocate(at, bytes, bytes) } noexcept;
};

template <class P>
concept reserving_upstream = requires(P& policy, void* at, std::size_t bytes) {
    { policy.reserve(bytes) } noexcept -> std::same_as<void*>;
    { policy.decommit(at, bytes) } noexcept;
};

template <class P>
concept reallocating_upstream = requires(P& policy, void* at, std::size_t bytes) {
    { policy.reallocate(at, bytes, bytes) } noexcept -> std::same_as<void*>;
};

template <class P>
concept upstream_policy =
    std::same_as<typename P::axis, upstream::axis> &&
    requires {
        typename std::bool_constant<P::gives>;
        typename std::bool_constant<P::is_stateless>;
        typename std::bool_constant<P::reserves>;
        typename std::bool_constant<P::reallocates>;
        typename std::integral_constant<std::size_t, P::granularity>;
    } && is_power_of_two(P::granularity) && (!P::gives || giving_upstream<P>) && (!P::reserves || reserving_upstream<P>) &&
    (!P::reallocates || reallocating_upstream<P>);

}  // namespace alloy

struct alloy::upstream::axis {
    using identity = new_delete;
    static constexpr const char* name = "upstream";
    template <class P>
    static constexpr bool models = upstream_policy<P>;
    template <class P>
    static consteval void require() {
        static_assert(upstream_policy<P>, "alloy: an upstream policy does not satisfy alloy::upstream_policy; add what the notes name as missing");
    }
    template <class... Given>
    static consteval void require_one() {
        static_assert(sizeof...(Given) <= 1, "alloy: more than one upstream policy was given; keep one");
    }
};
