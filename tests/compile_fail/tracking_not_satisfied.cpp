// expect: alloy: a tracking policy does not satisfy alloy::tracking_policy; add what the notes name as missing
#include <alloy/allocator.hpp>

struct mine {
    using axis = alloy::tracking::axis;
    static constexpr bool watches_blocks = false, watches_frames = true, watches_refusals = false, counts_allocations = false;
#ifdef REPAIRED
    static void on_frame(const alloy::frame_event&) noexcept {}
#endif
};
using subject = alloy::allocator<mine>;

inline std::size_t use(subject& s) { return s.frame().used(); }
