// expect: alloy: the parts of a plan are more than their whole, by the bytes that are compared with 0 here; take some from them, or give the whole more
// and: 4194304
// and: render
#include <alloy/plan.hpp>

#ifdef REPAIRED
constexpr std::size_t shadows = 6 * alloy::MiB;
#else
constexpr std::size_t shadows = 10 * alloy::MiB;
#endif
inline constexpr auto plan = alloy::plan<64 * alloy::MiB>(alloy::part<"physics", 16 * alloy::MiB>,
                                                          alloy::part<"render", 16 * alloy::MiB>(alloy::part<"meshes", 10 * alloy::MiB>, alloy::part<"shadows", shadows>));
static_assert(plan.bytes() == 64 * alloy::MiB);
