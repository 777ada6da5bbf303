// expect: alloy: make_transfer() takes memory as the pool does, which was not chosen; add lifetime::pool
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::threading::spin_locked, alloy::lifetime::frame, alloy::lifetime::pool>;
#else
using subject = alloy::allocator<alloy::threading::spin_locked, alloy::lifetime::frame>;
#endif

inline alloy::transfer_handle<int> use(subject& s) { return s.make_transfer<int>(1); }
