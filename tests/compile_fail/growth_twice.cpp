// expect: alloy: more than one growth policy was given; keep one
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::growth::fixed<1024>>;
#else
using subject = alloy::allocator<alloy::growth::fixed<1024>, alloy::growth::linear<1024>>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
