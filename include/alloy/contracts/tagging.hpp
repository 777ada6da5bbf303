#pragma once
/// Axis tagging: what are used bytes attributed to?
///
/// Contract, for a policy P and an object p of it:
/// | expression | result | meaning |
/// |---|---|---|
/// | `P::count` | size_t, constant, > 0 | how many tags there are |
/// | `P::name(i)` | const char*, noexcept | the tag's name, living for ever |
/// | `P::switches` | bool, constant | whether the current tag can change; tag 0 is current where no scope says another, and then there is also: |
/// | `P::index_of(name)` | size_t, noexcept | index of the tag so named, `count` where there is none; constexpr where the names are |
///
/// A policy says which tags there are; which one is current, for each thread, the framework knows. A name with a slash, "physics/contacts", is a part of
/// what stands in front of it. Frames are attributed by differences of cursors where the tag changes: no instruction per allocation. Default: `untagged`.
#include <concepts>
#include <cstddef>
#include <type_traits>

#include <alloy/core/abi.hpp>

namespace alloy::inline ALLOY_ABI {
namespace tagging {
struct axis;

/// Everything belongs to one nameless tag.
struct untagged {
    using axis = tagging::axis;
    static constexpr std::size_t count = 1;
    static constexpr bool switches = false;
    static constexpr const char* name(std::size_t) noexcept { return "untagged"; }
};
}  // namespace tagging

template <class P>
concept switching_tagging = requires(const char* name) {
    { P::index_of(name) } noexcept -> std::same_as<std::size_t>;
};

template <class P>
concept tagging_policy =
    std::same_as<typename P::axis, tagging::axis> &&
    requires(std::size_t tag) {
        { P::name(tag) } noexcept -> std::same_as<const char*>;
        typename std::bool_constant<P::switches>;
        typename std::integral_constant<std::size_t, P::count>;
    } && (P::count > 0) && (!P::switches || switching_tagging<P>);

namespace detail {

/// Whether a tag is `whole` or a part of it; every tag is a part of "".
constexpr bool is_part_of(const char* tag, const char* whole) noexcept {
    if (*whole == '\0') return true;
    while (*whole && *tag == *whole) ++tag, ++whole;
    return *whole == '\0' && (*tag == '\0' || *tag == '/');
}
/// Whether names are known while compiling.
template <class Tagging>
inline constexpr bool names_are_constant = requires { typename std::integral_constant<char, *Tagging::name(Tagging::count - 1)>; };

}  // namespace detail
}  // namespace alloy

struct alloy::tagging::axis {
    using identity = untagged;
    static constexpr const char* name = "tagging";
    template <class P>
    static constexpr bool models = tagging_policy<P>;
    template <class P>
    static consteval void require() {
        static_assert(tagging_policy<P>, "alloy: a tagging policy does not satisfy alloy::tagging_policy; add what the notes name as missing");
    }
    template <class... Given>
    static consteval void require_one() {
        static_assert(sizeof...(Given) <= 1, "alloy: more than one tagging policy was given; keep one");
    }
};
