// expect: alloy: tagging::dynamic<Max> has at most 4095 tags; choose another number
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::tagging::dynamic<16>>;
#else
using subject = alloy::allocator<alloy::tagging::dynamic<5000>>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
