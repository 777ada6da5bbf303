// expect: alloy: the fallback serves one thread, this allocator several; fall back to an allocator with concurrent threading
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

struct spare {
    using axis = alloy::fallback::axis;
    static constexpr bool retries = false, provides = true, asks_heap = false, is_concurrent = false;
    static void give_up(const alloy::alloc_error&) noexcept {}
    static void* provide(std::size_t, std::size_t) noexcept { return nullptr; }
    static void take_back(void*, std::size_t, std::size_t) noexcept {}
};

#ifdef REPAIRED
using subject = alloy::allocator<alloy::threading::single_threaded, spare>;
#else
using subject = alloy::allocator<alloy::threading::spin_locked, spare>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
