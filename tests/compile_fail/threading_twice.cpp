// expect: alloy: more than one threading policy was given; keep one
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::threading::spin_locked>;
#else
using subject = alloy::allocator<alloy::threading::spin_locked, alloy::threading::single_threaded>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
