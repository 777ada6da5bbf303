#pragma once
/// Several threads, one engine, a mutex around every change.
///
/// Cost: the mutex at each allocation, since the window must stay hidden from the common fast path; a cursor takes the lock once for many.
/// Choose it when threads share an allocator seldom enough. A frame belongs to the thread that opened it; others may allocate in it.
/// `Mutex` is a BasicLockable whose lock() does not fail; the default constructor must be constexpr for an allocator that is a global.
#include <concepts>

#include <alloy/contracts/threading.hpp>

namespace alloy::threading {

template <class Mutex>
    requires requires(Mutex& mutex) {
        mutex.lock();
        mutex.unlock();
    }
class locked {
public:
    using axis = threading::axis;
    static constexpr alloy::sharing sharing = alloy::sharing::under_lock;
    void lock() noexcept { mutex_.lock(); }
    void unlock() noexcept { mutex_.unlock(); }

private:
    Mutex mutex_;
};

}  // namespace alloy::threading
