// expect: alloy: this retention promotes to the heap, which was not chosen; add lifetime::heap
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

template <bool Pool, bool Heap>
struct keep {
    using axis = alloy::retention::axis;
    static constexpr bool retains = true, uses_pool = Pool, uses_heap = Heap;
    static constexpr alloy::destination destination(const alloy::survivor&) noexcept { return Pool ? alloy::destination::pool : alloy::destination::heap; }
};

#ifdef REPAIRED
using subject = alloy::allocator<keep<false, true>, alloy::lifetime::frame, alloy::lifetime::heap>;
#else
using subject = alloy::allocator<keep<false, true>, alloy::lifetime::frame>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
