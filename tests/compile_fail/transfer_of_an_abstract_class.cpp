// expect: alloy: a transfer makes objects: T must be complete, not abstract, no array of a known size, no reference and not void
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

struct order {
#ifdef REPAIRED
    virtual void run() {}
#else
    virtual void run() = 0;
#endif
    virtual ~order() = default;
};

inline bool use(alloy::allocator<alloy::threading::thread_cached>& s) { return static_cast<bool>(s.make_transfer<order>()); }
