#pragma once
/// Axis tracking: who watches?
///
/// Contract, for a policy P and an object p of it; each constant that is true brings its hook:
/// | constant | hook, noexcept | called |
/// |---|---|---|
/// | `P::watches_blocks` | `p.on_block(block_event)` | a block was taken, refused or given back |
/// | `P::watches_frames` | `p.on_frame(frame_event)` | a frame or checkpoint was opened or closed |
/// | `P::watches_refusals` | `p.on_refusal(error)` | a request could not be met, by retries and the fallback's own memory neither |
/// | `P::counts_allocations` | `p.on_allocation(bytes, alignment)` | each allocation: the composition then hides its window from the common fast path |
///
/// Hooks run under the host's lock and must not allocate from the allocator that they watch. Boundaries cost no instruction
/// per allocation; `counts_allocations` costs its hook. Default: `untracked`.
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <alloy/core/error.hpp>

namespace alloy::inline ALLOY_ABI {

struct block_event {
    enum class kind : std::uint8_t { taken, refused, given_back } what;
    std::size_t bytes;  ///< of the block
    std::size_t held;   ///< by the allocator's engine, afterwards
};

struct frame_event {
    enum class kind : std::uint8_t { opened, closed } what;
    std::size_t depth_used;  ///< closed: bytes used in this frame alone
    std::size_t used;        ///< bytes used in all open frames, this one included
    bool outermost;
};

namespace tracking {
struct axis;

/// Nobody.
struct untracked {
    using axis = tracking::axis;
    static constexpr bool watches_blocks = false, watches_frames = false, watches_refusals = false, counts_allocations = false;
};
}  // namespace tracking

template <class P>
concept block_watcher = requires(P& policy, const block_event& event) {
    { policy.on_block(event) } noexcept;
};
template <class P>
concept frame_watcher = requires(P& policy, const frame_event& event) {
    { policy.on_frame(event) } noexcept;
};
template <class P>
concept refusal_watcher = requires(P& policy, const alloc_error& error) {
    { policy.on_refusal(error) } noexcept;
};
template <class P>
concept allocation_counter = requires(P& policy, std::size_t bytes) {
    { policy.on_allocation(bytes, bytes) } noexcept;
};

template <class P>
concept tracking_policy = std::same_as<typename P::axis, tracking::axis> &&
                          requires {
                              typename std::bool_constant<P::watches_blocks>;
                              typename std::bool_constant<P::watches_frames>;
                              typename std::bool_constant<P::watches_refusals>;
                              typename std::bool_constant<P::counts_allocations>;
                          } && (!P::watches_blocks || block_watcher<P>) && (!P::watches_frames || frame_watcher<P>) &&
                          (!P::watches_refusals || refusal_watcher<P>) && (!P::counts_allocations || allocation_counter<P>);

}  // namespace alloy

struct alloy::tracking::axis {
    using identity = untracked;
    static constexpr const char* name = "tracking";
    template <class P>
    static constexpr bool models = tracking_policy<P>;
    template <class P>
    static consteval void require() {
        static_assert(tracking_policy<P>, "alloy: a tracking policy does not satisfy alloy::tracking_policy; add what the notes name as missing");
    }
    template <class... Given>
    static consteval void require_one() {
        static_assert(sizeof...(Given) <= 1, "alloy: more than one tracking policy was given; keep one");
    }
};
