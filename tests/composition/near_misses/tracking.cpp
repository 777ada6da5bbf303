/// Axis tracking: the minimal model is accepted; each archetype derives from it, breaks one requirement and is refused. What is private is missing:
/// a concept looks from outside.
#include <cstddef>

#include <alloy/contracts/checking.hpp>
#include <alloy/contracts/tracking.hpp>

namespace {

using namespace alloy;

struct model {
    using axis = alloy::tracking::axis;
    using watches = events<>;
};
static_assert(tracking_policy<model>);

class no_axis : public model {
    using model::axis;
};
struct axis_of_another : model {
    using axis = alloy::checking::axis;
};
class no_watches : public model {
    using model::watches;
};
struct watches_no_set : model {
    using watches = block_event;
};
static_assert(!tracking_policy<no_axis>);
static_assert(!tracking_policy<axis_of_another>);
static_assert(!tracking_policy<no_watches>);
static_assert(!tracking_policy<watches_no_set>);

/// What claims to be told of E alone.
template <class E>
struct claims : model {
    using watches = events<E>;
};
template <class E>
struct told : claims<E> {
    void on(const E&) noexcept;
};
template <class E>
struct told_in_static : claims<E> {
    static void on(const E&) noexcept;
};
template <class E>
struct hook_may_throw : claims<E> {
    void on(const E&);
};
template <class E>
struct hook_changes_the_event : claims<E> {
    void on(E&) noexcept;
};
template <class E>
class hook_is_private : public claims<E> {
    void on(const E&) noexcept;
};
struct another_event {};
template <class E>
struct hook_of_another : claims<E> {
    void on(const another_event&) noexcept;
};
template <class E>
struct misses_one : model {
    using watches = events<E, another_event>;
    void on(const E&) noexcept;
};

template <class... Es>
consteval bool each_is_asked(events<Es...>) {
    return ((tracking_policy<told<Es>> && tracking_policy<told_in_static<Es>> && hears<told<Es>, Es> && !tracking_policy<claims<Es>> &&
             !tracking_policy<hook_may_throw<Es>> && !hears<hook_may_throw<Es>, Es> && !tracking_policy<hook_changes_the_event<Es>> &&
             !tracking_policy<hook_is_private<Es>> && !tracking_policy<hook_of_another<Es>> && !tracking_policy<misses_one<Es>>)&&...);
}
static_assert(each_is_asked(every_event{}));

static_assert(watches<told<block_event>, block_event> && !watches<told<block_event>, frame_event>);
static_assert(watches_objects<told<object_made>> && watches_objects<told<object_freed>> && !watches_objects<told<frame_allocation>>);

}  // namespace
