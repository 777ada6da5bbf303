// expect: alloy: growth::fixed<N> needs a block of 256 bytes or more
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::growth::fixed<4096>>;
#else
using subject = alloy::allocator<alloy::growth::fixed<64>>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
