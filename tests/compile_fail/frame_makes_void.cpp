// expect: alloy: a frame makes objects: T must be complete, not abstract, no array (make_span), no reference and not void
#include <alloy/allocator.hpp>

#ifdef REPAIRED
inline void use(alloy::frame_ref frame) { frame.make<int>(); }
#else
inline void use(alloy::frame_ref frame) { frame.make<void>(); }
#endif
