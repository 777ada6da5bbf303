/// Whether a budget's tags are there is asked of the types. Where a policy's names are known at run time alone the answer is no, not an error.
#include <cstddef>

#include <alloy/allocator.hpp>

struct named_at_run_time {
    using axis = alloy::tagging::axis;
    static constexpr std::size_t count = 2;
    static constexpr bool switches = false;
    static const char* name(std::size_t) noexcept;
};
struct bounds_one_tag {
    using axis = alloy::budget::axis;
    static constexpr bool bounds_held = false, bounds_used = true;
    static constexpr alloy::used_bound bounds[] = {{"a", 1000}};
};
struct bounds_every_tag : bounds_one_tag {
    static constexpr alloy::used_bound bounds[] = {{"", 1000}};
};

static_assert(alloy::composable<named_at_run_time>);
static_assert(!alloy::composable<named_at_run_time, bounds_one_tag>);
static_assert(alloy::composable<named_at_run_time, bounds_every_tag>);
