#pragma once
/// Several threads, one engine, a lock of one byte that is spun on and then waited for.
///
/// Cost: an uncontended exchange and a store at each allocation. Choose it when critical sections are short and threads few.
/// Invariant: `lock` acquires what `unlock` released, so everything written under the lock is seen by the next holder. Waiting reads relaxed:
/// it decides nothing, the exchange that follows does.
#include <atomic>

#include <alloy/contracts/threading.hpp>

namespace alloy::threading {

class spin_locked {
public:
    using axis = threading::axis;
    static constexpr alloy::sharing sharing = alloy::sharing::under_lock;
    void lock() noexcept {
        for (int spins = 0; taken_.test_and_set(std::memory_order_acquire); ++spins)
            if (spins >= spins_before_sleep) taken_.wait(true, std::memory_order_relaxed);
    }
    void unlock() noexcept {
        taken_.clear(std::memory_order_release);
        taken_.notify_one();
    }

private:
    static constexpr int spins_before_sleep = 64;
    std::atomic_flag taken_{};
};

static_assert(threading_policy<spin_locked>);

}  // namespace alloy::threading
