// expect: alloy: more than one tracking policy was given; keep one
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::tracking::boundary_metrics>;
#else
using subject = alloy::allocator<alloy::tracking::boundary_metrics, alloy::tracking::untracked>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
