// expect: alloy: more than one fallback policy was given; keep one
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::fallback::null>;
#else
using subject = alloy::allocator<alloy::fallback::null, alloy::fallback::terminate>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
