// expect: alloy: an argument of allocator<...> is no policy: it names no axis; give it `using axis = alloy::<axis>::axis`
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::growth::fixed<1024>>;
#else
using subject = alloy::allocator<alloy::growth::fixed<1024>, alloy::growth::linear<1024>, int>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
