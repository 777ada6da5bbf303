/// Jobs on worker threads: each thread has frames of its own in one shared allocator, and a thread per job takes no more memory than as many as run at once.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <thread>
#include <utility>
#include <vector>

#include <alloy/allocator.hpp>
#include <alloy/containers.hpp>
#include <alloy/policies.hpp>

// [memory]
struct job_memory : alloy::allocator<alloy::threading::thread_cached, alloy::budget::hard<4 * alloy::MiB>, alloy::tagging::named<"jobs">,
                                     alloy::tracking::boundary_metrics> {};

/// What a job leaves behind. Whoever ends it may be another thread: its slot goes home to the thread that made it.
struct answer {
    std::uint64_t number, sum;
};
using answer_ptr = job_memory::pool_ptr<answer>;
// [/memory]

// [job]
/// Sums the primes below some number; the sieve lies in a frame of the thread that runs it.
static answer_ptr run_job(job_memory& memory, std::uint64_t number) {
    auto frame = memory.frame();
    alloy::frame_vector<char> sieve(2000 + number % 7 * 1000, char{1}, frame);
    alloy::frame_vector<std::uint64_t> primes{frame};
    for (std::size_t n = 2; n < sieve.size(); ++n) {
        if (!sieve[n]) continue;
        primes.push_back(n);
        for (std::size_t m = n * n; m < sieve.size(); m += n) sieve[m] = 0;
    }
    std::uint64_t sum = 0;
    for (const std::uint64_t p : primes) sum += p;
    return memory.make_pooled<answer>(number, sum);
}
// [/job]

// [workers]
/// A few threads take jobs until there is none.
static std::vector<answer_ptr> run_on_workers(job_memory& memory, std::uint64_t jobs) {
    std::vector<answer_ptr> answers(jobs);
    std::atomic<std::uint64_t> next = 0;
    std::vector<std::thread> workers;
    for (int w = 0; w < 4; ++w)
        workers.emplace_back([&] {
            for (std::uint64_t n = next++; n < jobs; n = next++) answers[n] = run_job(memory, n);
        });
    for (std::thread& worker : workers) worker.join();
    return answers;
}
// [/workers]

// [thread_per_job]
/// A thread for each job, four at once. One that ends leaves its frames' blocks and its slabs to the next that begins.
static std::vector<answer_ptr> run_on_threads(job_memory& memory, std::uint64_t first, std::uint64_t jobs) {
    std::vector<answer_ptr> answers(jobs);
    for (std::uint64_t n = 0; n < jobs; n += 4) {
        std::vector<std::thread> threads;
        for (std::uint64_t i = n; i < n + 4 && i < jobs; ++i) threads.emplace_back([&, i] { answers[i] = run_job(memory, first + i); });
        for (std::thread& thread : threads) thread.join();
    }
    return answers;
}
// [/thread_per_job]

static bool are_right(const std::vector<answer_ptr>& answers) {
    static constexpr std::uint64_t sums[7] = {277050, 593823, 1013507, 1548136, 2174734, 2935471, 3738566};  // below 2000, 3000, and so on
    bool good = true;
    for (std::size_t n = 0; n < answers.size(); ++n) good = good && answers[n] && answers[n]->number % 7 == n % 7 && answers[n]->sum == sums[n % 7];
    return good;
}

int main() {
    job_memory memory;
    bool good = are_right(run_on_workers(memory, 700));
    const std::size_t after_workers = memory.held();

    // [bounded]
    std::size_t after_first = 0, after_last = 0;
    for (std::uint64_t round = 0; round < 10; ++round) {
        good = are_right(run_on_threads(memory, round * 350, 350)) && good;  // and the answers are ended here, on another thread than made them
        (round == 0 ? after_first : after_last) = memory.held();
    }
    const std::size_t one_thread = (64 + 32) * alloy::KiB;  // the first block of its frames; two small regions of slabs, and its cache
    good = good && after_last <= 5 * one_thread;            // four at once and main, however many there were
    // [/bounded]
    memory.trim();
    std::printf("700 jobs on 4 workers: %zu bytes held; 350 threads more: %zu; 3150 more: %zu; after trim(): %zu; at most %zu\n", after_workers, after_first, after_last,
                memory.held(), memory.metrics().peak_held);
    return good && memory.used() == 0 && memory.held() == 0 ? 0 : 1;
}
