// expect: alloy: fallback::to_heap asks the allocator's heap, which was not chosen; add lifetime::heap
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::fallback::to_heap, alloy::lifetime::frame, alloy::lifetime::heap>;
#else
using subject = alloy::allocator<alloy::fallback::to_heap, alloy::lifetime::frame>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
