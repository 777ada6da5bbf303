#pragma once
/// What a declared type is made of: `explain<A>()` gives its policies, the parts of its sizeof and the rules that were asked.
///
/// `policies` is a Hana map from axis to policy type; `parts` an array of named bytes that adds up to sizeof(A), which is checked while
/// compiling; `text()` says all of it, a line each.
#include <array>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <utility>

#include <boost/core/type_name.hpp>
#include <boost/hana/for_each.hpp>
#include <boost/hana/keys.hpp>
#include <boost/hana/map.hpp>
#include <boost/hana/pair.hpp>
#include <boost/hana/type.hpp>

#include <alloy/settings.hpp>

namespace alloy::inline ALLOY_ABI {

/// Bytes of an allocator object that one thing takes.
struct size_part {
    const char* what;
    std::size_t bytes;
};

namespace detail {

template <class T>
inline constexpr std::size_t stored_bytes = std::is_empty_v<T> ? 0 : sizeof(T);

/// Parts of sizeof(A): the policies with state, the engines, and what alignment adds.
template <class A, class... Ps>
consteval auto size_parts(basic_allocator<Ps...>*) {
    using list = mp::mp_pop_back<mp::mp_list<Ps...>>;
    std::array<size_part, mp::mp_size<list>::value + 6> parts{};
    std::size_t i = 0, sum = 0;
    mp::mp_for_each<mp::mp_transform<mp::mp_identity, list>>([&](auto policy) {
        using type = typename decltype(policy)::type;
        sum += stored_bytes<type>;
        parts[i++] = {type::axis::name, stored_bytes<type>};
    });
    using base = basic_allocator<Ps...>;
    parts[i++] = {"accounting", base::accounting_bytes};
    parts[i++] = {"frame engine", base::frame_engine_bytes};
    parts[i++] = {"pool", base::pool_bytes};
    parts[i++] = {"heap", base::heap_bytes};
    parts[i++] = {"transfer", base::transfer_bytes};
    for (std::size_t part = i - 5; part < i; ++part) sum += parts[part].bytes;
    parts[i] = {"alignment", sizeof(A) - sum};
    return parts;
}
template <std::size_t N>
consteval bool adds_up(const std::array<size_part, N>& parts, std::size_t size, std::size_t alignment) {
    std::size_t sum = 0;
    for (const size_part& part : parts) sum += part.bytes;
    return sum == size && (parts[N - 1].bytes < 2 * alignment || size == 1);
}
template <class... Axes, class... Ps>
consteval auto policies_by_axis(mp::mp_list<Axes...>, basic_allocator<Ps...>*) {
    return boost::hana::make_map(boost::hana::make_pair(boost::hana::type_c<Axes>, boost::hana::type_c<typename policy_on<Axes, basic_allocator<Ps...>>::type>)...);
}

}  // namespace detail

namespace detail {
/// Texts as they are written: "ai" for fixed_string<3ul>{char [3]{(char)97, (char)105}}.
inline std::string with_texts(std::string name) {
    for (std::size_t at = 0; (at = name.find("alloy::fixed_string<", at)) != std::string::npos; ++at) {
        const std::size_t open = name.find(">{char [", at), end = name.find("}}", at);
        if (open == std::string::npos || end == std::string::npos || open > end) continue;
        std::string text = "\"";
        for (std::size_t i = open; (i = name.find("(char)", i)) < end;) text += static_cast<char>(std::atoi(name.c_str() + (i += 6)));
        name.replace(at, end + 2 - at, text += '"');
    }
    return name;
}
/// A type's name as its user writes it: without the inline namespace.
template <class T>
std::string name_of() {
    std::string name = boost::core::type_name<T>();
    const std::string inner = boost::core::type_name<size_part>(), hidden = inner.substr(7, inner.size() - 7 - 9);  // alloy:: … size_part
    for (std::size_t at; (at = name.find("alloy::" + hidden)) != std::string::npos;) name.erase(at + 7, hidden.size());
    return with_texts(std::move(name));
}
}  // namespace detail

template <class A>
struct explanation {
    using base = detail::base_allocator<A>;
    static constexpr auto policies = detail::policies_by_axis(axes{}, static_cast<base*>(nullptr));
    static constexpr auto parts = detail::size_parts<A>(static_cast<base*>(nullptr));
    static_assert(detail::adds_up(parts, sizeof(A), alignof(A)), "alloy: the parts of an allocator do not add up to its size; please report this");

    static std::string text() {
        std::string said = detail::name_of<A>() + ": " + std::to_string(sizeof(A)) + " bytes\n";
        boost::hana::for_each(policies, [&said](auto entry) {
            using axis = typename decltype(+boost::hana::first(entry))::type;
            using policy = typename decltype(+boost::hana::second(entry))::type;
            said += "  ";
            said.append(axis::name).append(": ");
            if constexpr (std::is_same_v<axis, tagging::axis>)  // names say more than how the compiler spells their characters
                for (std::size_t i = 0; i < policy::count; ++i) said.append(i == 0 ? "" : ", ").append(policy::name(i));
            else
                said.append(detail::name_of<policy>());
            said.append("\n");
        });
        for (const size_part& part : parts)
            if (part.bytes != 0) said.append("  ").append(std::to_string(part.bytes)).append(" bytes: ").append(part.what).append("\n");
        mp::mp_for_each<mp::mp_transform<mp::mp_identity, rules>>([&said](auto rule) {
            said.append("  kept: ").append(detail::name_of<typename decltype(rule)::type>()).append("\n");
        });
        return said;
    }
};

template <class A>
[[nodiscard]] constexpr explanation<A> explain() noexcept {
    return {};
}

}  // namespace alloy
