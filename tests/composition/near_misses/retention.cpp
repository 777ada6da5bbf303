/// Axis retention: the minimal model is accepted; each archetype derives from it, breaks one requirement and is refused. What is private is missing:
/// a concept looks from outside.
#include <alloy/contracts/growth.hpp>
#include <alloy/contracts/retention.hpp>

namespace {

using namespace alloy;

/// What a hook or constant should not be.
struct other {};

struct model {
    using axis = alloy::retention::axis;
    static constexpr bool retains = false;
};
static_assert(retention_policy<model>);

class no_axis : public model {
    using model::axis;
};
struct axis_of_another : model {
    using axis = alloy::growth::axis;
};
class no_retains : public model {
    using model::retains;
};
struct retains_not_constant : model {
    static inline bool retains = false;
};
struct retains_of_another_type : model {
    static constexpr other retains{};
};
static_assert(!retention_policy<no_axis>);
static_assert(!retention_policy<axis_of_another>);
static_assert(!retention_policy<no_retains>);
static_assert(!retention_policy<retains_not_constant>);
static_assert(!retention_policy<retains_of_another_type>);

struct claims_to_retain : model {
    static constexpr bool retains = true;
};
struct retains_all : claims_to_retain {
    static constexpr bool uses_pool = false, uses_heap = false;
    alloy::destination destination(const survivor&) noexcept;
};
class no_destination : public retains_all {
    using retains_all::destination;
};
struct destination_may_throw : retains_all {
    alloy::destination destination(const survivor&);
};
struct destination_of_another_type : retains_all {
    bool destination(const survivor&) noexcept;
};
struct destination_that_changes_the_survivor : retains_all {
    alloy::destination destination(survivor&) noexcept;
};
class no_uses_pool : public retains_all {
    using retains_all::uses_pool;
};
struct uses_pool_not_constant : retains_all {
    static inline bool uses_pool = false;
};
class no_uses_heap : public retains_all {
    using retains_all::uses_heap;
};
struct uses_heap_not_constant : retains_all {
    static inline bool uses_heap = false;
};
static_assert(retaining<retains_all> && retention_policy<retains_all>);
static_assert(!retaining<claims_to_retain> && !retention_policy<claims_to_retain>);
static_assert(!retaining<no_destination> && !retention_policy<no_destination>);
static_assert(!retaining<destination_may_throw> && !retention_policy<destination_may_throw>);
static_assert(!retaining<destination_of_another_type> && !retention_policy<destination_of_another_type>);
static_assert(!retaining<destination_that_changes_the_survivor> && !retention_policy<destination_that_changes_the_survivor>);
static_assert(!retaining<no_uses_pool> && !retention_policy<no_uses_pool>);
static_assert(!retaining<uses_pool_not_constant> && !retention_policy<uses_pool_not_constant>);
static_assert(!retaining<no_uses_heap> && !retention_policy<no_uses_heap>);
static_assert(!retaining<uses_heap_not_constant> && !retention_policy<uses_heap_not_constant>);

}  // namespace
