// expect: alloy: this budget counts the used bytes of one engine, this threading has one per thread; bound what is held, or choose another threading
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

struct at_most {
    using axis = alloy::budget::axis;
    static constexpr bool bounds_held = false, bounds_used = true, is_concurrent = false;
    static constexpr std::size_t bound_count = 1;
    static constexpr std::size_t bound_of(const char*) noexcept { return 0; }
    static constexpr const char* bound_name(std::size_t) noexcept { return ""; }
    std::size_t room(std::size_t) const noexcept { return 4096 - used; }
    void use(std::size_t, std::size_t bytes) noexcept { used += bytes; }
    void unuse(std::size_t, std::size_t bytes) noexcept { used -= bytes; }
    std::size_t used = 0;
};

#ifdef REPAIRED
using subject = alloy::allocator<at_most>;
#else
using subject = alloy::allocator<at_most, alloy::threading::thread_cached>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
