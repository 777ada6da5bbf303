// expect: alloy: this budget bounds what each thread holds, but this threading has one engine for all; add threading::thread_cached, or choose budget::hard
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::budget::per_thread<4096>, alloy::threading::thread_cached>;
#else
using subject = alloy::allocator<alloy::budget::per_thread<4096>>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
