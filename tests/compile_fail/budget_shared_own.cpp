// expect: alloy: the Own of budget::shared<Parent, Own> must bound what one allocator holds; choose budget::hard or adjustable, or leave it out
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

struct world : alloy::budget::group<"world", 64 * alloy::MiB> {};
#ifdef REPAIRED
using subject = alloy::allocator<alloy::budget::shared<world, alloy::budget::hard<1 * alloy::MiB>>>;
#else
using subject = alloy::allocator<alloy::budget::shared<world, alloy::budget::per_thread<1 * alloy::MiB>>>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
