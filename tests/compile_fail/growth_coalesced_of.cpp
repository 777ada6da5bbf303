// expect: alloy: growth::coalesced needs a growth of several blocks; take geometric or linear
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::growth::coalesced<alloy::growth::linear<1024>>>;
#else
using subject = alloy::allocator<alloy::growth::coalesced<alloy::growth::in_place<1024>>>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
