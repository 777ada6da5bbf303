#pragma once
/// A set of tags known while compiling, of which each thread has one current: `auto scope = memory.tag<"physics">();`.
///
/// Cost: nothing per allocation in a frame; for an object of the pool one counter. Each tag has slabs of its own, so that an object goes back to the
/// tag that it was made under without a byte for it. What is made outside of every scope belongs to the tag "untagged". Sums of "physics" contain
/// "physics/contacts". Choose it for the subsystems of a program; `tagging::dynamic` for names that are known at run time alone.
#include <cstddef>
#include <string_view>

#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include <alloy/contracts/tagging.hpp>
#include <alloy/core/fixed_string.hpp>

namespace alloy::tagging {

template <fixed_string Name>
struct tag_name {
    static constexpr auto text = Name;
    static constexpr std::string_view view() noexcept { return text.c_str(); }
};

/// Named through `scoped<"a", "b">`, which brings the names into one order, each once.
template <class... Names>
struct basic_scoped {
    using axis = tagging::axis;
    static constexpr std::size_t count = 1 + sizeof...(Names);
    static constexpr bool switches = true;
    static constexpr const char* name(std::size_t tag) noexcept { return names[tag]; }
    static constexpr std::size_t index_of(const char* wanted) noexcept {
        std::size_t tag = 0;
        while (tag < count && std::string_view(names[tag]) != wanted) ++tag;
        return tag;
    }

private:
    static constexpr const char* names[count] = {untagged::name(0), Names::text.c_str()...};
};

namespace detail {
template <class A, class B>
using comes_before = boost::mp11::mp_bool<(A::view() < B::view())>;
}

template <fixed_string... Names>
using scoped = boost::mp11::mp_rename<
    boost::mp11::mp_sort<boost::mp11::mp_remove<boost::mp11::mp_unique<boost::mp11::mp_list<tag_name<Names>...>>, tag_name<"untagged">>,
                         detail::comes_before>,
    basic_scoped>;

}  // namespace alloy::tagging
