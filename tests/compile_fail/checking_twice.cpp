// expect: alloy: more than one checking policy was given; keep one
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::checking::unchecked>;
#else
using subject = alloy::allocator<alloy::checking::unchecked, alloy::checking::unchecked>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
