// expect: alloy: budget::per_tag has no limit; give it one, or choose budget::unlimited
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::tagging::named<"ai">, alloy::budget::per_tag<alloy::budget::limit<"ai", 4096>>>;
#else
using subject = alloy::allocator<alloy::tagging::named<"ai">, alloy::budget::per_tag<>>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
