// expect: alloy: tracking::observed was given a type without a hook; give it on(const E&) noexcept for an event E of <alloy/contracts/tracking.hpp>
#include <alloy/allocator.hpp>
#include <alloy/tracking/observed.hpp>

struct mine {
#ifdef REPAIRED
    static void on(const alloy::block_event&) noexcept {}
#else
    static void on_block(const alloy::block_event&) noexcept {}
#endif
};
using subject = alloy::allocator<alloy::tracking::observed<mine>>;

inline std::size_t use(subject& s) { return s.frame().used(); }
