// expect: alloy: the plan has no part of this path, which the notes name; say the names from the outermost on, with '/' between
#include <alloy/plan.hpp>

inline constexpr auto plan = alloy::plan<64 * alloy::MiB>(alloy::part<"physics", 16 * alloy::MiB>(alloy::part<"contacts", 4 * alloy::MiB>));
#ifdef REPAIRED
constexpr std::size_t bytes = plan.bytes<"physics/contacts">();
#else
constexpr std::size_t bytes = plan.bytes<"contacts">();
#endif
static_assert(bytes <= 64 * alloy::MiB);
