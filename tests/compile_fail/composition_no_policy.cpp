// expect: alloy: an argument of allocator<...> is no policy: it names no axis; give it `using axis = alloy::<axis>::axis`
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<>;
#else
using subject = alloy::allocator<int>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
