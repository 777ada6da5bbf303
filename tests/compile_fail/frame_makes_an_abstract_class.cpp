// expect: alloy: a frame makes objects: T must be complete, not abstract, no array (make_span), no reference and not void
#include <alloy/allocator.hpp>

struct shape {
    virtual void draw() = 0;
};

#ifdef REPAIRED
struct circle : shape {
    void draw() override {}
};
inline void use(alloy::frame_ref frame) { frame.make<circle>(); }
#else
inline void use(alloy::frame_ref frame) { frame.make<shape>(); }
#endif
