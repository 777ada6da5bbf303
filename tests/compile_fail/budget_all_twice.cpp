// expect: alloy: budget::all names a budget twice; name it once
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::budget::all<alloy::budget::per_frame<4096>, alloy::budget::hard<8192>>>;
#else
using subject = alloy::allocator<alloy::budget::all<alloy::budget::per_frame<4096>, alloy::budget::per_frame<4096>>>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
