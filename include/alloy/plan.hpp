#pragma once
/// The static memory plan: who may have how much, as a tree, in one constant that is checked while compiling.
///
/// `inline constexpr auto plan = alloy::plan<512 * MiB>(alloy::part<"physics", 64 * MiB>(alloy::part<"contacts", 16 * MiB>), alloy::part<"render", 256 * MiB>);`
/// Parts that are more than their whole are one error, which names the whole and the excess in bytes. Budgets are taken from it, so that a program's
/// limits stand in one place and add up: `budget::hard<plan.bytes<"physics">()>`, `plan.limits<budget::per_tag, budget::limit>`.
///
/// Cost: nothing while the program runs; `entries` are constants. Including it takes what boost::hana::map takes.
/// A part's path is the names from the outermost on, "physics/contacts"; that of the whole is "".
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <type_traits>
#include <utility>

#include <boost/hana/at_key.hpp>
#include <boost/hana/contains.hpp>
#include <boost/hana/map.hpp>
#include <boost/hana/pair.hpp>
#include <boost/hana/string.hpp>
#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include <alloy/composition/axes.hpp>
#include <alloy/core/fixed_string.hpp>
#include <alloy/core/size.hpp>

namespace alloy::inline ALLOY_ABI {

/// What a plan says of one part, or of the whole; sizes in bytes.
struct plan_entry {
    const char* path;         ///< "physics/contacts"; "" for the whole
    const char* name;         ///< "contacts"
    const char* parent;       ///< the path of what it is a part of; null for the whole
    std::size_t bytes;        ///< its limit
    std::size_t in_parts;     ///< of them, given to its own parts; the rest is for itself
    std::size_t depth;        ///< 0 for the whole, 1 for its parts
};

namespace detail {
template <fixed_string Name, std::size_t Bytes, class... Parts>
struct plan_part;
template <class P>
inline constexpr bool is_plan_part = false;
template <fixed_string Name, std::size_t Bytes, class... Parts>
inline constexpr bool is_plan_part<plan_part<Name, Bytes, Parts...>> = true;

/// A part of a plan; called with parts, it is the whole of these.
template <fixed_string Name, std::size_t Bytes, class... Parts>
struct plan_part {
    static constexpr auto name = Name;
    static constexpr std::size_t bytes = Bytes;
    template <class... Inner>
        requires(sizeof...(Parts) == 0 && (is_plan_part<Inner> && ...))
    consteval plan_part<Name, Bytes, Inner...> operator()(Inner...) const {
        return {};
    }
};

template <fixed_string Name>
consteval bool is_part_name() {
    return Name.size() > 0 && std::string_view(Name.c_str()).find('/') == std::string_view::npos;
}
template <class... Parts>
consteval bool names_differ() {
    const std::array<std::string_view, sizeof...(Parts)> names{std::string_view(Parts::name.c_str())...};
    for (std::size_t i = 0; i < names.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (names[i] == names[j]) return false;
    return true;
}
/// A sum that does not wrap.
consteval std::size_t sum_of(std::initializer_list<std::size_t> parts) {
    std::size_t sum = 0;
    for (const std::size_t bytes : parts) sum = bytes > SIZE_MAX - sum ? SIZE_MAX : sum + bytes;
    return sum;
}
/// Compilers show the parameters beside the message.
template <fixed_string Whole, std::size_t ExcessBytes>
consteval bool parts_fit_in() {
    static_assert(ExcessBytes == 0, "alloy: the parts of a plan are more than their whole, by the bytes that are compared with 0 here; take some from them, or give the whole more");
    return ExcessBytes == 0;
}

/// Asks in order; only the first "no" speaks.
template <class Whole>
struct plan_check;
template <class First, class... Rest>
consteval bool all_well_planned(mp::mp_list<First, Rest...>) {
    if constexpr (!plan_check<First>::passes())
        return false;
    else if constexpr (sizeof...(Rest) > 0)
        return all_well_planned(mp::mp_list<Rest...>());
    else
        return true;
}
template <fixed_string Name, std::size_t Bytes, class... Parts>
struct plan_check<plan_part<Name, Bytes, Parts...>> {
    static consteval bool passes() {
        constexpr std::size_t sum = sum_of({Parts::bytes...});
        if constexpr (!(is_part_name<Parts::name>() && ...)) {
            static_assert((is_part_name<Parts::name>() && ...), "alloy: a part of a plan has no name, or one with a '/'; name it by a word, and nest parts for paths");
            return false;
        } else if constexpr (!names_differ<Parts...>()) {
            static_assert(names_differ<Parts...>(), "alloy: two parts of one whole in a plan have the same name; rename one, or join them");
            return false;
        } else if constexpr (sum > Bytes) {
            return parts_fit_in<Name, sum - Bytes>();
        } else if constexpr (sizeof...(Parts) > 0) {
            return all_well_planned(mp::mp_list<Parts...>());
        } else {
            return true;
        }
    }
};

template <fixed_string Outer, fixed_string Name>
consteval auto path_of() {
    if constexpr (Outer.size() == 0) {
        return Name;
    } else {
        char joined[Outer.size() + Name.size() + 2]{};
        std::size_t n = 0;
        for (std::size_t i = 0; i < Outer.size(); ++i) joined[n++] = Outer.text[i];
        joined[n++] = '/';
        for (std::size_t i = 0; i < Name.size(); ++i) joined[n++] = Name.text[i];
        return fixed_string<Outer.size() + Name.size() + 2>(joined);
    }
}

/// One entry as a type.
template <fixed_string Path, fixed_string Name, fixed_string Parent, std::size_t Bytes, std::size_t InParts, std::size_t Depth>
struct planned {
    static constexpr auto path = Path;
    static constexpr std::size_t bytes = Bytes;
    static constexpr plan_entry entry{Path.c_str(), Name.c_str(), Depth == 0 ? nullptr : Parent.c_str(), Bytes, InParts, Depth};
};

/// The tree as a list, each whole in front of its parts.
template <class Part, fixed_string Parent, std::size_t Depth>
struct flattened;
template <fixed_string Name, std::size_t Bytes, class... Parts, fixed_string Parent, std::size_t Depth>
struct flattened<plan_part<Name, Bytes, Parts...>, Parent, Depth> {
    static constexpr auto path = path_of<Parent, Name>();
    using type = mp::mp_append<mp::mp_list<planned<path, Name, Parent, Bytes, sum_of({Parts::bytes...}), Depth>>, typename flattened<Parts, path, Depth + 1>::type...>;
};

template <fixed_string Path, std::size_t... I>
consteval auto plan_key(std::index_sequence<I...>) {
    return boost::hana::string_c<Path.text[I]...>;
}
/// A path as a key of the map.
template <fixed_string Path>
inline constexpr auto plan_key_of = plan_key<Path>(std::make_index_sequence<Path.size()>());

template <class Map, fixed_string Path>
inline constexpr bool has_path = decltype(boost::hana::contains(std::declval<Map>(), plan_key_of<Path>))::value;

}  // namespace detail

/// The type of a plan. All of it is known while compiling.
template <class Whole>
class memory_plan {
    static constexpr bool is_sound = detail::plan_check<Whole>::passes();  // after an error go on with the whole alone: one mistake, one error
    using parts = typename detail::flattened<std::conditional_t<is_sound, Whole, detail::plan_part<"", Whole::bytes>>, "", 0>::type;

