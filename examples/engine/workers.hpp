#pragma once
/// Threads that do one thing together, each a share of it, as often as they are told.
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <alloy/frame_barrier.hpp>

namespace engine {

/// One of several equal parts of whatever there are n of.
struct share {
    std::size_t which = 0, of = 1;
    std::size_t begin(std::size_t n) const { return n * which / of; }
    std::size_t end(std::size_t n) const { return n * (which + 1) / of; }
};

/// Keeps what is thrown on another thread until it can be thrown on.
class caught {
public:
    template <class F>
    void in(F f) noexcept {
        try {
            f();
        } catch (...) {
            const std::lock_guard lock(mutex_);
            if (!first_) first_ = std::current_exception();
        }
    }
    void rethrow() {
        const std::lock_guard lock(mutex_);
        if (const std::exception_ptr thrown = std::exchange(first_, nullptr)) std::rethrow_exception(thrown);
    }

private:
    std::mutex mutex_;
    std::exception_ptr first_;
};

class workers {
public:
    static constexpr std::size_t most = 8;

    explicit workers(std::size_t n) {
        for (std::size_t i = 0; i < n; ++i) threads_.emplace_back([this, i, n, seat = barrier_.join()]() mutable { work({i, n}, seat); });
    }
    workers(const workers&) = delete;
    ~workers() {
        barrier_.stop();
        for (std::thread& t : threads_) t.join();
    }
    std::size_t size() const { return threads_.size(); }

    using pause = std::function<void()>;

    /// Runs job(share, full) on every thread and waits for all; throws what one of them has thrown. A job calls full() where it has most in memory: there all
    /// stand still, with their frames open, until look() has been called on this thread.
    void run(std::function<void(share, const pause& full)> job, const std::function<void()>& look) {
        barrier_.complete([&] { job_ = std::move(job); });  // all stand still, and then begin
        barrier_.complete([&] { thrown_.in(look); });
        barrier_.complete([&] { job_ = nullptr; });  // all have done it
        thrown_.rethrow();
    }

private:
    void work(share mine, alloy::frame_barrier::seat& seat) {
        while (seat.arrive_and_wait()) {
            if (!job_) continue;
            bool shown = false;
            const auto show = [&] { shown = shown || seat.arrive_and_wait(); };
            thrown_.in([&] { job_(mine, show); });
            show();  // where the job has thrown
        }
    }

    alloy::frame_barrier barrier_;
    std::function<void(share, const pause&)> job_;  // changes while all stand still
    caught thrown_;
    std::vector<std::thread> threads_;
};

}  // namespace engine
