// expect: alloy: tracking::recorded needs a buffer of at least 1024 bytes
#include <alloy/allocator.hpp>
#include <alloy/tracking/recorded.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::tracking::recorded<alloy::tracking::trace_file, 1024>>;
#else
using subject = alloy::allocator<alloy::tracking::recorded<alloy::tracking::trace_file, 512>>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
