// expect: alloy: this allocator was declared without frames; add lifetime::frame to its policies
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::lifetime::pool, alloy::lifetime::frame>;
#else
using subject = alloy::allocator<alloy::lifetime::pool>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
