#pragma once
/// What benchmarks with several threads measure with: pinned threads, a window in which all of them run, resident memory.
///
/// Threads work before the window begins and until the last of them has seen its end; each counts what it did between the first of its own time
/// stamps in the window and the first behind it. So no operation is counted that had less company than the others.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

namespace measure {

using clock = std::chrono::steady_clock;

[[noreturn]] inline void fail(const char* what) {
    std::fprintf(stderr, "alloy_threads_benchmark: %s\n", what);
    std::_Exit(1);
}

/// The compiler must take `p` to be read and changed elsewhere.
template <class T>
void escape(T& p) {
    asm volatile("" : : "g"(&p) : "memory");
}
inline void seen(const void* p) { asm volatile("" : : "g"(p) : "memory"); }

/// The processors that this process may use.
inline const std::vector<int>& processors() {
    static const std::vector<int> all = [] {
        cpu_set_t allowed;
        CPU_ZERO(&allowed);
        if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) fail("the processors of this process are not known");
        std::vector<int> found;
        for (int i = 0; i < CPU_SETSIZE; ++i)
            if (CPU_ISSET(i, &allowed)) found.push_back(i);
        return found;
    }();
    return all;
}
/// The n-th thread stays on the n-th processor; where there are fewer, they are shared.
inline void pin(int n) {
    const auto& all = processors();
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<std::size_t>(all[static_cast<std::size_t>(n) % all.size()]), &one);
    if (pthread_setaffinity_np(pthread_self(), sizeof one, &one) != 0) fail("a thread could not be pinned");
}

/// Waits a little longer each time: a processor may be shared.
class patience {
public:
    void wait() {
        if (++spins_ >= spins_before_yield) sched_yield();
    }
    void again() { spins_ = 0; }

private:
    static constexpr int spins_before_yield = 1000;
    int spins_ = 0;
};

/// Runs work(n) on so many threads, pinned.
template <class Work>
void on_threads(int count, Work work) {
    std::vector<std::thread> threads;
    for (int n = 0; n < count; ++n)
        threads.emplace_back([&work, n] {
            pin(n);
            work(n);
        });
    for (std::thread& t : threads) t.join();
}

/// Threads that arrive go on together.
class start_line {
public:
    explicit start_line(int threads) : missing_(threads) {}
    void arrive() {
        missing_.fetch_sub(1, std::memory_order_acq_rel);
        for (patience p; missing_.load(std::memory_order_acquire) > 0;) p.wait();
    }

private:
    std::atomic<int> missing_;
};

/// The time in which all threads run.
class window {
public:
    window(int threads, double seconds) : line_(threads), threads_(threads), seconds_(seconds) {}
    /// Called by each thread when it is ready to work; a tenth of the time to warm up comes first.
    void arrive() {
        line_.arrive();
        std::int64_t none = 0;
        begin_.compare_exchange_strong(none, (clock::now() + length(seconds_ / 10)).time_since_epoch().count(), std::memory_order_acq_rel);
    }
    bool over() const { return finished_.load(std::memory_order_relaxed) >= threads_; }

private:
    friend class stopwatch;
    static clock::duration length(double seconds) { return std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>(seconds)); }
    start_line line_;
    int threads_;
    double seconds_;
    std::atomic<std::int64_t> begin_ = 0;
    std::atomic<int> finished_ = 0;
};

struct counted {
    double operations = 0, seconds = 0;
};

/// One thread's count. May be handed to another thread, as the work itself is.
class alignas(128) stopwatch {
public:
    explicit stopwatch(window& w) : window_(w) {}
    /// After so many more operations: whether to go on.
    bool lap(std::uint64_t operations) {
        operations_ += operations;
        if (!finished_) stamp();
        return !window_.over();
    }
    counted count() const { return counted_; }

private:
    void stamp() {
        const auto now = clock::now();
        const clock::time_point begin{clock::duration{window_.begin_.load(std::memory_order_acquire)}};
        if (now < begin) return;
        if (!began_) {
            began_ = true;
            first_ = now;
            operations_ = 0;
        } else if (now >= begin + window::length(window_.seconds_)) {
            counted_ = {static_cast<double>(operations_), std::chrono::duration<double>(now - first_).count()};
            finished_ = true;
            window_.finished_.fetch_add(1, std::memory_order_relaxed);
        }
    }
    window& window_;
    std::uint64_t operations_ = 0;
    clock::time_point first_{};
    counted counted_;
    bool began_ = false, finished_ = false;
};

/// Of several threads: how much they did, and the time that one of them took for an operation.
struct result {
    double operations = 0, seconds = 0, per_second = 0, ns = 0;
};
inline result together(const std::vector<counted>& each) {
    result r;
    for (const counted& c : each) {
        if (c.operations <= 0 || c.seconds <= 0) fail("a thread did nothing in the window; give it more time");
        r.operations += c.operations;
        r.seconds = std::max(r.seconds, c.seconds);
        r.per_second += c.operations / c.seconds;
    }
    r.ns = 1e9 * static_cast<double>(each.size()) / r.per_second;
    return r;
}

/// Resident memory of this process in KiB. Summed up from its mappings, since the quick counters of /proc/self/statm may be behind by some pages for
/// each thread. Allocates nothing.
inline long resident() {
    const auto number_behind = [](const char* path, const char* word) {
        char text[8192];
        const int file = open(path, O_RDONLY | O_CLOEXEC);
        if (file < 0) return -1L;
        ssize_t length = 0;
        for (ssize_t got; (got = read(file, text + length, sizeof text - 1 - static_cast<std::size_t>(length))) > 0;) length += got;
        close(file);
        text[length] = 0;
        const char* const at = std::strstr(text, word);
        return at ? std::atol(at + std::strlen(word)) : -1L;
    };
    long kib = number_behind("/proc/self/smaps_rollup", "Rss:");
    if (kib < 0) kib = number_behind("/proc/self/status", "VmRSS:");
    if (kib < 0) fail("resident memory is not known");
    return kib;
}

}  // namespace measure
