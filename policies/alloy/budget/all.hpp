#pragma once
/// Several budgets of one allocator, all of which hold: `budget::all<budget::hard<64 * MiB>, budget::per_frame<1 * MiB>, budget::per_tag<…>>`.
///
/// Cost: what they cost one by one. At most one of them bounds what is held. Their order does not matter. What a policy offers besides is reached as
/// before, `memory.budget().set_limit(n)`, and settings are given in its place: `all<adjustable, per_frame<N>>{adjustable{n}, per_frame<N>{}}`.
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include <alloy/contracts/budget.hpp>

namespace alloy::budget {

namespace detail {

template <class P>
using bounds_held = boost::mp11::mp_bool<P::bounds_held>;
template <class P>
using bounds_used = boost::mp11::mp_bool<P::bounds_used>;
/// Those that bound what is held first, then those that bound what is used, by their first bounds.
template <class A, class B>
constexpr bool come_in_order() noexcept {
    constexpr auto rank = [](bool held, bool used) { return held ? 0 : used ? 1 : 2; };
    constexpr int a = rank(A::bounds_held, A::bounds_used), b = rank(B::bounds_held, B::bounds_used);
    if constexpr (a == 1 && b == 1)
        if (const int order = std::string_view(A::bounds[0].tag).compare(B::bounds[0].tag); order != 0) return order < 0;
    return a < b;
}
template <class A, class B>
using comes_first = boost::mp11::mp_bool<come_in_order<A, B>()>;

template <class List>
struct bounds_of_all;
template <class... Used>
struct bounds_of_all<boost::mp11::mp_list<Used...>> {
    used_bound list[(bound_count<Used> + ... + 0) + 1]{};  // one more, since an array has at least one
    static constexpr std::size_t count = (bound_count<Used> + ... + 0);
    constexpr bounds_of_all() noexcept {
        std::size_t i = 0;
        const auto add = [&](const auto& bounds) {
            for (const used_bound& b : bounds) list[i++] = b;
        };
        (add(Used::bounds), ...);
    }
};
template <class List, std::size_t... I>
struct bounds_in_one {
    static constexpr bounds_of_all<List> gathered{};
    static constexpr used_bound bounds[sizeof...(I)] = {gathered.list[I]...};
};
template <class List, class Numbers = std::make_index_sequence<bounds_of_all<List>::count>>
struct all_bounds {
    static constexpr used_bound bounds[1] = {};  // which nobody looks at
};
template <class List, std::size_t First, std::size_t... I>
struct all_bounds<List, std::index_sequence<First, I...>> : bounds_in_one<List, First, I...> {};

/// The one that bounds what is held.
struct nothing_held {};
template <class... Ps>
using held_one = boost::mp11::mp_front<boost::mp11::mp_push_back<boost::mp11::mp_copy_if<boost::mp11::mp_list<Ps...>, bounds_held>, nothing_held>>;

}  // namespace detail

/// Named through `all<…>`, which brings the budgets into one order, each once.
template <class... Ps>
class basic_all : public Ps..., public detail::all_bounds<boost::mp11::mp_copy_if<boost::mp11::mp_list<Ps...>, detail::bounds_used>> {
    using held = detail::held_one<Ps...>;

public:
    using axis = budget::axis;
    static constexpr bool bounds_held = (Ps::bounds_held || ...), bounds_used = (Ps::bounds_used || ...);
    static constexpr bool is_split = budget_account<held>::is_split, is_shared = alloy::detail::is_shared_budget<held>;
    static constexpr bool watches_held = (alloy::detail::watches_held<Ps> || ...);
    using detail::all_bounds<boost::mp11::mp_copy_if<boost::mp11::mp_list<Ps...>, detail::bounds_used>>::bounds;

    constexpr basic_all() noexcept = default;
    constexpr explicit basic_all(Ps... parts) noexcept : Ps(std::move(parts))... {}

    template <class... Args>
    constexpr std::size_t grant(Args&&... args) noexcept requires bounds_held {
        static_assert((std::size_t{Ps::bounds_held} + ... + 0) <= 1, "alloy: budget::all has more than one budget of what is held; keep one");
        return held::grant(static_cast<Args&&>(args)...);
    }
    template <class... Args>
    constexpr void give_back(Args&&... args) noexcept requires bounds_held {
        held::give_back(static_cast<Args&&>(args)...);
    }
    template <class... Args>
    constexpr std::size_t left(Args&&... args) noexcept requires bounds_held {
        return held::left(static_cast<Args&&>(args)...);
    }
    constexpr std::size_t limit() noexcept requires bounds_held { return held::limit(); }
};

template <class... Ps>
using all = boost::mp11::mp_rename<boost::mp11::mp_sort<boost::mp11::mp_unique<boost::mp11::mp_list<Ps...>>, detail::comes_first>, basic_all>;

}  // namespace alloy::budget
