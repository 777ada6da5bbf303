// expect: alloy: a growth policy does not satisfy alloy::growth_policy; add what the notes name as missing
#include <alloy/allocator.hpp>

struct mine {
    using axis = alloy::growth::axis;
    static constexpr bool coalesces = false, is_in_place = false, reserves = false, has_one_block = false;
    static std::size_t next(std::size_t, std::size_t needed) noexcept { return needed + 4096; }
#ifdef REPAIRED
    static std::size_t keep(std::size_t held) noexcept { return held; }
#endif
};
using subject = alloy::allocator<mine>;

inline std::size_t use(subject& s) { return s.frame().used(); }
