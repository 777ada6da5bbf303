#pragma once
/// What two translation units, each with all headers, know of each other.
#include <cstddef>
#include <string>

#include <everything.hpp>

namespace test {

/// One composition that both instantiate.
struct common_allocator : alloy::allocator<alloy::threading::spin_locked, alloy::growth::linear<512>, alloy::budget::hard<64 * alloy::KiB>,
                                           alloy::tracking::boundary_metrics, alloy::tagging::named<"common">> {};

/// Addresses of what must be one thing in a whole program.
struct shared_things {
    const void* closed_services;
    const void* engine_services;
    const void* name;
    bool operator==(const shared_things&) const = default;
};
inline shared_things things_seen_here() {
    using policies = alloy::policy_set<alloy::threading::single_threaded, alloy::growth::geometric<>, alloy::tagging::untagged, alloy::budget::unlimited,
                                       alloy::retention::discard, alloy::fallback::raise, alloy::upstream::new_delete, alloy::tracking::untracked,
                                       alloy::checking::unchecked>;
    return {&alloy::detail::closed_services, &alloy::frame_arena<policies, common_allocator::lifetimes>::services, common_allocator::name()};
}

// In the other translation unit, which may be a shared library that hides what it does not name.
#pragma GCC visibility push(default)
shared_things things_seen_there();
std::size_t use_there(common_allocator& memory);  ///< opens a frame in `memory`, inside what is open; bytes used
std::string* make_there(alloy::frame_ref frame);  ///< with a destructor, after a request that needs a block
std::string own_composition_there();              ///< of a type that only that unit has, by a name that both use
bool throws_there(common_allocator& memory);      ///< throws alloy::out_of_memory
bool catches_there(void (*f)(common_allocator&), common_allocator& memory);
#pragma GCC visibility pop

}  // namespace test
