// expect: alloy: the same lifetime was given more than once; keep one, frames<N> among them
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::lifetime::frames<2>>;
#else
using subject = alloy::allocator<alloy::lifetime::frame, alloy::lifetime::frames<2>>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
