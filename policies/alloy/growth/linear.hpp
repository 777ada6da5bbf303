#pragma once
/// Blocks of N bytes each, as many as are needed; a larger request gets a block of its own.
///
/// Cost: nothing kept. Choose it when the peak is known within a few blocks, or upstream likes one size.
#include <cstddef>

#include <alloy/contracts/growth.hpp>

namespace alloy::growth {

template <std::size_t N>
struct linear {
    using axis = growth::axis;
    static constexpr bool coalesces = false, is_in_place = false, reserves = false, has_one_block = false;
    static constexpr std::size_t next(std::size_t, std::size_t needed) noexcept {
        static_assert(N >= 256, "alloy: growth::linear<N> needs blocks of 256 bytes or more");
        return needed > N ? needed : N;
    }
    static constexpr std::size_t keep(std::size_t held) noexcept { return held; }
};

}  // namespace alloy::growth
