#pragma once
/// The compositions on which every test of the pool, the heap and their handles is run.
#include <mutex>
#include <tuple>

#include <alloy/allocator.hpp>
#include <alloy/checking/guarded.hpp>
#include <alloy/policies.hpp>

#include "hard_policies.hpp"
#include "hear.hpp"
#include "upstreams.hpp"

namespace test {

/// Each way that an object is seen or not: by nothing, a counter, a lock, a budget of held or used bytes, tags that switch, fences, an engine per
/// thread, a fallback with memory of its own, frames that borrow from the heap, a checking policy that knows each object.
using pool_compositions =
    std::tuple<alloy::allocator<strict_upstream>,  //
               alloy::allocator<strict_upstream, alloy::budget::hard<16 * alloy::MiB>, alloy::tagging::named<"test">, alloy::tracking::boundary_metrics>,
               alloy::allocator<strict_upstream, alloy::tracking::metrics<alloy::metric::count, alloy::metric::requested>, alloy::lifetime::pool, alloy::lifetime::heap>,
               alloy::allocator<strict_upstream, alloy::threading::spin_locked, alloy::growth::linear<512>, alloy::lifetime::frames<2>, alloy::lifetime::pool, alloy::lifetime::heap>,
               alloy::allocator<strict_upstream, alloy::growth::linear<512>, three_tags, physics_budget<4096>>,
               alloy::allocator<strict_upstream, alloy::growth::linear<1024>, fenced, three_tags, frame_budget<64 * alloy::MiB>, recorder>,
               alloy::allocator<strict_upstream, alloy::growth::linear<512>, alloy::threading::thread_cached, recorder>,
               alloy::allocator<strict_upstream, alloy::threading::thread_cached>,
               alloy::allocator<strict_upstream, alloy::growth::linear<512>, alloy::threading::thread_cached, three_tags, alloy::budget::hard<16 * alloy::MiB>>,
               alloy::allocator<strict_upstream, alloy::growth::fixed<512>, alloy::fallback::to_heap, alloy::threading::locked<std::mutex>, alloy::budget::hard<16 * alloy::MiB>>,
               alloy::allocator<strict_upstream, alloy::growth::linear<512>, alloy::checking::guarded<alloy::checking::report::call<&hear>>>>;

}  // namespace test
