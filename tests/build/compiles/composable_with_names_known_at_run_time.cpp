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
    static constexpr bool bounds_held = false, bounds_used = true, is_concurrent = false;
    static constexpr std::size_t bound_count = 1;
    static constexpr std::size_t bound_of(const char* tag) noexcept { return *tag == 'a' ? 0 : 1; }
    static constexpr const char* bound_name(std::size_t) noexcept { return "a"; }
    static std::size_t room(std::size_t) noexcept { return 0; }
    static void use(std::size_t, std::size_t) noexcept {}
    static void unuse(std::size_t, std::size_t) noexcept {}
};
struct bounds_at_run_time : bounds_one_tag {
    static std::size_t bound_of(const char*) noexcept;
};
struct names_bounds_at_run_time : bounds_one_tag {
    static const char* bound_name(std::size_t) noexcept;
};

static_assert(alloy::composable<named_at_run_time>);
static_assert(!alloy::composable<named_at_run_time, bounds_one_tag>);
static_assert(!alloy::composable<bounds_at_run_time>);
static_assert(!alloy::composable<names_bounds_at_run_time>);
