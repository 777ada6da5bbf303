#pragma once
/// The compositions on which every test of frames is run.
#include <mutex>
#include <tuple>

#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#include "upstreams.hpp"

namespace test {

/// Every kind of frame engine: plain, bounded, counted, locked, several buffers, each way of growing. Upstream looks at every block.
using compositions =
    std::tuple<alloy::allocator<strict_upstream>,  //
               alloy::allocator<strict_upstream, alloy::growth::geometric<1024>, alloy::budget::hard<16 * alloy::MiB>, alloy::tagging::named<"test">,
                                alloy::tracking::boundary_metrics>,
               alloy::allocator<strict_upstream, alloy::growth::linear<512>, alloy::tracking::metrics<alloy::metric::count, alloy::metric::requested>>,
               alloy::allocator<strict_upstream, alloy::growth::coalesced<alloy::growth::linear<512>>>,
               alloy::allocator<strict_upstream, alloy::growth::trimmed<alloy::growth::geometric<512>, 2048>, alloy::tracking::boundary_metrics>,
               alloy::allocator<strict_upstream, alloy::growth::released<alloy::growth::linear<256>>>,
               alloy::allocator<strict_upstream, alloy::growth::linear<512>, alloy::threading::spin_locked>,
               alloy::allocator<strict_upstream, alloy::threading::locked<std::mutex>, alloy::budget::hard<16 * alloy::MiB>, alloy::tracking::boundary_metrics>,
               alloy::allocator<strict_upstream, alloy::growth::linear<512>, alloy::lifetime::frames<2>>,
               alloy::allocator<strict_upstream, alloy::growth::geometric<512>, alloy::lifetime::frames<3>, alloy::threading::spin_locked>>;

}  // namespace test
