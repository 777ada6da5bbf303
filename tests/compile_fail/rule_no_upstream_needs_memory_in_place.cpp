// expect: alloy: upstream::none gives no memory; add growth::in_place<N> or choose another upstream
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::upstream::none, alloy::growth::in_place<1024>, alloy::lifetime::frame>;
#else
using subject = alloy::allocator<alloy::upstream::none, alloy::lifetime::frame>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
