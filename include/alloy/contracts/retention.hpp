#pragma once
/// Axis retention: what outlives the end of a frame?
///
/// Contract, for a policy P and an object p of it:
/// | expression | result | meaning |
/// |---|---|---|
/// | `P::retains` | bool, constant | whether anything does; then: |
/// | `p.destination(survivor)` | `alloy::destination`, noexcept | where a retained object goes when its frame ends |
/// | `P::uses_pool`, `P::uses_heap` | bool, constant | which lifetimes it may name |
///
/// Asked once per retained object at the end of its frame, never for others. Default: `discard`.
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <alloy/core/abi.hpp>

namespace alloy::inline ALLOY_ABI {

enum class destination : std::uint8_t { discarded, pool, heap };

/// What is known of a retained object at the end of its frame.
struct survivor {
    std::size_t bytes;
    std::size_t alignment;
    std::size_t frames;  ///< ends of frames it has seen, this one included
};

namespace retention {
struct axis;

/// Nothing: what is made in a frame goes with it.
struct discard {
    using axis = retention::axis;
    static constexpr bool retains = false;
};
}  // namespace retention

template <class P>
concept retaining = requires(P& policy, const survivor& object) {
    { policy.destination(object) } noexcept -> std::same_as<destination>;
    typename std::bool_constant<P::uses_pool>;
    typename std::bool_constant<P::uses_heap>;
};

template <class P>
concept retention_policy = std::same_as<typename P::axis, retention::axis> && requires { typename std::bool_constant<P::retains>; } &&
                           (!P::retains || retaining<P>);

}  // namespace alloy

struct alloy::retention::axis {
    using identity = discard;
    static constexpr const char* name = "retention";
    template <class P>
    static constexpr bool models = retention_policy<P>;
    template <class P>
    static consteval void require() {
        static_assert(retention_policy<P>,
                      "alloy: a retention policy does not satisfy alloy::retention_policy; add what the notes name as missing");
    }
    template <class... Given>
    static consteval void require_one() {
        static_assert(sizeof...(Given) <= 1, "alloy: more than one retention policy was given; keep one");
    }
};
