/// An allocator object per thread: nothing is shared, so nothing is locked. What another thread is to have is made in an allocator that is shared.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <thread>
#include <utility>
#include <vector>

#include <alloy/allocator.hpp>
#include <alloy/containers.hpp>
#include <alloy/host/never_destroyed.hpp>
#include <alloy/policies.hpp>

// [memory]
/// For one thread, as the default is: not even a comparison says whose it is.
struct scratch_memory : alloy::allocator<alloy::growth::linear<32 * alloy::KiB>, alloy::budget::hard<256 * alloy::KiB>, alloy::tagging::named<"scratch">> {};
constinit thread_local scratch_memory scratch;  // takes its first block when a thread first opens a frame; ends with the thread

/// For what goes from one thread to another. There before the first thread, and after the last.
struct shared_memory : alloy::allocator<alloy::threading::thread_cached, alloy::tagging::named<"shared">, alloy::lifetime::pool> {};
constinit alloy::never_destroyed<shared_memory> shared;
// [/memory]

struct item {
    int thread, index;
};
struct report {
    const void* where;  ///< the thread's first item; to compare, not to look at
    std::size_t held;
    std::uint64_t sum;
};

constexpr int threads = 6, items = 2000;
static std::atomic<int> there = 0, wrong = 0;

// [process]
static alloy::transfer_handle<report> process(int thread) {
    auto frame = scratch.frame();
    alloy::frame_vector<item> work{frame};
    work.reserve(items);
    for (int i = 0; i < items; ++i) work.push_back({thread, i});
    for (++there; there < threads;) std::this_thread::yield();  // all of them have their items now, at the same time
    std::uint64_t sum = 0;
    for (const item& each : work) {
        wrong += each.thread != thread;
        sum += static_cast<std::uint64_t>(each.index);
    }
    return shared->make_transfer<report>(work.data(), scratch.held(), sum);  // the frame ends here, and soon the thread and its allocator
}
// [/process]

int main() {
    std::vector<alloy::transfer_handle<report>> sent(threads);
    {
        std::vector<std::thread> running;
        for (int t = 0; t < threads; ++t) running.emplace_back([&sent, t] { sent[static_cast<std::size_t>(t)] = process(t); });
        for (std::thread& t : running) t.join();
    }
    bool good = wrong == 0 && scratch.held() == 0;  // main has one of its own, which it has not used
    std::vector<alloy::received<report>> reports;
    for (auto& handle : sent) reports.push_back(std::move(handle).receive());
    for (const auto& mine : reports) {
        good = good && mine->sum == std::uint64_t{items} * (items - 1) / 2;
        good = good && mine->held == 32 * alloy::KiB;  // its own block, and nobody else's
        for (const auto& other : reports) {
            const auto a = reinterpret_cast<std::uintptr_t>(mine->where), b = reinterpret_cast<std::uintptr_t>(other->where);
            good = good && (&mine == &other || a + items * sizeof(item) <= b || b + items * sizeof(item) <= a);
        }
    }
    std::printf("%d threads with %zu bytes each; reports in %zu bytes that they share\n", threads, reports[0]->held, shared->held());
    reports.clear();
    shared->trim();
    return good && shared->used() == 0 ? 0 : 1;
}
