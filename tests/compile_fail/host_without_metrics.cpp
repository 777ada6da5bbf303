// expect: alloy: metrics() needs a tracking policy that keeps them; add tracking::boundary_metrics
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::tracking::boundary_metrics>;
#else
using subject = alloy::allocator<>;
#endif

inline std::size_t use(subject& s) { return s.metrics().used; }
