#pragma once
/// A small program of ordinary use, in two translation units that may be compiled with different options.
#include <alloy/allocator.hpp>
#include <alloy/containers.hpp>
#include <alloy/containers/flat_map.hpp>
#include <alloy/containers/growing_vector.hpp>
#include <alloy/core/cursor.hpp>
#include <alloy/memory_resource.hpp>
#include <alloy/policies.hpp>

namespace test {

struct small_allocator : alloy::allocator<alloy::budget::hard<64 * alloy::KiB>, alloy::growth::linear<4 * alloy::KiB>, alloy::tagging::named<"small">> {};
struct quiet_allocator : alloy::allocator<alloy::budget::hard<64 * alloy::KiB>, alloy::growth::linear<4 * alloy::KiB>, alloy::fallback::null,
                                          alloy::threading::spin_locked, alloy::tracking::boundary_metrics> {};

// In the second translation unit.
int sum_of_containers(alloy::frame_ref frame);
int sum_over_pmr(alloy::frame_ref frame);
std::size_t used_after_rollback(small_allocator& memory);
bool counts_destructors();

}  // namespace test
