#pragma once
/// What an allocator has in itself of the pool and the heap, and the count of strays that both need. What it has not takes no byte.
#include <cstddef>
#include <cstdint>

#include <alloy/contracts/threading.hpp>
#include <alloy/engines/slab_pool.hpp>
#include <alloy/engines/thread_cache.hpp>
#include <alloy/engines/tracked_heap.hpp>

namespace alloy::inline ALLOY_ABI {

namespace detail {

/// How many objects lie elsewhere than their size says, in a larger slot or in the heap. It changes under the lock, and is looked at
/// without. Order: relaxed, since whoever frees an object has got it from whoever made it a stray, and with it all that was written before.
template <bool IsShared>
class strays {
public:
    void count(int more) noexcept {
        count_ += static_cast<std::size_t>(more);
        const std::uintptr_t bar = count_ == 0 ? 0 : UINTPTR_MAX;
        if constexpr (IsShared)
            __atomic_store_n(&bar_, bar, __ATOMIC_RELAXED);
        else
            bar_ = bar;
    }
    /// Addresses above it may be pushed without a look: all but null, or none while there are strays.
    [[gnu::always_inline]] std::uintptr_t bar() const noexcept {
        if constexpr (IsShared)
            return __atomic_load_n(&bar_, __ATOMIC_RELAXED);
        else
            return bar_;
    }
    bool any() const noexcept { return bar() != 0; }

private:
    std::uintptr_t bar_ = 0;
    std::size_t count_ = 0;
};

/// What an allocator has of the pool in itself: all of it, or what its threads share, or nothing.
enum class pool_kind : std::uint8_t { none, own, per_thread };
template <class Policies, pool_kind Kind>
struct pool_part {
    slab_pool<Policies> pool;
    detail::strays<Policies::sharing != sharing::one_thread> strays;
    static constexpr std::size_t pool_bytes = sizeof(pool) + sizeof(strays);
};
template <class Policies>
struct pool_part<Policies, pool_kind::per_thread> {
    detail::strays<true> strays;
    static constexpr std::size_t pool_bytes = sizeof(strays);
};
template <class Policies>
struct pool_part<Policies, pool_kind::none> {
    struct no_strays {
        static constexpr void count(int) noexcept {}
        static constexpr std::uintptr_t bar() noexcept { return 0; }
        static constexpr bool any() noexcept { return false; }
    };
    static constexpr no_strays strays{};
    static constexpr std::size_t pool_bytes = 0;
};
template <class Policies, class Lifetimes>
inline constexpr pool_kind pool_kind_of = !Lifetimes::has_pool ? pool_kind::none : caches_pool<Policies, Lifetimes> ? pool_kind::per_thread : pool_kind::own;
template <class Policies, bool Has>
struct heap_part {
    tracked_heap<Policies> heap;
    static constexpr std::size_t heap_bytes = sizeof(tracked_heap<Policies>);
};
template <class Policies>
struct heap_part<Policies, false> {
    static constexpr std::size_t heap_bytes = 0;
};
}  // namespace detail

}  // namespace alloy
