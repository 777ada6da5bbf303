#pragma once
/// Several threads, one engine, a lock of one byte that is spun on.
///
/// Cost: an uncontended exchange and a store at each allocation. Choose it when critical sections are short and threads few.
/// Invariant: `lock` acquires what `unlock` released, so everything written under the lock is seen by the next holder. Waiting reads relaxed:
/// it decides nothing, the exchange that follows does. A thread that has waited long gives its turn away, since the holder may need it.
/// The compiler's builtins stand here instead of <atomic>, which takes longer to include than all of Alloy.
#include <sched.h>

#include <alloy/contracts/threading.hpp>

namespace alloy::threading {

class spin_locked {
public:
    using axis = threading::axis;
    static constexpr alloy::sharing sharing = alloy::sharing::under_lock;
    void lock() noexcept {
        while (__atomic_test_and_set(&taken_, __ATOMIC_ACQUIRE))
            for (int spins = 0; __atomic_load_n(&taken_, __ATOMIC_RELAXED); ++spins)
                if (spins >= spins_before_yield) ::sched_yield();
    }
    void unlock() noexcept { __atomic_clear(&taken_, __ATOMIC_RELEASE); }

private:
    static constexpr int spins_before_yield = 64;
    bool taken_ = false;
};

static_assert(threading_policy<spin_locked>);

}  // namespace alloy::threading
