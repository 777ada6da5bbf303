#pragma once
/// Axis budget: how many bytes?
///
/// A budget bounds what is held (blocks, slabs, heap allocations, as taken from upstream), or what is used (bytes handed out), or both.
/// Contract, for a policy P and an object p of it; all sizes in bytes:
/// | expression | result | meaning |
/// |---|---|---|
/// | `P::bounds_held` | bool, constant | then: |
/// | `p.grant(least, most)` | size_t, noexcept | charges between `least` and `most` and says how many; 0: refused, nothing charged |
/// | `p.give_back(bytes)` | noexcept | releases what was granted |
/// | `p.left()` | size_t, noexcept | what may still be granted |
/// | `p.limit()` | size_t, noexcept | the bound |
/// | `P::is_split` | bool, constant | whether each thread has a bound of its own: then there is a class `P::account`, and grant, give_back and left have an object of it in front of their other arguments: a thread's, or of what the bytes were charged to |
/// | `P::bounds_used` | bool, constant | then: |
/// | `P::bounds` | array of `used_bound`, constant | which bytes are bounded, and by how many; at most 64 |
///
/// Two constants may be left out, which means false; a policy that has one of their functions must have the constant, so that a misspelt one is noticed:
/// | expression | result | meaning |
/// |---|---|---|
/// | `P::is_shared` | bool, constant | for a bound on held bytes: whether other allocators are charged to it too, so that room comes and goes; then: |
/// | `p.tightest()` | held_bound, noexcept | of all bounds, the one that has least left, with its name |
/// | `P::watches_held` | bool, constant | whether it is to hear of what is held, bounded or not; then: |
/// | `p.on_held(bytes)` | noexcept | all that the allocator holds, whenever that has changed |
/// | `p.tell(lock, whose)` | noexcept | the host's lock is free, and no engine at work: tells the user of what was noticed since, in the name of `whose`; `lock.lock()` and `lock.unlock()` are the host's |
///
/// The host calls all but `tell` under its lock, on slow paths. What is used the framework counts itself, at boundaries: a bound moves the window's limit
/// nearer instead of being compared anew. Default: `unlimited`.
#include <concepts>
#include <cstddef>
#include <type_traits>

#include <alloy/core/abi.hpp>

namespace alloy::inline ALLOY_ABI {

/// A bound on bytes handed out: under a tag and all of its parts, or under whatever tag; in the frames of each engine alone, or in pool and heap as well.
struct used_bound {
    const char* tag;           ///< "" for every tag
    std::size_t bytes;         ///< at once
    bool frames_alone = false; ///< then each engine, so each thread where threads have their own, may use as many
};

namespace budget {
struct axis;

/// As many as upstream gives.
struct unlimited {
    using axis = budget::axis;
    static constexpr bool bounds_held = false, bounds_used = false;
};
}  // namespace budget

template <class P>
concept whole_budget = requires(P& policy, std::size_t bytes) {
    { policy.grant(bytes, bytes) } noexcept -> std::same_as<std::size_t>;
    { policy.give_back(bytes) } noexcept;
    { policy.left() } noexcept -> std::same_as<std::size_t>;
};
template <class P>
concept split_budget = requires(P& policy, typename P::account& account, std::size_t bytes) {
    { policy.grant(account, bytes, bytes) } noexcept -> std::same_as<std::size_t>;
    { policy.give_back(account, bytes) } noexcept;
    { policy.left(account) } noexcept -> std::same_as<std::size_t>;
    requires std::is_nothrow_default_constructible_v<typename P::account>;
};
template <class P>
concept held_budget = requires(P& policy) {
    { policy.limit() } noexcept -> std::same_as<std::size_t>;
    typename std::bool_constant<P::is_split>;
} && ((P::is_split && split_budget<P>) || (!P::is_split && whole_budget<P>));

template <class P>
concept used_budget = requires { typename std::enable_if_t<std::is_pointer_v<decltype(&P::bounds)>>; } && requires {  // static, before it is read
    typename std::enable_if_t<(sizeof(P::bounds) <= 64 * sizeof(used_bound))>;
    typename std::enable_if_t<std::is_bounded_array_v<decltype(P::bounds)> && std::is_same_v<std::remove_cv_t<std::remove_extent_t<decltype(P::bounds)>>, used_bound>>;
    typename std::integral_constant<std::size_t, P::bounds[0].bytes>;
};

/// How many bounds a budget of used bytes has; none where it is not one.
template <class P>
inline constexpr std::size_t bound_count = [] {
    if constexpr (P::bounds_used)
        return sizeof(P::bounds) / sizeof(used_bound);
    else
        return std::size_t{0};
}();

/// A bound by name, and what is left of it in bytes. Without a name it is the allocator's own.
struct held_bound {
    const char* whose = nullptr;
    std::size_t left = 0;
};

template <class P>
concept shared_budget = requires(P& policy) {
    { policy.tightest() } noexcept -> std::same_as<held_bound>;
};
namespace detail {
struct any_lock {
    static void lock() noexcept {}
    static void unlock() noexcept {}
};
}  // namespace detail
template <class P>
concept held_watcher = requires(P& policy, std::size_t bytes, const char* whose, detail::any_lock& lock) {
    { policy.on_held(bytes) } noexcept;
    { policy.tell(lock, whose) } noexcept;
};

namespace detail {
/// What may be left out: whether it is there and true.
template <class P>
inline constexpr bool is_shared_budget = false;
template <class P>
    requires requires { typename std::enable_if_t<P::is_shared>; }
inline constexpr bool is_shared_budget<P> = true;
template <class P>
inline constexpr bool watches_held = false;
template <class P>
    requires requires { typename std::enable_if_t<P::watches_held>; }
inline constexpr bool watches_held<P> = true;
}  // namespace detail

template <class P>
concept says_whether_shared = requires { typename std::bool_constant<P::is_shared>; } || !requires(P& policy) { policy.tightest(); };
template <class P>
concept says_whether_it_watches = requires { typename std::bool_constant<P::watches_held>; } || (!requires(P& policy) { policy.on_held(std::size_t{}); } && !requires { P::watches_held; });

template <class P>
concept budget_policy = std::same_as<typename P::axis, budget::axis> &&
                        requires {
                            typename std::bool_constant<P::bounds_held>;
                            typename std::bool_constant<P::bounds_used>;
                        } && (!P::bounds_held || held_budget<P>) && (!P::bounds_used || used_budget<P>) &&
                        says_whether_shared<P> && (!detail::is_shared_budget<P> || shared_budget<P>) && says_whether_it_watches<P> && (!detail::watches_held<P> || held_watcher<P>);

/// What a thread has with a budget that is kept per thread; nothing with others.
template <class Budget, class Enable = void>
struct budget_account {
    static constexpr bool is_split = false;
    struct type {};
};
template <class Budget>
struct budget_account<Budget, std::enable_if_t<Budget::bounds_held>> {
    static constexpr bool is_split = Budget::is_split;
    struct none {
        struct account {};
    };
    using type = typename std::conditional_t<is_split, Budget, none>::account;
};

}  // namespace alloy

struct alloy::budget::axis {
    using identity = unlimited;
    static constexpr const char* name = "budget";
    template <class P>
    static constexpr bool models = budget_policy<P>;
    template <class P>
    static consteval void require() {
        static_assert(budget_policy<P>, "alloy: a budget policy does not satisfy alloy::budget_policy; add what the notes name as missing");
    }
    template <class... Given>
    static consteval void require_one() {
        static_assert(sizeof...(Given) <= 1, "alloy: more than one budget policy was given; keep one, or join them in budget::all");
    }
};
