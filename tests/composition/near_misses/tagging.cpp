/// Axis tagging: the minimal model is accepted; each archetype derives from it, breaks one requirement and is refused. What is private is missing:
/// a concept looks from outside.
#include <cstddef>

#include <alloy/contracts/budget.hpp>
#include <alloy/contracts/tagging.hpp>

namespace {

using namespace alloy;
using std::size_t;

/// What a hook or constant should not be.
struct other {};

struct model {
    using axis = alloy::tagging::axis;
    static constexpr size_t count = 1;
    static constexpr bool switches = false;
    static const char* name(size_t) noexcept;
};
static_assert(tagging_policy<model>);

class no_axis : public model {
    using model::axis;
};
struct axis_of_another : model {
    using axis = alloy::budget::axis;
};
class no_count : public model {
    using model::count;
};
struct count_not_constant : model {
    static inline size_t count = 1;
};
struct count_of_another_type : model {
    static constexpr other count{};
};
struct no_tag_at_all : model {
    static constexpr size_t count = 0;
};
class no_name : public model {
    using model::name;
};
struct name_may_throw : model {
    static const char* name(size_t);
};
struct name_of_another_type : model {
    static other name(size_t) noexcept;
};
struct name_of_objects_alone : model {
    const char* name(size_t) const noexcept;
};
class no_switches : public model {
    using model::switches;
};
struct switches_not_constant : model {
    static inline bool switches = false;
};
static_assert(!tagging_policy<no_axis>);
static_assert(!tagging_policy<axis_of_another>);
static_assert(!tagging_policy<no_count>);
static_assert(!tagging_policy<count_not_constant>);
static_assert(!tagging_policy<count_of_another_type>);
static_assert(!tagging_policy<no_tag_at_all>);
static_assert(!tagging_policy<no_name>);
static_assert(!tagging_policy<name_may_throw>);
static_assert(!tagging_policy<name_of_another_type>);
static_assert(!tagging_policy<name_of_objects_alone>);
static_assert(!tagging_policy<no_switches>);
static_assert(!tagging_policy<switches_not_constant>);

struct claims_to_switch : model {
    static constexpr bool switches = true;
};
struct switching : claims_to_switch {
    static constexpr size_t index_of(const char*) noexcept { return 0; }
};
class no_index_of : public switching {
    using switching::index_of;
};
struct index_of_may_throw : switching {
    static constexpr size_t index_of(const char*) { return 0; }
};
struct index_of_another_type : switching {
    static constexpr int index_of(const char*) noexcept { return 0; }
};
struct index_of_objects_alone : switching {
    constexpr size_t index_of(const char*) const noexcept { return 0; }
};
static_assert(switching_tagging<switching> && tagging_policy<switching>);
static_assert(!switching_tagging<claims_to_switch> && !tagging_policy<claims_to_switch>);
static_assert(!switching_tagging<no_index_of> && !tagging_policy<no_index_of>);
static_assert(!switching_tagging<index_of_may_throw> && !tagging_policy<index_of_may_throw>);
static_assert(!switching_tagging<index_of_another_type> && !tagging_policy<index_of_another_type>);
static_assert(!switching_tagging<index_of_objects_alone> && !tagging_policy<index_of_objects_alone>);

}  // namespace