    template <class... Planned>
    static consteval auto map_of(mp::mp_list<Planned...>) {
        return boost::hana::make_map(boost::hana::make_pair(detail::plan_key_of<Planned::path>, Planned::entry)...);
    }
    template <class... Planned>
    static consteval auto entries_of(mp::mp_list<Planned...>) {
        return std::array{Planned::entry...};
    }
    template <class Planned, template <class...> class To, template <fixed_string, std::size_t> class Each>
    struct limits_of;
    template <class... Planned, template <class...> class To, template <fixed_string, std::size_t> class Each>
    struct limits_of<mp::mp_list<Planned...>, To, Each> {
        using type = To<Each<Planned::path, Planned::bytes>...>;
    };
    template <class Planned, template <fixed_string...> class To>
    struct paths_of;
    template <class... Planned, template <fixed_string...> class To>
    struct paths_of<mp::mp_list<Planned...>, To> {
        using type = To<Planned::path...>;
    };

public:
    /// From a path, as a boost::hana::string, to its plan_entry.
    static constexpr auto map = map_of(parts());
    /// The same in order, each whole in front of its parts: for tables.
    static constexpr auto entries = entries_of(parts());

    /// What the plan says of a path; without one, of the whole.
    template <fixed_string Path = "">
    static consteval plan_entry at() {
        constexpr bool is_there = detail::has_path<decltype(map), Path>;
        static_assert(is_there || !is_sound, "alloy: the plan has no part of this path, which the notes name; say the names from the outermost on, with '/' between");
        if constexpr (is_there)
            return map[detail::plan_key_of<Path>];
        else
            return entries[0];
    }
    /// Its limit in bytes, and what of that is left beside its parts.
    template <fixed_string Path = "">
    static consteval std::size_t bytes() {
        return at<Path>().bytes;
    }
    template <fixed_string Path = "">
    static consteval std::size_t beside_parts() {
        return at<Path>().bytes - at<Path>().in_parts;
    }

    /// To<Each<path, bytes>...> of all parts: `plan_type::limits<budget::per_tag, budget::limit>`.
    template <template <class...> class To, template <fixed_string, std::size_t> class Each>
    using limits = typename limits_of<mp::mp_pop_front<parts>, To, Each>::type;
    /// To<path...> of all parts: `plan_type::paths<tagging::scoped>`.
    template <template <fixed_string...> class To>
    using paths = typename paths_of<mp::mp_pop_front<parts>, To>::type;
};

/// A part of `Bytes` that is called Name, as it is, or called with its own parts.
template <fixed_string Name, std::size_t Bytes>
inline constexpr detail::plan_part<Name, Bytes> part{};

/// A plan of `Bytes` in all. Parts need not be all of them.
template <std::size_t Bytes, class... Parts>
    requires(detail::is_plan_part<Parts> && ...)
[[nodiscard]] consteval memory_plan<detail::plan_part<"", Bytes, Parts...>> plan(Parts...) {
    return {};
}

}  // namespace alloy
