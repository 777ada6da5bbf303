// expect: alloy: growth::geometric needs a first block of 256 bytes or more
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::growth::geometric<256>>;
#else
using subject = alloy::allocator<alloy::growth::geometric<64>>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
