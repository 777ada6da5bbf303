#pragma once
/// A growth policy that Alloy has never seen: blocks as long as a list says, the last for ever.
#include <cstddef>

#include <alloy/contracts/growth.hpp>

namespace studio {

template <std::size_t... Bytes>
struct listed_growth {
    using axis = alloy::growth::axis;
    static constexpr bool coalesces = false, is_in_place = false, reserves = false, has_one_block = false;
    static constexpr std::size_t next(std::size_t held, std::size_t needed) noexcept {
        std::size_t sum = 0, last = 0;
        for (const std::size_t bytes : {Bytes...}) {
            last = bytes;
            if (held <= sum) break;
            sum += bytes;
        }
        return last < needed ? needed : last;
    }
    static constexpr std::size_t keep(std::size_t held) noexcept { return held; }
};
static_assert(alloy::growth_policy<listed_growth<1024>>);

}  // namespace studio
