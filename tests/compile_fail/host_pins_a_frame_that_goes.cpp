// expect: alloy: pin_last_frame() needs frames that stay readable after their end; add lifetime::frames<N> with N above 1
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
using subject = alloy::allocator<alloy::lifetime::frames<2>>;
#else
using subject = alloy::allocator<alloy::lifetime::frame>;
#endif

inline bool use(subject& s) { return static_cast<bool>(s.pin_last_frame()); }
