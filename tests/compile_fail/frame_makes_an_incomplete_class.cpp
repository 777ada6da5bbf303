// expect: alloy: a frame makes objects: T must be complete, not abstract, no array (make_span), no reference and not void
#include <alloy/allocator.hpp>

struct shape;
#ifdef REPAIRED
struct shape {};
#endif

inline void use(alloy::frame_ref frame) { static_cast<void>(frame.try_make<shape>()); }
