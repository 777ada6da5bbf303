// expect: alloy: a budget names a tag that the tagging policy does not have; add the tag to tagging::scoped, or take its limit away
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::tagging::named<"physics">, alloy::budget::per_tag<alloy::budget::limit<"physics", 4096>>>;
#else
using subject = alloy::allocator<alloy::tagging::named<"ai">, alloy::budget::per_tag<alloy::budget::limit<"physics", 4096>>>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
