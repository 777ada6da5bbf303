#pragma once
/// Allocators whose policies have settings known at run time:
/// `auto memory = alloy::make_allocator(alloy::upstream::resource{&mine}, alloy::budget::hard<MiB>{});`, or, for a type of your own,
/// `auto memory = alloy::make_allocator<physics>(alloy::upstream::resource{&mine});` where physics inherits its base's constructors.
///
/// Policies that are not given are default-constructed in place. A threading policy has no settings: given, it only names the type.
/// The result is built where it is declared.
#include <cstddef>
#include <type_traits>
#include <utility>

#include <boost/hana/at_key.hpp>
#include <boost/hana/contains.hpp>
#include <boost/hana/map.hpp>
#include <boost/hana/pair.hpp>
#include <boost/hana/type.hpp>

#include <alloy/allocator.hpp>

namespace alloy::inline ALLOY_ABI {

namespace detail {

template <class Axis, class Allocator>
struct policy_on;
template <class Axis, class... Ps>
struct policy_on<Axis, basic_allocator<Ps...>> {
    template <class P>
    using lies_on = std::is_same<typename P::axis, Axis>;
    using type = mp::mp_front<mp::mp_copy_if<mp::mp_pop_back<mp::mp_list<Ps...>>, lies_on>>;
};

template <class... Ps>
basic_allocator<Ps...> base_of(const basic_allocator<Ps...>*);
template <class Allocator>
using base_allocator = decltype(base_of(static_cast<const Allocator*>(nullptr)));

/// What is kept of a setting until the allocator is built.
template <class P>
constexpr auto storable(P&& policy) {
    using type = std::remove_cvref_t<P>;
    if constexpr (std::is_same_v<typename type::axis, threading::axis>)
        return boost::hana::type_c<type>;
    else
        return type(std::forward<P>(policy));
}

/// Finds the setting for an axis, where one was given.
template <class Map>
struct pick_setting {
    Map settings;
    template <class Axis>
    static constexpr bool has = !std::is_same_v<Axis, threading::axis> && decltype(boost::hana::contains(std::declval<Map>(), boost::hana::type_c<Axis>))::value;
    template <class Axis, std::size_t>
    constexpr const auto& get() const {
        return settings[boost::hana::type_c<Axis>];
    }
};

}  // namespace detail

/// An allocator of type A, with these policies in place of default-constructed ones. Each must be the policy that A has on its axis.
template <class A, class... Settings>
    requires requires { typename A::lifetimes; }
[[nodiscard]] constexpr A make_allocator(Settings&&... settings) {
    using base = detail::base_allocator<A>;
    constexpr bool belong =
        (std::is_same_v<std::remove_cvref_t<Settings>, typename detail::policy_on<typename std::remove_cvref_t<Settings>::axis, base>::type> && ...);
    static_assert(belong, "alloy: a setting is no policy of this allocator; give make_allocator values of the policies that its type names");
    if constexpr (belong) {
        auto map = boost::hana::make_map(
            boost::hana::make_pair(boost::hana::type_c<typename std::remove_cvref_t<Settings>::axis>, detail::storable(std::forward<Settings>(settings)))...);
        return A(from_settings, detail::pick_setting<decltype(map)>{std::move(map)});
    } else {
        return A();
    }
}

/// The allocator that these policies compose.
template <class First, class... Settings>
    requires(!requires { typename First::lifetimes; } && requires { typename std::remove_cvref_t<First>::axis; })
[[nodiscard]] constexpr auto make_allocator(First&& first, Settings&&... settings) {
    return make_allocator<allocator<std::remove_cvref_t<First>, std::remove_cvref_t<Settings>...>>(std::forward<First>(first), std::forward<Settings>(settings)...);
}

}  // namespace alloy
