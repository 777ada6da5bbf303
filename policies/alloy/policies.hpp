#pragma once
/// All policies, one small header each: <alloy/<axis>/<policy>.hpp>. All but upstream::resource, since <memory_resource> costs more to include
/// than the rest together: add <alloy/upstream/resource.hpp> for it.
#include <alloy/budget/hard.hpp>
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
#include <alloy/tagging/named.hpp>
#include <alloy/threading/locked.hpp>
#include <alloy/threading/spin_locked.hpp>
#include <alloy/tracking/metrics.hpp>
#include <alloy/upstream/malloc.hpp>
#include <alloy/upstream/none.hpp>
#include <alloy/upstream/pages.hpp>
