// expect: alloy: a pool_map holds objects: T must be complete, not abstract, no array, no reference and not void
#include <alloy/allocator.hpp>
#include <alloy/containers/pool_map.hpp>

struct shape {
#ifdef REPAIRED
    virtual double area() const { return 0; }
#else
    virtual double area() const = 0;
#endif
    virtual ~shape() = default;
};

inline void use(alloy::allocator<>& memory) { alloy::pool_map<shape, alloy::allocator<>> shapes{memory}; }
