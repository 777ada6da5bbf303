// expect: alloy: retention is about what outlives a frame, and there are none; add lifetime::frame
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

template <bool Pool, bool Heap>
struct keep {
    using axis = alloy::retention::axis;
    static constexpr bool retains = true, uses_pool = Pool, uses_heap = Heap;
    static constexpr alloy::destination destination(const alloy::survivor&) noexcept { return Pool ? alloy::destination::pool : alloy::destination::heap; }
};

#ifdef REPAIRED
using subject = alloy::allocator<keep<true, false>, alloy::lifetime::pool, alloy::lifetime::frame>;
#else
using subject = alloy::allocator<keep<true, false>, alloy::lifetime::pool>;
#endif

inline const char* use() { return subject::name(); }
