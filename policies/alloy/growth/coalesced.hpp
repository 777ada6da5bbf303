#pragma once
/// Grows as Growth does, and makes one block of all idle ones when a frame that outgrew its window has ended. Side blocks alone are no reason.
///
/// Cost: at the end of such a frame, one block more from upstream. Choose it when frames repeat: from the second on, one block serves.
#include <alloy/contracts/growth.hpp>

namespace alloy::growth {

template <growth_policy Growth>
struct coalesced : Growth {
    static constexpr bool coalesces = true;
    constexpr std::size_t keep(std::size_t held) noexcept {
        static_assert(!Growth::has_one_block, "alloy: growth::coalesced needs a growth of several blocks; take geometric or linear");
        return Growth::keep(held);
    }
};

}  // namespace alloy::growth
