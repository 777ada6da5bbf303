#pragma once
/// Which of the given policies answers an axis, found by overload resolution: one small class per combination instead of a
/// search through the list per axis.
#include <cstddef>

#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include <alloy/composition/axes.hpp>

namespace alloy::inline ALLOY_ABI::detail {

template <class P>
struct box {
    using type = P;
};
template <class P>
struct given {
    static box<P> pick(typename P::axis*, int);
};
struct not_given {
    template <class Axis>
    static box<typename Axis::identity> pick(Axis*, long);
};

template <class P>
inline constexpr std::size_t buffers_of = 0;
template <std::size_t N>
inline constexpr std::size_t buffers_of<lifetime::frames<N>> = N;

/// The set of lifetimes among Ps; all where none is named.
template <class... Ps>
struct lifetimes_of {
    static constexpr std::size_t buffers = (std::size_t{0} + ... + buffers_of<Ps>);
    static constexpr bool pool = (std::is_same_v<Ps, lifetime::pool> || ...), heap = (std::is_same_v<Ps, lifetime::heap> || ...);
    static constexpr bool none = buffers == 0 && !pool && !heap;
    using type = lifetime::set<none ? 1 : buffers, none || pool, none || heap>;
};

/// A lifetime is a member of a set, not the answer of its axis.
struct no_answer;
template <class P>
    requires(std::is_same_v<typename P::axis, lifetime::axis>)
struct given<P> {
    static void pick(no_answer*, P*);
};

template <class... Ps>
struct choice : not_given, given<Ps>... {
    using not_given::pick;
    using given<Ps>::pick...;
    static lifetimes_of<Ps...> pick(lifetime::axis*, int);
};

/// What a choice has on Axis: the given policy, or the identity; the set of lifetimes for lifetime::axis.
template <class Choice, class Axis>
using on = typename decltype(Choice::pick(static_cast<Axis*>(nullptr), 0))::type;
template <class Axis, class... Ps>
using chosen = on<choice<Ps...>, Axis>;

}  // namespace alloy::detail
