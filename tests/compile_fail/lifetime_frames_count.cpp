// expect: alloy: a type names the lifetime axis, but is no lifetime; choose among lifetime::frame, frames<N> with N >= 1, pool and heap
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::lifetime::frames<3>>;
#else
using subject = alloy::allocator<alloy::lifetime::frames<0>>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
