// expect: alloy: more than one retention policy was given; keep one
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::retention::discard>;
#else
using subject = alloy::allocator<alloy::retention::discard, alloy::retention::discard>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
