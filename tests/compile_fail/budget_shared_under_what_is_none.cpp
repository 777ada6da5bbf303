// expect: alloy: budget::shared<Parent> needs a budget::group, or a class with its static functions; name a type derived from a budget::group
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
struct world : alloy::budget::group<"world", 64 * alloy::MiB> {};
#else
struct world : alloy::budget::hard<64 * alloy::MiB> {};
#endif
using subject = alloy::allocator<alloy::budget::shared<world, alloy::budget::hard<1 * alloy::MiB>>>;

inline std::size_t use(subject& s) { return s.frame().used(); }
