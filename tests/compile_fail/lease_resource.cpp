// expect: alloy: frame.resource() is declared elsewhere; add #include <alloy/memory_resource.hpp>
#include <alloy/allocator.hpp>

#ifdef REPAIRED
#include <alloy/memory_resource.hpp>
#else

#endif

inline void use(alloy::frame_ref frame) { auto resource = frame.resource(); static_cast<void>(resource); }
