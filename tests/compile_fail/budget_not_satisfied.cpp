// expect: alloy: a budget policy does not satisfy alloy::budget_policy; add what the notes name as missing
#include <alloy/allocator.hpp>

struct mine {
    using axis = alloy::budget::axis;
    static constexpr bool bounds_used = false, bounds_held = true, is_split = false;
    std::size_t grant(std::size_t, std::size_t most) noexcept { return most; }
    void give_back(std::size_t) noexcept {}
    std::size_t left() const noexcept { return 1 << 30; }
#ifdef REPAIRED
    std::size_t limit() const noexcept { return 1 << 30; }
#endif
};
using subject = alloy::allocator<mine>;

inline std::size_t use(subject& s) { return s.frame().used(); }
