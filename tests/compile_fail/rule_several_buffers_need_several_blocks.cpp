// expect: alloy: lifetime::frames<N> needs a block for each buffer, and this growth has one in all; choose growth::geometric or linear
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::growth::linear<4096>, alloy::lifetime::frames<2>>;
#else
using subject = alloy::allocator<alloy::growth::fixed<4096>, alloy::lifetime::frames<2>>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
