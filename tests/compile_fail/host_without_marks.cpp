// expect: alloy: mark() needs a tracking policy that is told of marks; add tracking::recorded, or an observer of mark_event
#include <alloy/allocator.hpp>
#include <alloy/tracking/observed.hpp>

struct heard {
    static void on(const alloy::mark_event&) noexcept {}
};
#ifdef REPAIRED
using subject = alloy::allocator<alloy::tracking::observed<heard>>;
#else
using subject = alloy::allocator<>;
#endif

inline void use(subject& s) { s.mark("here"); }
