#pragma once
/// Lifetimes: which engines an allocator has. A set, not an axis: none named means all three.
#include <concepts>
#include <cstddef>
#include <type_traits>

#include <alloy/core/abi.hpp>

namespace alloy::inline ALLOY_ABI::lifetime {

struct axis;

/// Memory that ends with a frame, in N buffers used in turn: what frame n made stays readable until frame n + N opens, and
/// its destructors run then.
template <std::size_t N>
struct frames {
    using axis = lifetime::axis;
    static constexpr std::size_t buffers = N;
};
using frame = frames<1>;
/// Small objects that last until they are freed.
struct pool {
    using axis = lifetime::axis;
};
/// Large objects that last until they are freed.
struct heap {
    using axis = lifetime::axis;
};

template <class P>
inline constexpr bool is_lifetime = std::same_as<P, pool> || std::same_as<P, heap>;
template <std::size_t N>
inline constexpr bool is_lifetime<frames<N>> = N >= 1;

/// The engines chosen, in canonical form.
template <std::size_t Buffers, bool Pool, bool Heap>
struct set {
    static constexpr std::size_t buffers = Buffers;  ///< 0: no frames
    static constexpr bool has_frame = Buffers != 0, has_pool = Pool, has_heap = Heap;
};

}  // namespace alloy::lifetime
