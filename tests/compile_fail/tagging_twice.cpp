// expect: alloy: more than one tagging policy was given; keep one
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::tagging::named<"a">>;
#else
using subject = alloy::allocator<alloy::tagging::named<"a">, alloy::tagging::named<"b">>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
