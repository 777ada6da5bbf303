// expect: alloy: two parts of one whole in a plan have the same name; rename one, or join them
#include <alloy/plan.hpp>

#ifdef REPAIRED
inline constexpr auto plan = alloy::plan<64 * alloy::MiB>(alloy::part<"physics", 16 * alloy::MiB>(alloy::part<"render", 4 * alloy::MiB>), alloy::part<"render", 4 * alloy::MiB>);
#else
inline constexpr auto plan = alloy::plan<64 * alloy::MiB>(alloy::part<"physics", 16 * alloy::MiB>, alloy::part<"physics", 4 * alloy::MiB>);
#endif
static_assert(plan.bytes<"physics">() <= 64 * alloy::MiB);
