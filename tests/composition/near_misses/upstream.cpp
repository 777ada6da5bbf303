/// Axis upstream: the minimal model is accepted; each archetype derives from it, breaks one requirement and is refused. What is private is missing:
/// a concept looks from outside.
#include <cstddef>

#include <alloy/contracts/fallback.hpp>
#include <alloy/contracts/upstream.hpp>

namespace {

using namespace alloy;
using std::size_t;

struct model {
    using axis = alloy::upstream::axis;
    static constexpr bool gives = false, is_stateless = true, reserves = false, reallocates = false;
    static constexpr size_t granularity = 1;
};
static_assert(upstream_policy<model>);

class no_axis : public model {
    using model::axis;
};
struct axis_of_another : model {
    using axis = alloy::fallback::axis;
};
class no_gives : public model {
    using model::gives;
};
struct gives_not_constant : model {
    static inline bool gives = false;
};
class no_is_stateless : public model {
    using model::is_stateless;
};
struct is_stateless_not_constant : model {
    static inline bool is_stateless = true;
};
class no_reserves : public model {
    using model::reserves;
};
struct reserves_not_constant : model {
    static inline bool reserves = false;
};
class no_reallocates : public model {
    using model::reallocates;
};
struct reallocates_not_constant : model {
    static inline bool reallocates = false;
};
static_assert(!upstream_policy<no_reallocates>);
static_assert(!upstream_policy<reallocates_not_constant>);
class no_granularity : public model {
    using model::granularity;
};
struct granularity_not_constant : model {
    static inline size_t granularity = 1;
};
struct granularity_of_zero : model {
    static constexpr size_t granularity = 0;
};
struct granularity_no_power_of_two : model {
    static constexpr size_t granularity = 48;
};
struct granularity_below_zero : model {
    static constexpr int granularity = -16;
};
static_assert(!upstream_policy<no_axis>);
static_assert(!upstream_policy<axis_of_another>);
static_assert(!upstream_policy<no_gives>);
static_assert(!upstream_policy<gives_not_constant>);
static_assert(!upstream_policy<no_is_stateless>);
static_assert(!upstream_policy<is_stateless_not_constant>);
static_assert(!upstream_policy<no_reserves>);
static_assert(!upstream_policy<reserves_not_constant>);
static_assert(!upstream_policy<no_granularity>);
static_assert(!upstream_policy<granularity_not_constant>);
static_assert(!upstream_policy<granularity_of_zero>);
static_assert(!upstream_policy<granularity_no_power_of_two>);
static_assert(!upstream_policy<granularity_below_zero>);

struct claims_to_give : model {
    static constexpr bool gives = true;
};
struct giving : claims_to_give {
    void* allocate(size_t, size_t) noexcept;
    void deallocate(void*, size_t, size_t) noexcept;
};
class no_allocate : public giving {
    using giving::allocate;
};
struct allocate_may_throw : giving {
    void* allocate(size_t, size_t);
};
struct allocate_of_another_type : giving {
    char* allocate(size_t, size_t) noexcept;
};
struct allocate_without_alignment : giving {
    void* allocate(size_t) noexcept;
};
class no_deallocate : public giving {
    using giving::deallocate;
};
struct deallocate_may_throw : giving {
    void deallocate(void*, size_t, size_t);
};
struct deallocate_without_a_size : giving {
    void deallocate(void*) noexcept;
};
static_assert(giving_upstream<giving> && upstream_policy<giving>);
static_assert(!giving_upstream<claims_to_give> && !upstream_policy<claims_to_give>);
static_assert(!giving_upstream<no_allocate> && !upstream_policy<no_allocate>);
static_assert(!giving_upstream<allocate_may_throw> && !upstream_policy<allocate_may_throw>);
static_assert(!giving_upstream<allocate_of_another_type> && !upstream_policy<allocate_of_another_type>);
static_assert(!giving_upstream<allocate_without_alignment> && !upstream_policy<allocate_without_alignment>);
static_assert(!giving_upstream<no_deallocate> && !upstream_policy<no_deallocate>);
static_assert(!giving_upstream<deallocate_may_throw> && !upstream_policy<deallocate_may_throw>);
static_assert(!giving_upstream<deallocate_without_a_size> && !upstream_policy<deallocate_without_a_size>);

struct claims_to_reserve : giving {
    static constexpr bool reserves = true;
};
struct reserving : claims_to_reserve {
    void* reserve(size_t) noexcept;
    void decommit(void*, size_t) noexcept;
};
class no_reserve : public reserving {
    using reserving::reserve;
};
struct reserve_may_throw : reserving {
    void* reserve(size_t);
};
struct reserve_of_another_type : reserving {
    bool reserve(size_t) noexcept;
};
class no_decommit : public reserving {
    using reserving::decommit;
};
struct decommit_may_throw : reserving {
    void decommit(void*, size_t);
};
static_assert(reserving_upstream<reserving> && upstream_policy<reserving>);
static_assert(!reserving_upstream<claims_to_reserve> && !upstream_policy<claims_to_reserve>);
static_assert(!reserving_upstream<no_reserve> && !upstream_policy<no_reserve>);
static_assert(!reserving_upstream<reserve_may_throw> && !upstream_policy<reserve_may_throw>);
static_assert(!reserving_upstream<reserve_of_another_type> && !upstream_policy<reserve_of_another_type>);
static_assert(!reserving_upstream<no_decommit> && !upstream_policy<no_decommit>);
static_assert(!reserving_upstream<decommit_may_throw> && !upstream_policy<decommit_may_throw>);

struct claims_to_reallocate : giving {
    static constexpr bool reallocates = true;
};
struct reallocating : claims_to_reallocate {
    void* reallocate(void*, size_t, size_t) noexcept;
};
struct reallocate_may_throw : reallocating {
    void* reallocate(void*, size_t, size_t);
};
struct reallocate_without_the_old_size : reallocating {
    void* reallocate(void*, size_t) noexcept;
};
static_assert(reallocating_upstream<reallocating> && upstream_policy<reallocating>);
static_assert(!reallocating_upstream<claims_to_reallocate> && !upstream_policy<claims_to_reallocate>);
static_assert(!reallocating_upstream<reallocate_may_throw> && !upstream_policy<reallocate_may_throw>);
static_assert(!reallocating_upstream<reallocate_without_the_old_size> && !upstream_policy<reallocate_without_the_old_size>);

}  // namespace
