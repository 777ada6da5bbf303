#pragma once
/// The compositions on which every test of frames is run.
#include <mutex>
#include <tuple>

#include <alloy/allocator.hpp>
#include <alloy/checking/guarded.hpp>
#include <alloy/policies.hpp>

#include "hard_policies.hpp"
#include "hear.hpp"
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
               alloy::allocator<strict_upstream, alloy::growth::geometric<512>, alloy::lifetime::frames<3>, alloy::threading::spin_locked>,
               // The hard policies, so that every test of frames is also one of the contracts.
               alloy::allocator<strict_upstream, alloy::growth::linear<512>, three_tags, physics_budget<4096>>,
               alloy::allocator<strict_upstream, alloy::growth::linear<512>, three_tags, frame_budget<16 * alloy::MiB>, observer>,
               alloy::allocator<strict_upstream, alloy::growth::linear<1024>, frame_budget<16 * alloy::MiB>, alloy::threading::spin_locked>,
               alloy::allocator<strict_upstream, alloy::growth::linear<512>, three_tags, alloy::lifetime::frames<2>>,
               alloy::allocator<strict_upstream, alloy::growth::linear<1024>, fenced>,
               alloy::allocator<strict_upstream, alloy::growth::linear<1024>, fenced, three_tags, frame_budget<16 * alloy::MiB>, recorder>,
               alloy::allocator<strict_upstream, alloy::growth::linear<512>, alloy::threading::thread_cached, recorder>,
               alloy::allocator<strict_upstream, alloy::growth::geometric<512>, alloy::threading::thread_cached, alloy::budget::hard<16 * alloy::MiB>>,
               alloy::allocator<strict_upstream, alloy::growth::linear<512>, alloy::threading::thread_cached, three_tags, alloy::lifetime::frames<2>>,
               alloy::allocator<strict_upstream, alloy::growth::linear<512>, promote_to_pool, observer>,
               // The checking policies.
               alloy::allocator<strict_upstream, alloy::growth::linear<1024>, alloy::checking::guarded<alloy::checking::report::call<&hear>>>,
               alloy::allocator<strict_upstream, alloy::growth::linear<512>, alloy::checking::poisoned<alloy::checking::report::call<&hear>>, alloy::lifetime::frames<2>>>;

}  // namespace test
