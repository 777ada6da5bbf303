// expect: alloy: a tracking policy does not satisfy alloy::tracking_policy; add what the notes name as missing
#include <alloy/allocator.hpp>

struct mine {
    using axis = alloy::tracking::axis;
    using watches = alloy::events<alloy::frame_event>;
#ifdef REPAIRED
    static void on(const alloy::frame_event&) noexcept {}
#endif
};
using subject = alloy::allocator<mine>;

inline std::size_t use(subject& s) { return s.frame().used(); }
