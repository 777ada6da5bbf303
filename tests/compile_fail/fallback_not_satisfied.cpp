// expect: alloy: a fallback policy does not satisfy alloy::fallback_policy; add what the notes name as missing
#include <alloy/allocator.hpp>

struct mine {
    using axis = alloy::fallback::axis;
    static constexpr bool retries = false, provides = false, asks_heap = false;
#ifdef REPAIRED
    static void give_up(const alloy::alloc_error&) noexcept {}
#endif
};
using subject = alloy::allocator<mine>;

inline std::size_t use(subject& s) { return s.frame().used(); }
