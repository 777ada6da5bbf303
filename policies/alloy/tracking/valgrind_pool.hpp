#pragma once
/// Tells Valgrind of each object of pool and heap, so that memcheck finds leaks of single objects and their use after they are freed: `observed<valgrind_pool>`.
///
/// Cost: each object is seen; outside Valgrind a few instructions that do nothing, and nothing where its header was missing when this was compiled. What lies
/// here is in an inline namespace that says which, so translation units that differ do not link in silence.
/// Choose it to run a program under memcheck without rebuilding it with a checking policy; beside one that marks memory it would undo marks.
/// With upstream::pages<>, memcheck also says which object an address was in, and who freed it; with the others it names what upstream gave.
/// Frames and messages are not told of: checking::poisoned tells memcheck of frames.
#include <cstddef>

#include <alloy/contracts/tracking.hpp>

#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#define ALLOY_DETAIL_VALGRIND_POOL with_valgrind
#else
#define ALLOY_DETAIL_VALGRIND_POOL without_valgrind
#endif

namespace alloy::tracking::inline ALLOY_DETAIL_VALGRIND_POOL {

class valgrind_pool {
public:
    constexpr valgrind_pool() noexcept = default;
    valgrind_pool(const valgrind_pool&) = delete;
    valgrind_pool& operator=(const valgrind_pool&) = delete;

#if __has_include(<valgrind/memcheck.h>)
    /// Looks for leaks where objects are left: when the program ends it would be too late, since their memory is gone with the allocator.
    ~valgrind_pool() {
        if (!is_open_) return;
        if (alive_ > 0) VALGRIND_DO_ADDED_LEAK_CHECK;
        VALGRIND_DESTROY_MEMPOOL(this);
    }
    void on(const object_made& event) noexcept {
        if (!is_open_) {
            VALGRIND_CREATE_MEMPOOL(this, 0, 0);
            is_open_ = true;
        }
        if (event.is_resize) {
            VALGRIND_MEMPOOL_CHANGE(this, resized_, event.at, event.bytes);
        } else {
            VALGRIND_MEMPOOL_ALLOC(this, event.at, event.bytes);
            ++alive_;
        }
    }
    void on(const object_freed& event) noexcept {
        if (event.is_resize) {
            resized_ = event.at;  // where it goes is told next
            return;
        }
        --alive_;
        VALGRIND_MEMPOOL_FREE(this, event.at);
        if (event.in_pool) static_cast<void>(VALGRIND_MAKE_MEM_UNDEFINED(event.at, sizeof(void*)));  // where the free list goes on
    }

private:
    bool is_open_ = false;
    const void* resized_ = nullptr;
    std::size_t alive_ = 0;
#else
    static void on(const object_made&) noexcept {}
    static void on(const object_freed&) noexcept {}
#endif
};

}  // namespace alloy::tracking::inline ALLOY_DETAIL_VALGRIND_POOL
