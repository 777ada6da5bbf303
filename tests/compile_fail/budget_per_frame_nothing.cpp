// expect: alloy: budget::per_frame<N> bounds the bytes of a frame, and N is 0; give it more
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::budget::per_frame<4096>>;
#else
using subject = alloy::allocator<alloy::budget::per_frame<0>>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
