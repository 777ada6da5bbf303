// expect: alloy: budget::all has more than one budget of what is held; keep one
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::budget::all<alloy::budget::hard<4096>, alloy::budget::per_frame<4096>>>;
#else
using subject = alloy::allocator<alloy::budget::all<alloy::budget::hard<4096>, alloy::budget::hard<8192>>>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
