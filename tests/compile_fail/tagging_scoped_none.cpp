// expect: alloy: tagging::scoped has no tag; name one, or choose tagging::untagged
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::tagging::scoped<"physics">>;
#else
using subject = alloy::allocator<alloy::tagging::scoped<>>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
