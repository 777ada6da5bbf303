#pragma once
/// Grows as Growth does, and gives everything back when the outermost frame has ended.
///
/// Cost: every frame starts from upstream. Choose it for allocators that are used once in a long while.
#include <alloy/contracts/growth.hpp>
#include <alloy/growth/trimmed.hpp>

namespace alloy::growth {

template <growth_policy Growth>
struct released : trimmed<Growth, 0> {};

}  // namespace alloy::growth
