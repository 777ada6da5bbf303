// expect: alloy: this allocator has one tag; name several in tagging::scoped, or define them with tagging::dynamic
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::tagging::dynamic<4>>;
#else
using subject = alloy::allocator<alloy::tagging::named<"ai">>;
#endif

inline void use(subject& s) { auto tag = s.tag(std::size_t{1}); }
