// expect: alloy: budget::per_tag limits a tag twice; keep one of the limits
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::tagging::named<"ai">, alloy::budget::per_tag<alloy::budget::limit<"ai", 4096>>>;
#else
using subject = alloy::allocator<alloy::tagging::named<"ai">, alloy::budget::per_tag<alloy::budget::limit<"ai", 4096>, alloy::budget::limit<"ai", 8192>>>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
