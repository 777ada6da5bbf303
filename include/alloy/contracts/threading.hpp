#pragma once
/// Axis threading: who may use the allocator at the same time?
///
/// Contract, for a policy P and an object p of it:
/// | expression | result | meaning |
/// |---|---|---|
/// | `P::sharing` | `alloy::sharing`, constant | nobody else, one engine under the lock, or an engine per thread |
/// | `p.lock()`, `p.unlock()` | noexcept | held around what threads share: the engine (`under_lock`), or blocks, budget and tracking (`engine_per_thread`) |
///
/// With `engine_per_thread` there is a class `P::placed<Cache>`, an object q of which knows the caches of all threads; Cache derives from `cache_link`
/// (core/thread_link.hpp), and has `is_busy()`, `finish()` and `leave()` for the end of its thread:
/// | expression | result | meaning |
/// |---|---|---|
/// | `q.here()` | Cache*, noexcept | the calling thread's cache, or null |
/// | `q.with(number)` | Cache*, noexcept | the same if it has this number; may be null though it has |
/// | `q.adopt()` | Cache*, noexcept | one that a finished thread has left, or null; the lock is held |
/// | `q.add(fresh)` | noexcept | takes in and numbers a new one; the lock is held |
/// | `q.bind(cache)` | noexcept | makes one that was adopted or added the calling thread's, until that ends; without the lock |
/// | `q.remove(cache)` | noexcept | the calling thread's is taken out, and no longer its; the lock is held |
/// | `q.for_each(f)` | | visits all; the lock is held |
/// | `q.for_each_idle(empty, gone)` | | visits those that finished threads have left; where empty(cache) it is taken out and then gone(cache) is called; the lock is held |
/// | `q.close()` | noexcept | takes all from their threads, for the end of the allocator |
///
/// With one engine, hooks of other policies run under the lock, so these need none of their own; fallback::give_up and retry, which may allocate,
/// and checking's on_fault run without. With an engine per thread, growth and checking are called by several threads at once.
/// Default: `single_threaded`, which costs nothing.
#include <concepts>
#include <cstdint>
#include <type_traits>

#include <alloy/core/abi.hpp>

namespace alloy::inline ALLOY_ABI {

enum class sharing : std::uint8_t { one_thread, under_lock, engine_per_thread };

namespace threading {
struct axis;

/// One thread at a time, by the user's own arrangement. No byte, no instruction.
struct single_threaded {
    using axis = threading::axis;
    static constexpr alloy::sharing sharing = alloy::sharing::one_thread;
    static constexpr void lock() noexcept {}
    static constexpr void unlock() noexcept {}
};
}  // namespace threading

namespace detail {
struct any_cache {};
struct any_visit {
    bool operator()(any_cache&) const noexcept { return false; }
};
}  // namespace detail

template <class P>
concept placing_threading = requires(typename P::template placed<detail::any_cache>& place, detail::any_cache& cache, detail::any_visit visit) {
    { place.here() } noexcept -> std::same_as<detail::any_cache*>;
    { place.with(std::uint64_t{}) } noexcept -> std::same_as<detail::any_cache*>;
    { place.adopt() } noexcept -> std::same_as<detail::any_cache*>;
    { place.add(cache) } noexcept;
    { place.bind(cache) } noexcept;
    { place.remove(cache) } noexcept;
    { place.close() } noexcept;
    place.for_each(visit);
    place.for_each_idle(visit, visit);
};

template <class P>
concept threading_policy = std::same_as<typename P::axis, threading::axis> && std::is_nothrow_default_constructible_v<P> &&
                           std::same_as<std::remove_cv_t<decltype(P::sharing)>, sharing> &&
                           requires { typename std::integral_constant<alloy::sharing, P::sharing>; } &&
                           requires(P& policy) {
                               { policy.lock() } noexcept;
                               { policy.unlock() } noexcept;
                           } && (P::sharing != sharing::engine_per_thread || placing_threading<P>);

}  // namespace alloy

struct alloy::threading::axis {
    using identity = single_threaded;
    static constexpr const char* name = "threading";
    template <class P>
    static constexpr bool models = threading_policy<P>;
    template <class P>
    static consteval void require() {
        static_assert(threading_policy<P>,
                      "alloy: a threading policy does not satisfy alloy::threading_policy; add what the notes name as missing");
    }
    template <class... Given>
    static consteval void require_one() {
        static_assert(sizeof...(Given) <= 1, "alloy: more than one threading policy was given; keep one");
    }
};
