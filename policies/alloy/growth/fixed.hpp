#pragma once
/// One block of N bytes, taken when it is first needed, and never another.
///
/// Cost: nothing kept. Choose it when the bound is part of the design: what does not fit is the fallback's affair.
#include <cstddef>

#include <alloy/contracts/growth.hpp>

namespace alloy::growth {

template <std::size_t N>
struct fixed {
    using axis = growth::axis;
    static constexpr bool coalesces = false, is_in_place = false, reserves = false, has_one_block = true;
    static constexpr std::size_t next(std::size_t held, std::size_t needed) noexcept {
        static_assert(N >= 256, "alloy: growth::fixed<N> needs a block of 256 bytes or more");
        return held == 0 && needed <= N ? N : 0;
    }
    static constexpr std::size_t keep(std::size_t held) noexcept { return held; }
};

}  // namespace alloy::growth
