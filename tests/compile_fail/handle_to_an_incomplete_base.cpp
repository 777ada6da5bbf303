// expect: alloy: a handle to a base class was named where the class was incomplete; define the class before, or make it final
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

struct tree_allocator : alloy::allocator<> {};
#ifdef REPAIRED
struct branch final {
#else
struct branch {
#endif
    virtual ~branch() = default;
    alloy::pool_ptr<branch, tree_allocator> below;
};

inline void cut(branch& b) { b.below.reset(); }
