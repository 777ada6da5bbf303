// expect: alloy: a threading policy does not satisfy alloy::threading_policy; add what the notes name as missing
#include <alloy/allocator.hpp>

struct mine {
    using axis = alloy::threading::axis;
    static constexpr alloy::sharing sharing = alloy::sharing::one_thread;
    void lock() noexcept {}
#ifdef REPAIRED
    void unlock() noexcept {}
#endif
};
using subject = alloy::allocator<mine>;

inline std::size_t use(subject& s) { return s.frame().used(); }
