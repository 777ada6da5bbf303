#pragma once
/// Axis tracking: who watches?
///
/// Contract, for a policy P and an object p of it:
/// | expression | meaning |
/// |---|---|
/// | `P::watches` | `events<E...>`: the types of what it is told; and for each E of them: |
/// | `p.on(event)` | noexcept, of a `const E&`: one happened |
///
/// An event that is not named in `watches` costs nothing: no event is made of it. Those of boundaries add no instruction to an allocation: `block_event`, `rest_event`,
/// `frame_event`, `transfer_event`, `promotion_event`, `mark_event`, and `alloc_error`, for a request that could not be met, by retries and the fallback's own
/// memory neither. The others are of single allocations. `frame_allocation`: the composition hides its window from the common fast path. `object_made`,
/// `object_freed`: with thread caches, the pool is one for all threads, under the lock.
///
/// Hooks run under the host's lock and must not allocate from the allocator that they watch. Default: `untracked`.
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <alloy/core/error.hpp>

namespace alloy::inline ALLOY_ABI {

/// Memory of an engine came, did not come, or went; bytes.
struct block_event {
    enum class kind : std::uint8_t {
        taken,        ///< from upstream, or from the fallback's own
        refused,      ///< by upstream
        over_budget,  ///< the budget does not allow it, and there was nothing idle to give back; nobody was asked
        given_back
    } what;
    std::size_t bytes;  ///< of the block
    std::size_t held;   ///< by the allocator's engines, afterwards
};

/// What a window had left when its frame went on in another block; bytes, which stay unused until the frame ends.
struct rest_event {
    std::size_t bytes;
};

/// A frame or checkpoint was opened or closed. Those of an arena nest.
struct frame_event {
    enum class kind : std::uint8_t { opened, closed } what;
    std::size_t depth_used;       ///< closed: bytes used in this frame alone
    std::size_t used;             ///< bytes used in all open frames, this one included
    bool outermost;
    bool commits = false;         ///< closed: what was made in it belongs to the frame around it from now on
    std::size_t inside = 0;       ///< closed: frames open inside it; more than none where a scope was left out of order, which is told as what is next inside it committing
    const void* arena = nullptr;  ///< one per allocator, or per thread
};

/// Bytes were handed out in a frame.
struct frame_allocation {
    const void* at;
    std::size_t bytes, alignment;  ///< as asked
    std::size_t padding = 0;       ///< bytes that it takes beside them
    std::size_t tag = 0;           ///< the current one's index
    const char* whose = "";        ///< and name
    std::size_t inside = 0;        ///< frames open inside the one that it is made in
    const void* arena = nullptr;
};

/// An object of the pool or the heap. One that is resized where it lies is told as freed and made.
struct object_event {
    const void* at;
    std::size_t bytes, alignment;  ///< as asked; freed: as its user says
    std::size_t tag = 0;           ///< index of its own
    const char* whose = "";        ///< and name
    bool in_pool = false;          ///< else in the heap
    std::size_t padding = 0;       ///< made in the pool: bytes of its slot beside them
    const void* site = nullptr;    ///< code address of the call, where it is known
    bool is_resize = false;        ///< of a pair that tells of a resize: what is in it stays
};
struct object_made : object_event {};
struct object_freed : object_event {};

/// An object for another thread was made, or has come home; the latter is told when its maker's thread looks for it.
struct transfer_event {
    enum class kind : std::uint8_t { made, ended } what;
    const void* at;
    std::size_t bytes, alignment;  ///< made: as asked
    std::size_t tag = 0;
    const char* whose = "";
};

/// A retained object outlived its frame.
struct promotion_event {
    const void *from, *to;
    std::size_t bytes, alignment;
    std::size_t tag = 0;
    const char* whose = "";
    bool in_pool = false;  ///< else in the heap
};

/// memory.mark(name) was called.
struct mark_event {
    const char* name;
};

/// A set of events.
template <class... Es>
struct events {
    template <class E>
    static constexpr bool has = (std::is_same_v<E, Es> || ...);
};
using every_event = events<block_event, rest_event, frame_event, frame_allocation, object_made, object_freed, transfer_event, promotion_event, mark_event, alloc_error>;

namespace tracking {
struct axis;

/// Nobody.
struct untracked {
    using axis = tracking::axis;
    using watches = events<>;
};
}  // namespace tracking

/// Whether a tracking policy is told of E.
template <class P, class E>
inline constexpr bool watches = P::watches::template has<E>;
/// Whether it must see each object of the pool and the heap.
template <class P>
inline constexpr bool watches_objects = watches<P, object_made> || watches<P, object_freed>;

/// Has a hook for E.
template <class P, class E>
concept hears = requires(P& policy, const E& event) {
    { policy.on(event) } noexcept;
};

namespace detail {
template <class P, class Events>
inline constexpr bool hears_all = false;
template <class P, class... Es>
inline constexpr bool hears_all<P, events<Es...>> = (hears<P, Es> && ...);
}  // namespace detail

template <class P>
concept tracking_policy = std::same_as<typename P::axis, tracking::axis> && detail::hears_all<P, typename P::watches>;

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
