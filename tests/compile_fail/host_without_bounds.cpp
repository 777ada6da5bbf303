// expect: alloy: this allocator's budget does not bound used bytes; add budget::per_tag or budget::per_frame
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::budget::per_frame<4096>>;
#else
using subject = alloy::allocator<alloy::budget::hard<4096>>;
#endif

inline std::size_t use(subject& s) { return s.usage_under_bound(0).used; }
