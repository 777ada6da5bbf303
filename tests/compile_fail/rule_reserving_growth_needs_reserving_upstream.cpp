// expect: alloy: growth::virtual_reserve needs an upstream that can reserve address space; add upstream::pages<>
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::growth::virtual_reserve<1 * alloy::MiB>, alloy::upstream::pages<>>;
#else
using subject = alloy::allocator<alloy::growth::virtual_reserve<1 * alloy::MiB>>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
