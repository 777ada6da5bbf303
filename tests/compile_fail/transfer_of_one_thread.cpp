// expect: alloy: make_transfer() hands objects to other threads, and this allocator is for one; add threading::thread_cached, locked or spin_locked
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::threading::thread_cached>;
#else
using subject = alloy::allocator<>;
#endif

inline alloy::transfer_handle<int> use(subject& s) { return s.make_transfer<int>(1); }
