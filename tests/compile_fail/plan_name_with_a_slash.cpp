// expect: alloy: a part of a plan has no name, or one with a '/'; name it by a word, and nest parts for paths
#include <alloy/plan.hpp>

#ifdef REPAIRED
inline constexpr auto plan = alloy::plan<64 * alloy::MiB>(alloy::part<"physics", 16 * alloy::MiB>(alloy::part<"contacts", 4 * alloy::MiB>));
#else
inline constexpr auto plan = alloy::plan<64 * alloy::MiB>(alloy::part<"physics/contacts", 4 * alloy::MiB>);
#endif
static_assert(plan.bytes<"physics/contacts">() <= 64 * alloy::MiB);
