// expect: alloy: growth::geometric needs a ratio of 1 or more and a maximum not below the first block
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::growth::geometric<1024, 2, 4096>>;
#else
using subject = alloy::allocator<alloy::growth::geometric<1024, 2, 512>>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
