// expect: alloy: a setting is no policy of this allocator; give make_allocator values of the policies that its type names
#include <alloy/settings.hpp>
#include <alloy/policies.hpp>

using subject = alloy::allocator<alloy::budget::hard<4096>>;

#ifdef REPAIRED
inline void use() { auto memory = alloy::make_allocator<subject>(alloy::budget::hard<4096>{}); }
#else
inline void use() { auto memory = alloy::make_allocator<subject>(alloy::budget::hard<64>{}); }
#endif
