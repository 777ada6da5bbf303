#pragma once
/// Grows as Growth does, and keeps no more than Limit bytes when the outermost frame has ended.
///
/// Cost: a comparison at the end of each outermost frame; upstream is asked again where a frame needs more than Limit.
/// Choose it when peaks are rare and memory is shared with others.
#include <cstddef>

#include <alloy/contracts/growth.hpp>

namespace alloy::growth {

template <growth_policy Growth, std::size_t Limit>
struct trimmed : Growth {
    constexpr std::size_t keep(std::size_t held) noexcept {
        static_assert(!Growth::reserves || Limit % 4096 == 0, "alloy: growth::trimmed of a reservation needs a limit in whole pages of 4096 bytes");
        const std::size_t kept = Growth::keep(held);
        return kept < Limit ? kept : Limit;
    }
};

}  // namespace alloy::growth
