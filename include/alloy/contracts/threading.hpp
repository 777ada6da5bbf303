#pragma once
/// Axis threading: who may use the allocator at the same time?
///
/// Contract, for a policy P and an object p of it:
/// | expression | result | meaning |
/// |---|---|---|
/// | `P::sharing` | `alloy::sharing`, constant | nobody else, one engine under the lock, or an engine per thread |
/// | `p.lock()`, `p.unlock()` | noexcept | held around what threads share: the engine (`under_lock`), or blocks, budget and tracking (`engine_per_thread`) |
/// | `P::placed<Engine>` | class | with `engine_per_thread` alone: where engines live. `local(connect)` gives the calling thread's, and calls `connect(engine)` once for each new one; `for_each(f)` visits all |
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
struct any_engine {};
struct any_connect {
    void operator()(any_engine&) const noexcept {}
};
}  // namespace detail

template <class P>
concept placing_threading = requires(typename P::template placed<detail::any_engine>& place, detail::any_connect connect) {
    { place.local(connect) } -> std::same_as<detail::any_engine&>;
    place.for_each(connect);
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
