#pragma once
/// Worker threads and one owner end a frame together: `auto seat = barrier.join(); while (seat.arrive_and_wait()) …` on each worker, and
/// `barrier.complete([&] { memory.end_frame(); … })` on the owner's thread.
///
/// A phase lasts from one completion to the next. complete(f) waits until every seat has arrived, runs f once on the calling thread while all seats
/// stand still, and lets them go into the next phase, also where f throws. Seats may come and go in any phase, which std::barrier does not permit: one
/// that leaves is no longer waited for, and one that joins while f runs is held until f has ended.
/// Cost: a mutex at each arrival. Who waits looks some times whether it may go on, then gives its turn away some times, and sleeps only then: going to sleep
/// and being woken takes longer than many a frame. It allocates nothing.
/// Choose it for an owner whose step touches what all workers use: the frame of an allocator with a lock, buffers that change places. Where threads only
/// wait for one another, std::barrier does.
/// Invariant: `busy_` counts the seats that have not arrived in the phase that complete() ends next; f runs only where it was 0, and a seat whose thread waits
/// cannot go on before f has ended. Whatever complete() needs to know changes under `mutex_`. After stop() nobody looks at `busy_` any more.
/// Order: what a worker did before it arrived, or left, happens before f: it unlocked `mutex_` behind that, and the owner, which found `busy_` 0, has locked it
/// later. What f did happens before all that the workers do next: the owner unlocks `mutex_` behind f, and a worker goes on, or has joined, only when it has
/// locked it later and seen that. So what f and workers take turns at needs neither atomics nor locks of its own. Looks without
/// the mutex are relaxed: they decide nothing, the same is asked again under it.
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <utility>

#include <alloy/core/fault.hpp>
#include <alloy/core/thread.hpp>

namespace alloy::inline ALLOY_ABI {

class frame_barrier {
public:
    /// A thread's part in the barrier, or nothing; it leaves where it ends. Move-only. Used by one thread at a time: the owner may join for
    /// a worker and hand the seat over, so that no frame ends before that worker has begun.
    class [[nodiscard]] seat {
    public:
        constexpr seat() noexcept = default;
        seat(seat&& other) noexcept : barrier_(other.hand_over()) {}
        seat& operator=(seat&& other) noexcept {
            seat ended(std::move(*this));
            barrier_ = other.hand_over();
            return *this;
        }
        ~seat() { leave(); }

        /// The calling worker's end of the frame: waits until the owner has completed it. False after stop(), and then without waiting: no frame follows.
        [[nodiscard]] bool arrive_and_wait() noexcept {
            if (!barrier_) detail::die("a seat of a frame_barrier was used that has left or was moved from", "join() again, or use the seat that it was moved to");
            return barrier_->arrive(is_waiting_);
        }
        /// Is no longer waited for. What its thread has done so far happens before the next completion.
        void leave() noexcept {
            if (frame_barrier* const from = hand_over()) from->remove();
        }
        explicit operator bool() const noexcept { return barrier_ != nullptr; }

    private:
        friend class frame_barrier;
        explicit seat(frame_barrier& barrier) noexcept : barrier_(&barrier) {}
        frame_barrier* hand_over() noexcept {
            if (barrier_) barrier_->require_one_user(is_waiting_);
            return std::exchange(barrier_, nullptr);
        }
        frame_barrier* barrier_ = nullptr;
        bool is_waiting_ = false;  // under the barrier's mutex
    };

    frame_barrier() = default;
    frame_barrier(const frame_barrier&) = delete;
    frame_barrier& operator=(const frame_barrier&) = delete;
    /// Locks, so that a thread whose seat has just left is done with the barrier.
    ~frame_barrier() {
        const std::lock_guard lock(mutex_);
        if (seats_ != 0) detail::die("a frame_barrier ended while threads have seats in it", "join the threads, or let their seats leave, before it ends");
    }

    /// A seat that the current phase waits for, and sees what the last completion did. While another thread's f runs, it waits for the end of that and
    /// counts from the next phase; so f must not wait for a thread that joins. In f itself it returns at once, and counts from the next phase, too.
    [[nodiscard]] seat join() noexcept {
        std::unique_lock lock(mutex_);
        ++seats_;
        count(busy_, 1);
        if (!is_owner()) let_go_.wait(lock, [this] { return !is_completing_; });
        return seat(*this);
    }

    /// Waits until each seat has arrived or left, runs f() while those that arrived stand still, and lets them go. Without seats it does not wait. What f throws
    /// is passed on, and the phase has ended all the same. False, and f not run, after stop(): workers may still be at their last frame, which
    /// ends when their threads have been joined. One thread at a time; one that also has a seat would wait for itself.
    template <class F>
    bool complete(F&& f) {
        if (!gather()) return false;
        const completion ends{*this};
        static_cast<void>(static_cast<F&&>(f)());
        return true;
    }

