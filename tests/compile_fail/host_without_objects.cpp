// expect: alloy: this allocator was declared without a pool and heap; add lifetime::pool or lifetime::heap to its policies
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::lifetime::frame, alloy::lifetime::pool>;
#else
using subject = alloy::allocator<alloy::lifetime::frame>;
#endif

inline int use(subject& s) { return *s.make_pooled<int>(1); }
