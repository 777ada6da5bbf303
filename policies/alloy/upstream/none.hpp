#pragma once
/// Nobody: no block ever comes from outside.
///
/// Cost: nothing. Choose it with `growth::in_place<N>` and `lifetime::frame` for memory that can be trusted to touch no heap at all.
#include <cstddef>

#include <alloy/contracts/upstream.hpp>

namespace alloy::upstream {

struct none {
    using axis = upstream::axis;
    static constexpr bool gives = false, is_stateless = true, reserves = false, reallocates = false;
    static constexpr std::size_t granularity = 16;
};

}  // namespace alloy::upstream
