// expect: alloy: what is in flight may outlive its allocator, so make_transfer() needs an upstream without state; choose upstream::new_delete, malloc or pages
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>
#include <alloy/upstream/resource.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::threading::thread_cached, alloy::upstream::pages<>>;
#else
using subject = alloy::allocator<alloy::threading::thread_cached, alloy::upstream::resource>;
#endif

inline alloy::result<alloy::transfer_handle<int>> use(subject& s) { return s.try_make_transfer<int>(1); }
