// expect: alloy: T is larger than the pool's slots, and there is no heap for it; add lifetime::heap to the policies
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::lifetime::pool, alloy::lifetime::heap>;
#else
using subject = alloy::allocator<alloy::lifetime::pool>;
#endif

struct mesh {
    char bytes[4096];
};
inline bool use(subject& s) { return static_cast<bool>(s.make_pooled<mesh>()); }
