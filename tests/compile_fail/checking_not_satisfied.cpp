// expect: alloy: a checking policy does not satisfy alloy::checking_policy; add what the notes name as missing
#include <alloy/allocator.hpp>

struct mine {
    using axis = alloy::checking::axis;
    static constexpr bool poisons = false, guards = false, reports = true, throws = false;
#ifdef REPAIRED
    static void on_fault(const alloy::misuse&) noexcept {}
#endif
};
using subject = alloy::allocator<mine>;

inline std::size_t use(subject& s) { return s.frame().used(); }
