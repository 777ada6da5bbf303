#pragma once
/// One reservation of N bytes of address space, committed by the first touch of each page; objects never move to a further block.
///
/// Cost: one system call for the whole life, one page fault per page first touched. The reservation counts as held.
/// Choose it when the peak is unknown but bounded and one contiguous range is wanted. Needs an upstream that can reserve: `upstream::pages<>`.
/// `trimmed<virtual_reserve<N>, Limit>` gives pages beyond Limit back at the end of a frame.
#include <cstddef>

#include <alloy/contracts/growth.hpp>

namespace alloy::growth {

template <std::size_t N>
struct virtual_reserve {
    using axis = growth::axis;
    static constexpr bool coalesces = false, is_in_place = false, reserves = true, has_one_block = true;
    static constexpr std::size_t next(std::size_t held, std::size_t needed) noexcept {
        static_assert(N >= 4096 && N % 4096 == 0, "alloy: growth::virtual_reserve<N> needs whole pages of 4096 bytes");
        return held == 0 && needed <= N ? N : 0;
    }
    static constexpr std::size_t keep(std::size_t held) noexcept { return held; }
};

}  // namespace alloy::growth
