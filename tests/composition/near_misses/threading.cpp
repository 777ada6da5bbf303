/// Axis threading: the minimal model is accepted; each archetype derives from it, breaks one requirement and is refused. What is private is missing:
/// a concept looks from outside.
#include <alloy/contracts/growth.hpp>
#include <alloy/contracts/threading.hpp>

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
struct places : per_thread {
    template <class Engine>
    struct placed {
        template <class Connect>
        Engine& local(Connect);
        template <class F>
        void for_each(F);
    };
};
static_assert(!placing_threading<model> && !threading_policy<per_thread>);
static_assert(placing_threading<places> && threading_policy<places>);

struct no_local : per_thread {
    template <class Engine>
    class placed : public places::placed<Engine> {
        using places::placed<Engine>::local;
    };
};
struct local_by_value : per_thread {
    template <class Engine>
    struct placed : places::placed<Engine> {
        template <class Connect>
        Engine local(Connect);
    };
};
struct local_without_connect : per_thread {
    template <class Engine>
    struct placed : places::placed<Engine> {
        Engine& local();
    };
};
struct no_for_each : per_thread {
    template <class Engine>
    class placed : public places::placed<Engine> {
        using places::placed<Engine>::for_each;
    };
};
struct placed_is_no_template : per_thread {
    using placed = places::placed<alloy::detail::any_engine>;
};
static_assert(!placing_threading<no_local> && !threading_policy<no_local>);
static_assert(!placing_threading<local_by_value> && !threading_policy<local_by_value>);
static_assert(!placing_threading<local_without_connect> && !threading_policy<local_without_connect>);
static_assert(!placing_threading<no_for_each> && !threading_policy<no_for_each>);
static_assert(!placing_threading<placed_is_no_template> && !threading_policy<placed_is_no_template>);

}  // namespace
