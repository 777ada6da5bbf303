// expect: alloy: growth::virtual_reserve<N> needs whole pages of 4096 bytes
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::growth::virtual_reserve<8192>, alloy::upstream::pages<>>;
#else
using subject = alloy::allocator<alloy::growth::virtual_reserve<5000>, alloy::upstream::pages<>>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
