#pragma once
/// At most N bytes used at once in the frames of a thread, or of all threads where they share them, under whatever tag.
///
/// Cost: one word; nothing per allocation, since the bound is the limit that each allocation compares with anyway. Bytes count until their frame
/// ends. Choose it to find out in which frame something went wrong, and to fail there and not three frames later.
#include <cstddef>

#include <alloy/contracts/budget.hpp>

namespace alloy::budget {

template <std::size_t N>
struct per_frame {
    using axis = budget::axis;
    static constexpr bool bounds_held = false, bounds_used = true;
    static constexpr used_bound bounds[1] = {{"", N, true}};
};

}  // namespace alloy::budget
