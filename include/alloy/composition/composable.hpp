#pragma once
/// Whether policies may stand together. Four questions in order; only the first "no" speaks.
#include <cstddef>

#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include <alloy/composition/axes.hpp>
#include <alloy/composition/choice.hpp>
#include <alloy/composition/rules.hpp>

namespace alloy::inline ALLOY_ABI {

/// A type that answers one of the axes or names a lifetime. Whether it keeps that axis' contract is the axis' own concept.
template <class P>
concept policy = requires { typename P::axis; } && (mp::mp_contains<axes, typename P::axis>::value || std::is_same_v<typename P::axis, lifetime::axis>);

namespace detail {

inline constexpr std::size_t axis_count = mp::mp_size<axes>::value;

/// Index of P's slot: its axis, or one of three slots behind them for the lifetimes.
template <class P>
inline constexpr std::size_t slot_of = mp::mp_find<axes, typename P::axis>::value;
template <std::size_t N>
inline constexpr std::size_t slot_of<lifetime::frames<N>> = axis_count;
template <>
inline constexpr std::size_t slot_of<lifetime::pool> = axis_count + 1;
template <>
inline constexpr std::size_t slot_of<lifetime::heap> = axis_count + 2;
inline constexpr std::size_t slot_count = axis_count + 3;

/// The first slot with two answers, or slot_count.
template <class... Ps>
consteval std::size_t crowded() {
    std::size_t given[slot_count] = {};
    (++given[slot_of<Ps>], ...);
    for (std::size_t i = 0; i < slot_count; ++i)
        if (given[i] > 1) return i;
    return slot_count;
}
template <std::size_t Slot>
struct lies_in {
    template <class P>
    using fn = mp::mp_bool<slot_of<P> == Slot>;
};
template <std::size_t Slot>
using axis_of_slot = mp::mp_at_c<mp::mp_push_back<axes, lifetime::axis, lifetime::axis, lifetime::axis>, Slot>;

template <class P>
using is_policy = mp::mp_bool<policy<P>>;
template <class P>
using is_modelled = mp::mp_bool<P::axis::template models<P>>;

/// A rule, asked about a choice.
template <class Rule, class Concerned = typename Rule::concerns>
struct asked;
template <class Rule, class... Concerned>
struct asked<Rule, mp::mp_list<Concerned...>> {
    template <class Choice>
    static constexpr bool holds = Rule::template holds<on<Choice, Concerned>...>;
    template <class Choice>
    static consteval void require() {
        Rule::template require<on<Choice, Concerned>...>();
    }
};
template <class Choice, class... Rules>
consteval std::size_t first_broken(mp::mp_list<Rules...>) {
    std::size_t i = 0;
    static_cast<void>(((asked<Rules>::template holds<Choice> && ++i) && ...));
    return i;
}
template <class Axis, class... Given>
consteval void require_one(mp::mp_list<Given...>) {
    Axis::template require_one<Given...>();
}
template <class P>
consteval void require_policy() {
    static_assert(policy<P>, "alloy: an argument of allocator<...> is no policy: it names no axis; give it `using axis = alloy::<axis>::axis`");
}

/// Asks the four questions. With Explain, the first "no" is a compile error that says what to do.
template <bool Explain, class... Ps>
consteval bool well_composed() {
    if constexpr (!(policy<Ps> && ...)) {
        if constexpr (Explain) {
            using strangers = mp::mp_remove_if<mp::mp_list<Ps...>, is_policy>;
            require_policy<mp::mp_front<strangers>>();
        }
        return false;
    } else if constexpr (constexpr auto slot = crowded<Ps...>(); slot < slot_count) {
        if constexpr (Explain) require_one<axis_of_slot<slot>>(mp::mp_copy_if_q<mp::mp_list<Ps...>, lies_in<slot>>{});
        return false;
    } else if constexpr (!(is_modelled<Ps>::value && ...)) {
        if constexpr (Explain) {
            using bad = mp::mp_front<mp::mp_remove_if<mp::mp_list<Ps...>, is_modelled>>;
            bad::axis::template require<bad>();
        }
        return false;
    } else if constexpr (constexpr auto broken = first_broken<choice<Ps...>>(rules{}); broken < mp::mp_size<rules>::value) {
        if constexpr (Explain) asked<mp::mp_at_c<rules, broken>>::template require<choice<Ps...>>();
        return false;
    } else {
        return true;
    }
}

}  // namespace detail

/// Whether these policies may stand together. Asks, and is never an error.
template <class... Ps>
concept composable = detail::well_composed<false, Ps...>();

}  // namespace alloy
