#pragma once
/// The consumer's own allocators, one with a policy of its own.
#include <alloy/allocator.hpp>
#include <alloy/budget/hard.hpp>
#include <alloy/tagging/named.hpp>
#include <alloy/tracking/metrics.hpp>

#include "listed_growth.hpp"

namespace studio {

struct level_allocator : alloy::allocator<studio::listed_growth<1024, 2048, 8192>, alloy::tracking::boundary_metrics, alloy::tagging::named<"level">> {};
struct sound_allocator : alloy::allocator<alloy::budget::hard<1 * alloy::MiB>> {};

}  // namespace studio