    /// No frame will be completed any more: whoever waits is let go, or will be when the f that runs has ended. Any thread may call it, and f.
    void stop() noexcept {
        const std::lock_guard lock(mutex_);
        is_stopped_ = true;
        all_arrived_.notify_one();
        let_go_.notify_all();
    }
    [[nodiscard]] bool stopped() const noexcept {
        const std::lock_guard lock(mutex_);
        return is_stopped_;
    }

    /// How many seats there are at the moment, and how many phases have ended.
    [[nodiscard]] std::size_t seats() const noexcept {
        const std::lock_guard lock(mutex_);
        return seats_;
    }
    [[nodiscard]] std::uint64_t completed() const noexcept {
        const std::lock_guard lock(mutex_);
        return now(completed_);
    }

private:
    /// Lets the workers go, whichever way f ends.
    struct completion {
        frame_barrier& of;
        ~completion() {
            const std::lock_guard lock(of.mutex_);
            of.is_completing_ = false;
            of.owner_ = 0;
            count(of.completed_, 1);
            of.let_go_.notify_all();
        }
    };

    bool gather() noexcept {
        std::unique_lock lock(mutex_);
        if (owner_ != 0) detail::die("complete() of a frame_barrier was called while another call of it goes on", "let one thread own it, and f not call it");
        owner_ = detail::thread_number();
        look(lock, [this] { return now(busy_) == 0; });
        all_arrived_.wait(lock, [this] { return now(busy_) == 0 || is_stopped_; });
        if (is_stopped_) {
            owner_ = 0;
            return false;
        }
        is_completing_ = true;
        busy_.store(seats_, std::memory_order_relaxed);  // from here on it counts for the next phase
        return true;
    }
    bool arrive(bool& is_waiting) noexcept {
        std::unique_lock lock(mutex_);
        require_still(is_waiting);
        if (is_owner()) detail::die("a seat arrived at a frame_barrier in the f of complete(), and would wait for itself", "arrive on another thread");
        const std::uint64_t phase = now(completed_) + is_completing_;
        is_waiting = true;
        set_aside();
        look(lock, [&] { return now(completed_) > phase; });
        let_go_.wait(lock, [&] { return now(completed_) > phase || (is_stopped_ && !is_completing_); });
        is_waiting = false;
        return !is_stopped_;
    }
    void remove() noexcept {
        const std::lock_guard lock(mutex_);
        --seats_;  // it was busy, since it does not wait
        set_aside();
    }
    /// One seat less is waited for. Notifies under the lock, behind which the barrier may be gone.
    void set_aside() noexcept {
        if (count(busy_, -1) == 0) all_arrived_.notify_one();
    }
    /// Looks for a while, without the mutex, whether it is worth while to ask under it.
    template <class Ready>
    static void look(std::unique_lock<std::mutex>& lock, Ready ready) noexcept {
        if (ready()) return;
        lock.unlock();
        for (int looks = 0; looks < looks_before_sleep && !ready(); ++looks)
            if (looks >= looks_before_yield) std::this_thread::yield();
        lock.lock();
    }
    template <class Count>
    static Count now(const std::atomic<Count>& n) noexcept {
        return n.load(std::memory_order_relaxed);
    }
    /// Only under the mutex, so nobody else changes it meanwhile.
    template <class Count>
    static Count count(std::atomic<Count>& n, int by) noexcept {
        const Count then = now(n) + static_cast<Count>(by);
        n.store(then, std::memory_order_relaxed);
        return then;
    }
    void require_one_user(const bool& is_waiting) const noexcept {
        const std::lock_guard lock(mutex_);
        require_still(is_waiting);
    }
    static void require_still(bool is_waiting) noexcept {
        if (is_waiting) detail::die("one seat of a frame_barrier was used by two threads at once", "give each thread a seat of its own");
    }
    /// Whether the calling thread is in the f of complete().
    bool is_owner() const noexcept { return owner_ == detail::thread_number(); }

    static constexpr int looks_before_yield = 64, looks_before_sleep = 96;
    mutable std::mutex mutex_;
    std::condition_variable all_arrived_, let_go_;  // the owner waits for the first, workers for the second
    std::size_t seats_ = 0;
    std::atomic<std::size_t> busy_{0};         // changed under the mutex, as all is; looked at without it
    std::atomic<std::uint64_t> completed_{0};  // the same
    std::uint64_t owner_ = 0;  // the thread in complete()
    bool is_completing_ = false, is_stopped_ = false;
};

}  // namespace alloy
