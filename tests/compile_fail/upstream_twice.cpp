// expect: alloy: more than one upstream policy was given; keep one
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::upstream::pages<>>;
#else
using subject = alloy::allocator<alloy::upstream::pages<>, alloy::upstream::new_delete>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
