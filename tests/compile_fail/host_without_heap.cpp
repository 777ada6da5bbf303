// expect: alloy: this allocator was declared without a heap; add lifetime::heap to its policies
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::lifetime::pool, alloy::lifetime::heap>;
#else
using subject = alloy::allocator<alloy::lifetime::pool>;
#endif

inline int use(subject& s) { return *s.make_heap<int>(1); }
