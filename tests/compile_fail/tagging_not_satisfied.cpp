// expect: alloy: a tagging policy does not satisfy alloy::tagging_policy; add what the notes name as missing
#include <alloy/allocator.hpp>

struct mine {
    using axis = alloy::tagging::axis;
    static constexpr std::size_t count = 1;
    static constexpr bool switches = false;
#ifdef REPAIRED
    static constexpr const char* name(std::size_t) noexcept { return "mine"; }
#endif
};
using subject = alloy::allocator<mine>;

inline std::size_t use(subject& s) { return s.frame().used(); }
