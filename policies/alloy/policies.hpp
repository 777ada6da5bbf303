#pragma once
/// All policies, one small header each: <alloy/<axis>/<policy>.hpp>. All but two, which cost more to include than the rest together: upstream::resource
/// brings <memory_resource>, checking::guarded a hash table. Add <alloy/upstream/resource.hpp> or <alloy/checking/guarded.hpp> for them. And but two
/// observers, which are for a tool each: <alloy/tracking/heaptrack.hpp> and <alloy/tracking/valgrind_pool.hpp>.
#include <alloy/budget/adjustable.hpp>
#include <alloy/budget/all.hpp>
#include <alloy/budget/group.hpp>
#include <alloy/budget/hard.hpp>
#include <alloy/budget/per_frame.hpp>
#include <alloy/budget/per_tag.hpp>
#include <alloy/budget/per_thread.hpp>
#include <alloy/budget/shared.hpp>
#include <alloy/budget/soft.hpp>
#include <alloy/checking/poisoned.hpp>
#include <alloy/checking/wiped.hpp>
#include <alloy/fallback/null.hpp>
#include <alloy/fallback/terminate.hpp>
#include <alloy/fallback/to_heap.hpp>
#include <alloy/growth/coalesced.hpp>
#include <alloy/growth/fixed.hpp>
#include <alloy/growth/in_place.hpp>
#include <alloy/growth/linear.hpp>
#include <alloy/growth/released.hpp>
#include <alloy/growth/trimmed.hpp>
#include <alloy/growth/virtual_reserve.hpp>
#include <alloy/tagging/dynamic.hpp>
#include <alloy/tagging/named.hpp>
#include <alloy/tagging/scoped.hpp>
#include <alloy/threading/locked.hpp>
#include <alloy/threading/spin_locked.hpp>
#include <alloy/threading/thread_cached.hpp>
#include <alloy/tracking/metrics.hpp>
#include <alloy/tracking/observed.hpp>
#include <alloy/tracking/recorded.hpp>
#include <alloy/upstream/malloc.hpp>
#include <alloy/upstream/none.hpp>
#include <alloy/upstream/pages.hpp>
