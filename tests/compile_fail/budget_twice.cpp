// expect: alloy: more than one budget policy was given; keep one, or join them in budget::all
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::budget::hard<1024>>;
#else
using subject = alloy::allocator<alloy::budget::hard<1024>, alloy::budget::unlimited>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
