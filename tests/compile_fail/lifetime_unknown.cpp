// expect: alloy: a type names the lifetime axis, but is no lifetime; choose among lifetime::frame, frames<N> with N >= 1, pool and heap
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

struct forever {
    using axis = alloy::lifetime::axis;
};

#ifdef REPAIRED
using subject = alloy::allocator<alloy::lifetime::frame>;
#else
using subject = alloy::allocator<forever>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
