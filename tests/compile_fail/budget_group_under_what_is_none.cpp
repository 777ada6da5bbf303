// expect: alloy: what stands above a budget::group must be one itself, or have its static functions; name a type derived from a budget::group
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using world = alloy::budget::group<"world", 64 * alloy::MiB>;
#else
using world = alloy::budget::hard<64 * alloy::MiB>;
#endif
struct scene : alloy::budget::group<"scene", 16 * alloy::MiB, world> {};
using subject = alloy::allocator<alloy::budget::shared<scene>>;

inline std::size_t use(subject& s) { return s.frame().used(); }
