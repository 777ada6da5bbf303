// expect: alloy: the pool and heap make objects: T must be complete, not abstract, no array of a known size, no reference and not void
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

struct shape {
#ifdef REPAIRED
    virtual double area() const { return 0; }
#else
    virtual double area() const = 0;
#endif
    virtual ~shape() = default;
};

inline bool use(alloy::allocator<>& s) { return static_cast<bool>(s.make_pooled<shape>()); }
