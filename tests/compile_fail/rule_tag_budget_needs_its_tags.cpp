// expect: alloy: a budget names a tag that the tagging policy does not have; add the tag to tagging::scoped, or take its limit away
#include <string_view>
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

template <std::size_t N>
struct physics_at_most {
    using axis = alloy::budget::axis;
    static constexpr bool bounds_held = false, bounds_used = true, is_concurrent = false;
    static constexpr std::size_t bound_count = 1;
    static constexpr std::size_t bound_of(const char* tag) noexcept { return std::string_view(tag) == "physics" ? 0 : 1; }
    static constexpr const char* bound_name(std::size_t) noexcept { return "physics"; }
    constexpr std::size_t room(std::size_t) const noexcept { return N - used; }
    constexpr void use(std::size_t, std::size_t bytes) noexcept { used += bytes; }
    constexpr void unuse(std::size_t, std::size_t bytes) noexcept { used -= bytes; }
    std::size_t used = 0;
};

#ifdef REPAIRED
using subject = alloy::allocator<alloy::tagging::named<"physics">, physics_at_most<4096>>;
#else
using subject = alloy::allocator<alloy::tagging::named<"ai">, physics_at_most<4096>>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
