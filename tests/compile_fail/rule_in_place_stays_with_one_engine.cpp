// expect: alloy: growth::in_place brings memory for one engine, but this threading has one per thread; choose another growth or threading
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::threading::single_threaded, alloy::growth::in_place<1024>>;
#else
using subject = alloy::allocator<alloy::threading::thread_cached, alloy::growth::in_place<1024>>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
