#pragma once
/// Observers of the user's, told of what they have hooks for: `observed<Observer>`, `observed<A, B>`.
///
/// An observer is any class with some of `on(const E&) noexcept`, for E the events of <alloy/contracts/tracking.hpp>; they may be static. One that has a `watches`, as a
/// tracking policy has, is told of what that names, so policies may be observers: `observed<boundary_metrics, mine>`.
/// Cost: that of the events that some observer has a hook for, and the hooks themselves, which are inlined; observers without state take no byte.
/// Choose it when something of your own is to hear of memory: a profiler, a log, a test.
/// Invariant: observers are told in the order in which they are named. `memory.tracking().get<A>()` is the observer itself.
#include <cstddef>
#include <type_traits>
#include <utility>

#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include <alloy/contracts/tracking.hpp>
#include <alloy/core/metrics.hpp>

namespace alloy::tracking {

namespace detail {

/// Whether an observer is to be told of E.
template <class O, class E>
consteval bool observes() {
    if constexpr (requires { typename O::watches; })
        return alloy::watches<O, E>;
    else
        return hears<O, E>;
}
template <class O, class E>
consteval bool may_throw() {
    return requires(O& observer, const E& event) { observer.on(event); } && !hears<O, E>;
}
template <class O, class... Es>
consteval bool has_hook(events<Es...>) {
    return (observes<O, Es>() || ...);
}
template <class O, class... Es>
consteval bool may_throw_somewhere(events<Es...>) {
    return (may_throw<O, Es>() || ...);
}
/// The events that some observer is told of. Checked here, since a class in which something is asserted in vain is no class any more for clang.
template <class... Os>
struct observed_by {
    template <class E>
    using some = std::bool_constant<(observes<Os, E>() || ...)>;

    static consteval auto events() {
        static_assert((has_hook<Os>(every_event{}) && ...),
                      "alloy: tracking::observed was given a type without a hook; give it on(const E&) noexcept for an event E of <alloy/contracts/tracking.hpp>");
        static_assert((!may_throw_somewhere<Os>(every_event{}) && ...), "alloy: a hook of an observer may throw; declare its on() noexcept");
        return boost::mp11::mp_copy_if<every_event, some>{};
    }
};
template <class O>
concept writes_metrics = requires(const O& observer, memory_metrics& to) {
    { observer.write(to) } noexcept;
};
template <class O>
struct observer_place {
    [[no_unique_address]] O observer{};
};

}  // namespace detail

template <class... Os>
class observed : detail::observer_place<Os>... {
public:
    using axis = tracking::axis;
    using watches = decltype(detail::observed_by<Os...>::events());

    constexpr observed() = default;
    /// With observers that have settings.
    constexpr explicit observed(Os... observers)
        requires(sizeof...(Os) > 0)
        : detail::observer_place<Os>{std::move(observers)}... {}

    template <class O>
    constexpr O& get() noexcept {
        return static_cast<detail::observer_place<O>&>(*this).observer;
    }
    template <class O>
    constexpr const O& get() const noexcept {
        return static_cast<const detail::observer_place<O>&>(*this).observer;
    }

    template <class E>
        requires alloy::watches<observed, E>
    [[gnu::always_inline]] void on(const E& event) noexcept {
        (tell<Os>(event), ...);
    }
    /// What those of them that keep metrics have seen.
    void write(memory_metrics& to) const noexcept
        requires(detail::writes_metrics<Os> || ...)
    {
        (write_of<Os>(to), ...);
    }

private:
    template <class O, class E>
    [[gnu::always_inline]] void tell([[maybe_unused]] const E& event) noexcept {
        if constexpr (detail::observes<O, E>()) get<O>().on(event);
    }
    template <class O>
    void write_of([[maybe_unused]] memory_metrics& to) const noexcept {
        if constexpr (detail::writes_metrics<O>) get<O>().write(to);
    }
};

}  // namespace alloy::tracking
