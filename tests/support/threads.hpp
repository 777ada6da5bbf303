#pragma once
/// Several threads that begin together.
#include <atomic>
#include <thread>
#include <vector>

namespace test {

inline constexpr int workers = 4;

/// Runs work(number) on each of the workers at once.
template <class Work>
void on_threads(Work work) {
    std::atomic<int> ready = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < workers; ++t)
        threads.emplace_back([&, t] {
            ++ready;
            while (ready < workers) std::this_thread::yield();
            work(t);
        });
    for (std::thread& t : threads) t.join();
}

}  // namespace test
