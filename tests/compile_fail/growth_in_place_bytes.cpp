// expect: alloy: growth::in_place<N> needs 256 bytes or more, in multiples of 16
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::growth::in_place<1008>>;
#else
using subject = alloy::allocator<alloy::growth::in_place<1000>>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
