// expect: alloy: a hook of an observer may throw; declare its on() noexcept
#include <alloy/allocator.hpp>
#include <alloy/tracking/observed.hpp>

struct mine {
    static void on(const alloy::frame_event&) noexcept {}
#ifdef REPAIRED
    static void on(const alloy::block_event&) noexcept {}
#else
    static void on(const alloy::block_event&) {}
#endif
};
using subject = alloy::allocator<alloy::tracking::observed<mine>>;

inline std::size_t use(subject& s) { return s.frame().used(); }
