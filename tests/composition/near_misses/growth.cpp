/// Axis growth: the minimal model is accepted; each archetype derives from it, breaks one requirement and is refused. What is private is missing:
/// a concept looks from outside.
#include <cstddef>

#include <alloy/contracts/budget.hpp>
#include <alloy/contracts/growth.hpp>

namespace {

using namespace alloy;
using std::size_t;

/// What a hook or constant should not be.
struct other {};

struct model {
    using axis = alloy::growth::axis;
    static constexpr bool coalesces = false, is_in_place = false, reserves = false, has_one_block = false;
    size_t next(size_t, size_t) noexcept;
    size_t keep(size_t) noexcept;
};
static_assert(growth_policy<model>);

class no_axis : public model {
    using model::axis;
};
struct axis_of_another : model {
    using axis = alloy::budget::axis;
};
class no_next : public model {
    using model::next;
};
struct next_of_another_type : model {
    int next(size_t, size_t) noexcept;
};
struct next_may_throw : model {
    size_t next(size_t, size_t);
};
struct next_without_need : model {
    size_t next(size_t) noexcept;
};
class no_keep : public model {
    using model::keep;
};
struct keep_of_another_type : model {
    bool keep(size_t) noexcept;
};
struct keep_may_throw : model {
    size_t keep(size_t);
};
class no_coalesces : public model {
    using model::coalesces;
};
struct coalesces_not_constant : model {
    static inline bool coalesces = false;
};
struct coalesces_of_another_type : model {
    static constexpr other coalesces{};
};
class no_is_in_place : public model {
    using model::is_in_place;
};
struct is_in_place_not_constant : model {
    static inline bool is_in_place = false;
};
class no_reserves : public model {
    using model::reserves;
};
struct reserves_not_constant : model {
    static inline bool reserves = false;
};
class no_has_one_block : public model {
    using model::has_one_block;
};
struct has_one_block_not_constant : model {
    static inline bool has_one_block = false;
};
static_assert(!growth_policy<no_axis>);
static_assert(!growth_policy<axis_of_another>);
static_assert(!growth_policy<no_next>);
static_assert(!growth_policy<next_of_another_type>);
static_assert(!growth_policy<next_may_throw>);
static_assert(!growth_policy<next_without_need>);
static_assert(!growth_policy<no_keep>);
static_assert(!growth_policy<keep_of_another_type>);
static_assert(!growth_policy<keep_may_throw>);
static_assert(!growth_policy<no_coalesces>);
static_assert(!growth_policy<coalesces_not_constant>);
static_assert(!growth_policy<coalesces_of_another_type>);
static_assert(!growth_policy<no_is_in_place>);
static_assert(!growth_policy<is_in_place_not_constant>);
static_assert(!growth_policy<no_reserves>);
static_assert(!growth_policy<reserves_not_constant>);
static_assert(!growth_policy<no_has_one_block>);
static_assert(!growth_policy<has_one_block_not_constant>);

// Memory in place is a block to begin with.
struct claims_memory : model {
    static constexpr bool is_in_place = true;
};
struct brings_memory : claims_memory {
    block* first() noexcept;
};
struct first_may_throw : claims_memory {
    block* first();
};
struct first_of_another_type : claims_memory {
    void* first() noexcept;
};
static_assert(in_place_growth<brings_memory> && growth_policy<brings_memory>);
static_assert(!in_place_growth<claims_memory> && !growth_policy<claims_memory>);
static_assert(!in_place_growth<first_may_throw> && !growth_policy<first_may_throw>);
static_assert(!in_place_growth<first_of_another_type> && !growth_policy<first_of_another_type>);

}  // namespace
