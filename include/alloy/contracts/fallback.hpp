#pragma once
/// Axis fallback: what happens when memory or budget runs out?
///
/// Contract, for a policy P and an object p of it:
/// | expression | result | meaning |
/// |---|---|---|
/// | `p.give_up(error)` | void | called last, without the lock: throws, ends the program, or returns, and then the plain call gives null |
/// | `P::retries` | bool, constant | then `p.retry(error, attempt)`, bool, noexcept, without the lock: whether to ask again; attempts count from 0 |
/// | `P::provides` | bool, constant | whether it has memory of its own for what upstream or growth refused; then: |
/// | `p.provide(bytes, alignment)` | void*, noexcept | memory or null |
/// | `p.take_back(at, bytes, alignment)` | noexcept | gets it back with exactly what was asked |
/// | `P::is_concurrent` | bool, constant | whether several threads may call these two at the same time |
/// | `P::asks_heap` | bool, constant | whether the allocator's own heap gives frames what growth refused |
///
/// `try_` calls ask `retry` and `provide`, but never `give_up`. A budget's refusal is never cured by `provide`. Default: `raise`.
#include <concepts>
#include <cstddef>
#include <type_traits>

#include <alloy/core/error.hpp>
#include <alloy/core/fault.hpp>

namespace alloy::inline ALLOY_ABI {
namespace fallback {
struct axis;

/// Throws alloy::out_of_memory, a std::bad_alloc; without exceptions says why and ends the program.
struct raise {
    using axis = fallback::axis;
    static constexpr bool retries = false, provides = false, asks_heap = false;
    [[noreturn]] static void give_up(const alloc_error& error) {
#if ALLOY_DETAIL_EXCEPTIONS
        throw out_of_memory(error);
#else
        detail::die(error.what(), "raise the bound, choose a fallback, or call the try_ function");
#endif
    }
};
}  // namespace fallback

template <class P>
concept retrying_fallback = requires(P& policy, const alloc_error& error, unsigned attempt) {
    { policy.retry(error, attempt) } noexcept -> std::same_as<bool>;
};

template <class P>
concept providing_fallback = requires(P& policy, void* at, std::size_t bytes) {
    { policy.provide(bytes, bytes) } noexcept -> std::same_as<void*>;
    { policy.take_back(at, bytes, bytes) } noexcept;
    typename std::bool_constant<P::is_concurrent>;
};

template <class P>
concept fallback_policy = std::same_as<typename P::axis, fallback::axis> &&
                          requires(P& policy, const alloc_error& error) {
                              { policy.give_up(error) } -> std::same_as<void>;
                              typename std::bool_constant<P::retries>;
                              typename std::bool_constant<P::provides>;
                              typename std::bool_constant<P::asks_heap>;
                          } && (!P::retries || retrying_fallback<P>) && (!P::provides || providing_fallback<P>);

}  // namespace alloy

struct alloy::fallback::axis {
    using identity = raise;
    static constexpr const char* name = "fallback";
    template <class P>
    static constexpr bool models = fallback_policy<P>;
    template <class P>
    static consteval void require() {
        static_assert(fallback_policy<P>, "alloy: a fallback policy does not satisfy alloy::fallback_policy; add what the notes name as missing");
    }
    template <class... Given>
    static consteval void require_one() {
        static_assert(sizeof...(Given) <= 1, "alloy: more than one fallback policy was given; keep one");
    }
};
