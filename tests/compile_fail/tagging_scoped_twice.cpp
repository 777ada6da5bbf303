// expect: alloy: tagging::scoped names a tag twice; name it once
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::tagging::scoped<"ai", "physics">>;
#else
using subject = alloy::allocator<alloy::tagging::scoped<"ai", "physics", "ai">>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
