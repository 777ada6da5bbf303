/// Axis budget: the minimal model is accepted; each archetype derives from it, breaks one requirement and is refused. What is private is missing:
/// a concept looks from outside.
#include <cstddef>

#include <alloy/contracts/budget.hpp>
#include <alloy/contracts/upstream.hpp>

namespace {

using namespace alloy;
using std::size_t;

/// What a hook or constant should not be.
struct other {};

struct model {
    using axis = alloy::budget::axis;
    static constexpr bool bounds_held = false, bounds_used = false;
};
static_assert(budget_policy<model>);

class no_axis : public model {
    using model::axis;
};
struct axis_of_another : model {
    using axis = alloy::upstream::axis;
};
class no_bounds_held : public model {
    using model::bounds_held;
};
struct bounds_held_not_constant : model {
    static inline bool bounds_held = false;
};
class no_bounds_used : public model {
    using model::bounds_used;
};
struct bounds_used_not_constant : model {
    static inline bool bounds_used = false;
};
static_assert(!budget_policy<no_axis>);
static_assert(!budget_policy<axis_of_another>);
static_assert(!budget_policy<no_bounds_held>);
static_assert(!budget_policy<bounds_held_not_constant>);
static_assert(!budget_policy<no_bounds_used>);
static_assert(!budget_policy<bounds_used_not_constant>);

struct claims_to_bound_held : model {
    static constexpr bool bounds_held = true;
};
struct of_held : claims_to_bound_held {
    static constexpr bool is_split = false;
    size_t grant(size_t, size_t) noexcept;
    void give_back(size_t) noexcept;
    size_t left() noexcept;
    size_t limit() noexcept;
};
class no_grant : public of_held {
    using of_held::grant;
};
struct grant_may_throw : of_held {
    size_t grant(size_t, size_t);
};
struct grant_of_yes_or_no : of_held {
    bool grant(size_t, size_t) noexcept;
};
struct grant_without_a_range : of_held {
    size_t grant(size_t) noexcept;
};
class no_give_back : public of_held {
    using of_held::give_back;
};
struct give_back_may_throw : of_held {
    void give_back(size_t);
};
class no_left : public of_held {
    using of_held::left;
};
struct left_may_throw : of_held {
    size_t left();
};
struct left_of_another_type : of_held {
    other left() noexcept;
};
class no_limit : public of_held {
    using of_held::limit;
};
struct limit_may_throw : of_held {
    size_t limit();
};
struct limit_of_another_type : of_held {
    other limit() noexcept;
};
static_assert(held_budget<of_held> && budget_policy<of_held>);
static_assert(!held_budget<claims_to_bound_held> && !budget_policy<claims_to_bound_held>);
static_assert(!held_budget<no_grant> && !budget_policy<no_grant>);
static_assert(!held_budget<grant_may_throw> && !budget_policy<grant_may_throw>);
static_assert(!held_budget<grant_of_yes_or_no> && !budget_policy<grant_of_yes_or_no>);
static_assert(!held_budget<grant_without_a_range> && !budget_policy<grant_without_a_range>);
static_assert(!held_budget<no_give_back> && !budget_policy<no_give_back>);
static_assert(!held_budget<give_back_may_throw> && !budget_policy<give_back_may_throw>);
static_assert(!held_budget<no_left> && !budget_policy<no_left>);
static_assert(!held_budget<left_may_throw> && !budget_policy<left_may_throw>);
static_assert(!held_budget<left_of_another_type> && !budget_policy<left_of_another_type>);
static_assert(!held_budget<no_limit> && !budget_policy<no_limit>);
static_assert(!held_budget<limit_may_throw> && !budget_policy<limit_may_throw>);
static_assert(!held_budget<limit_of_another_type> && !budget_policy<limit_of_another_type>);

struct claims_to_bound_used : model {
    static constexpr bool bounds_used = true;
};
struct of_used : claims_to_bound_used {
    static constexpr used_bound bounds[] = {{"", 1}};
};
struct bounds_not_constant : claims_to_bound_used {
    static inline used_bound bounds[] = {{"", 1}};
};
struct bounds_of_another_type : claims_to_bound_used {
    static constexpr other bounds[] = {{}};
};
struct bounds_without_number : claims_to_bound_used {
    static constexpr const used_bound* bounds = of_used::bounds;
};
struct bounds_of_objects_alone : claims_to_bound_used {
    used_bound bounds[1] = {{"", 1}};
};
struct more_bounds_than_bits : claims_to_bound_used {
    static constexpr used_bound bounds[65] = {};
};
struct as_many_bounds_as_bits : claims_to_bound_used {
    static constexpr used_bound bounds[64] = {};
};
static_assert(used_budget<of_used> && budget_policy<of_used>);
static_assert(used_budget<as_many_bounds_as_bits> && budget_policy<as_many_bounds_as_bits>);
static_assert(!used_budget<claims_to_bound_used> && !budget_policy<claims_to_bound_used>);
static_assert(!used_budget<bounds_not_constant> && !budget_policy<bounds_not_constant>);
static_assert(!used_budget<bounds_of_another_type> && !budget_policy<bounds_of_another_type>);
static_assert(!used_budget<bounds_without_number> && !budget_policy<bounds_without_number>);
static_assert(!used_budget<bounds_of_objects_alone> && !budget_policy<bounds_of_objects_alone>);
static_assert(!used_budget<more_bounds_than_bits> && !budget_policy<more_bounds_than_bits>);

// A bound for each thread: the same, with an account in front.
struct of_each : claims_to_bound_held {
    static constexpr bool is_split = true;
    struct account {};
    size_t grant(account&, size_t, size_t) noexcept;
    void give_back(account&, size_t) noexcept;
    size_t left(account&) noexcept;
    size_t limit() noexcept;
};
static_assert(budget_policy<of_each>);
class no_account : public of_each {
    using of_each::account;
};
class no_grant_to_each : public of_each {
    using of_each::grant;
};
struct grant_to_each_may_throw : of_each {
    size_t grant(account&, size_t, size_t);
};
struct gives_back_without_account : of_each {
    void give_back(size_t) noexcept;
};
struct left_of_all : of_each {
    size_t left() noexcept;
};
class no_limit_of_each : public of_each {
    using of_each::limit;
};
struct claims_to_split : of_held {
    static constexpr bool is_split = true;
};
class does_not_say_whether_it_splits : public of_held {
    using of_held::is_split;
};
static_assert(!budget_policy<no_account> && !budget_policy<no_grant_to_each> && !budget_policy<grant_to_each_may_throw>);
static_assert(!budget_policy<gives_back_without_account> && !budget_policy<left_of_all> && !budget_policy<no_limit_of_each>);
static_assert(!budget_policy<claims_to_split> && !budget_policy<does_not_say_whether_it_splits>);

// What may be left out: a constant that is there is kept to, and a function that is there has its constant.
struct of_several : of_held {
    static constexpr bool is_shared = true;
    held_bound tightest() noexcept;
};
class no_tightest : public of_several {
    using of_several::tightest;
};
struct tightest_may_throw : of_several {
    held_bound tightest();
};
struct tightest_of_another_type : of_several {
    size_t tightest() noexcept;
};
struct does_not_say_that_it_is_shared : of_held {
    held_bound tightest() noexcept;
};
struct shared_not_constant : of_several {
    static inline bool is_shared = true;
};
struct says_that_it_is_not_shared : of_held {
    static constexpr bool is_shared = false;
};
static_assert(budget_policy<of_several> && detail::is_shared_budget<of_several>);
static_assert(budget_policy<says_that_it_is_not_shared> && !detail::is_shared_budget<says_that_it_is_not_shared> && !detail::is_shared_budget<of_held>);
static_assert(!budget_policy<no_tightest> && !budget_policy<tightest_may_throw> && !budget_policy<tightest_of_another_type>);
static_assert(!budget_policy<does_not_say_that_it_is_shared> && !budget_policy<shared_not_constant>);

struct watcher : model {
    static constexpr bool watches_held = true;
    void on_held(size_t) noexcept;
    template <class Lock>
    void tell(Lock&, const char*) noexcept;
};
class no_on_held : public watcher {
    using watcher::on_held;
};
class no_tell : public watcher {
    using watcher::tell;
};
struct on_held_may_throw : watcher {
    void on_held(size_t);
};
struct tell_may_throw : watcher {
    template <class Lock>
    void tell(Lock&, const char*);
};
struct does_not_say_that_it_watches : model {
    void on_held(size_t) noexcept;
    template <class Lock>
    void tell(Lock&, const char*) noexcept;
};
struct watches_not_constant : watcher {
    static inline bool watches_held = true;
};
struct says_that_it_does_not_watch : model {
    static constexpr bool watches_held = false;
};
static_assert(budget_policy<watcher> && detail::watches_held<watcher>);
static_assert(budget_policy<says_that_it_does_not_watch> && !detail::watches_held<says_that_it_does_not_watch> && !detail::watches_held<model>);
static_assert(!budget_policy<no_on_held> && !budget_policy<no_tell> && !budget_policy<on_held_may_throw> && !budget_policy<tell_may_throw>);
static_assert(!budget_policy<does_not_say_that_it_watches> && !budget_policy<watches_not_constant>);

// Both bounds at once are two sets of hooks, each of which is needed.
struct of_both : of_held, of_used {
    using axis = alloy::budget::axis;
    static constexpr bool bounds_held = true, bounds_used = true;
};
class of_both_less_one : public of_both {
    using of_used::bounds;
};
static_assert(budget_policy<of_both> && !budget_policy<of_both_less_one>);

}  // namespace
