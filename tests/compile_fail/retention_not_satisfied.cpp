// expect: alloy: a retention policy does not satisfy alloy::retention_policy; add what the notes name as missing
#include <alloy/allocator.hpp>

struct mine {
    using axis = alloy::retention::axis;
    static constexpr bool retains = true, uses_pool = true, uses_heap = false;
#ifdef REPAIRED
    static alloy::destination destination(const alloy::survivor&) noexcept { return alloy::destination::pool; }
#endif
};
using subject = alloy::allocator<mine>;

inline std::size_t use(subject& s) { return s.frame().used(); }
