/// Axis threading: the minimal model is accepted; each archetype derives from it, breaks one requirement and is refused. What is private is missing:
/// a concept looks from outside.
#include <alloy/contracts/growth.hpp>
#include <alloy/contracts/threading.hpp>

#include "../../support/minimal_place.hpp"

namespace {

using namespace alloy;

struct model {
    using axis = alloy::threading::axis;
    static constexpr alloy::sharing sharing = alloy::sharing::one_thread;
    void lock() noexcept;
    void unlock() noexcept;
};
static_assert(threading_policy<model>);

class no_axis : public model {
    using model::axis;
};
struct axis_of_another : model {
    using axis = alloy::growth::axis;
};
class no_sharing : public model {
    using model::sharing;
};
struct sharing_of_another_type : model {
    static constexpr int sharing = 0;
};
struct sharing_not_constant : model {
    static inline alloy::sharing sharing = alloy::sharing::one_thread;
};
class no_lock : public model {
    using model::lock;
};
struct lock_may_throw : model {
    void lock();
};
struct lock_not_for_objects_that_change : model {
    void lock() && noexcept;
};
class no_unlock : public model {
    using model::unlock;
};
struct unlock_may_throw : model {
    void unlock();
};
struct needs_arguments : model {
    explicit needs_arguments(int) noexcept;
};
struct construction_may_throw : model {
    construction_may_throw();
};
static_assert(!threading_policy<no_axis>);
static_assert(!threading_policy<axis_of_another>);
static_assert(!threading_policy<no_sharing>);
static_assert(!threading_policy<sharing_of_another_type>);
static_assert(!threading_policy<sharing_not_constant>);
static_assert(!threading_policy<no_lock>);
static_assert(!threading_policy<lock_may_throw>);
static_assert(!threading_policy<lock_not_for_objects_that_change>);
static_assert(!threading_policy<no_unlock>);
static_assert(!threading_policy<unlock_may_throw>);
static_assert(!threading_policy<needs_arguments>);
static_assert(!threading_policy<construction_may_throw>);

// An engine per thread brings a place for engines.
struct per_thread : model {
    static constexpr alloy::sharing sharing = alloy::sharing::engine_per_thread;
};
template <class Cache>
using good = test::minimal_place<Cache>;
struct places : per_thread {
    template <class Cache>
    using placed = good<Cache>;
};
static_assert(!placing_threading<model> && !threading_policy<per_thread>);
static_assert(placing_threading<places> && threading_policy<places>);

struct no_here : per_thread {
    template <class Cache>
    class placed : public good<Cache> {
        using good<Cache>::here;
    };
};
struct here_by_reference : per_thread {
    template <class Cache>
    struct placed : good<Cache> {
        Cache& here() noexcept;
    };
};
struct here_may_throw : per_thread {
    template <class Cache>
    struct placed : good<Cache> {
        Cache* here();
    };
};
struct no_with : per_thread {
    template <class Cache>
    class placed : public good<Cache> {
        using good<Cache>::with;
    };
};
struct no_adopt : per_thread {
    template <class Cache>
    class placed : public good<Cache> {
        using good<Cache>::adopt;
    };
};
struct no_add : per_thread {
    template <class Cache>
    class placed : public good<Cache> {
        using good<Cache>::add;
    };
};
struct bind_may_throw : per_thread {
    template <class Cache>
    struct placed : good<Cache> {
        void bind(Cache&);
    };
};
struct no_remove : per_thread {
    template <class Cache>
    class placed : public good<Cache> {
        using good<Cache>::remove;
    };
};
struct no_close : per_thread {
    template <class Cache>
    class placed : public good<Cache> {
        using good<Cache>::close;
    };
};
struct no_for_each : per_thread {
    template <class Cache>
    class placed : public good<Cache> {
        using good<Cache>::for_each;
    };
};
struct no_for_each_idle : per_thread {
    template <class Cache>
    class placed : public good<Cache> {
        using good<Cache>::for_each_idle;
    };
};
struct placed_is_no_template : per_thread {
    using placed = good<alloy::detail::any_cache>;
};
template <class P>
constexpr bool refused = !placing_threading<P> && !threading_policy<P>;
static_assert(refused<no_here> && refused<here_by_reference> && refused<here_may_throw>);
static_assert(refused<no_with> && refused<no_adopt> && refused<no_add> && refused<bind_may_throw> && refused<no_remove> && refused<no_close>);
static_assert(refused<no_for_each> && refused<no_for_each_idle> && refused<placed_is_no_template>);

}  // namespace
