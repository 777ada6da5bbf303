// expect: alloy: an upstream policy does not satisfy alloy::upstream_policy; add what the notes name as missing
#include <cstdlib>

#include <alloy/allocator.hpp>

struct mine {
    using axis = alloy::upstream::axis;
    static constexpr bool gives = true, is_stateless = true, reserves = false, reallocates = false;
    static constexpr std::size_t granularity = 16;
    static void* allocate(std::size_t bytes, std::size_t) noexcept { return std::malloc(bytes); }
#ifdef REPAIRED
    static void deallocate(void* at, std::size_t, std::size_t) noexcept { std::free(at); }
#endif
};
using subject = alloy::allocator<mine>;

inline std::size_t use(subject& s) { return s.frame().used(); }
