// expect: alloy: growth::trimmed of a reservation needs a limit in whole pages of 4096 bytes
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::growth::trimmed<alloy::growth::virtual_reserve<8192>, 4096>, alloy::upstream::pages<>>;
#else
using subject = alloy::allocator<alloy::growth::trimmed<alloy::growth::virtual_reserve<8192>, 5000>, alloy::upstream::pages<>>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
