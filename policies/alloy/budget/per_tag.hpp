#pragma once
/// Bounds on used bytes by tag: `per_tag<limit<"physics", 16 * MiB>, limit<"physics/contacts", 1 * MiB>>`. A tag's bound holds for its parts as well.
///
/// Cost: one word for each limit; nothing per allocation in a frame, since the nearest bound is the limit that each allocation compares with anyway.
/// Objects of pool and heap are charged one by one, by a call. Never exceeded, by any number of threads; a thread in a frame may hold some bytes
/// back, see docs/axes.md. Choose it where one subsystem must not eat what belongs to another.
#include <cstddef>
#include <string_view>

#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include <alloy/contracts/budget.hpp>
#include <alloy/core/fixed_string.hpp>

namespace alloy::budget {

/// One of the limits of `per_tag`: at most Bytes used at once under the tag.
template <fixed_string Tag, std::size_t Bytes>
struct limit {
    static constexpr auto tag = Tag;
    static constexpr std::size_t bytes = Bytes;
    static constexpr std::string_view view() noexcept { return tag.c_str(); }
};

/// Named through `per_tag<limit<…>…>`, which brings the limits into one order. At most 64; of two for one tag the smaller holds.
template <class... Limits>
struct basic_per_tag {
    using axis = budget::axis;
    static constexpr bool bounds_held = false, bounds_used = true;
    static constexpr used_bound bounds[sizeof...(Limits)] = {{Limits::tag.c_str(), Limits::bytes, false}...};
};

namespace detail {
template <class A, class B>
using comes_before = boost::mp11::mp_bool<(A::view() < B::view())>;
}

template <class... Limits>
using per_tag = boost::mp11::mp_rename<boost::mp11::mp_sort<boost::mp11::mp_list<Limits...>, detail::comes_before>, basic_per_tag>;

/// No limit at all.
template <>
struct basic_per_tag<> : unlimited {};

}  // namespace alloy::budget
