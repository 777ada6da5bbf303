// thread_cached: what each thread has is its own, what others free comes home, what a finished thread leaves is the next one's. Faults 21, 23 to 25, 33, 47.
#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <random>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <alloy/checking/guarded.hpp>
#include <alloy/containers.hpp>

#include "../support/catch.hpp"
#include "../support/compositions.hpp"
#include "../support/refusals.hpp"
#include "../support/threads.hpp"

namespace {

using alloy::KiB;
using cached = alloy::allocator<alloy::threading::thread_cached>;
using watched = alloy::allocator<alloy::threading::thread_cached, test::strict_upstream, alloy::growth::linear<1024>>;

std::mutex heard_lock;
std::vector<alloy::misuse> heard;
void note(const alloy::misuse& m) noexcept {
    const std::lock_guard lock(heard_lock);
    heard.push_back(m);
}

/// Keeps what it was given back, filled, so that it can be seen whether anybody wrote there later.
struct kept_block {
    unsigned char* at;
    std::size_t bytes, alignment;
};
std::vector<kept_block> kept_by_upstream;
struct keeping_upstream : alloy::upstream::new_delete {
    static void deallocate(void* at, std::size_t bytes, std::size_t alignment) noexcept {
        std::memset(at, 0xDD, bytes);
        kept_by_upstream.push_back({static_cast<unsigned char*>(at), bytes, alignment});
    }
};

/// Runs f on a thread of its own and waits for its end.
template <class F>
void on_a_thread(F f) {
    std::thread(f).join();
}

}  // namespace

TEST_CASE("what another thread frees comes home, once that thread has enough, trims or ends", "[threads][concurrent][fault-23]") {
    watched memory;
    std::vector<void*> mine;
    for (int i = 0; i < 1000; ++i) mine.push_back(memory.allocate(24, 8));
    REQUIRE(memory.used() == 24000);
    on_a_thread([&] {
        for (void* p : mine) memory.deallocate(p, 24, 8);
        CHECK(memory.used() == 0);  // this thread has nothing
    });
    CHECK(memory.used() == 0);
    const std::size_t held = memory.held();
    for (int i = 0; i < 1000; ++i) mine[static_cast<std::size_t>(i)] = memory.allocate(24, 8);
    CHECK(memory.held() == held);  // the same slots again

    std::atomic<int> step = 0;
    std::thread other([&] {
        for (int i = 0; i < 3; ++i) memory.deallocate(mine[static_cast<std::size_t>(i)], 24, 8);
        step = 1;
        while (step != 2) std::this_thread::yield();
        memory.trim();
        step = 3;
        while (step != 4) std::this_thread::yield();
    });
    while (step != 1) std::this_thread::yield();
    CHECK(memory.used() == 24000);  // three are still with the other thread
    step = 2;
    while (step != 3) std::this_thread::yield();
    CHECK(memory.used() == 23928);
    step = 4;
    other.join();
    for (std::size_t i = 3; i < mine.size(); ++i) memory.deallocate(mine[i], 24, 8);
    memory.trim();
    CHECK(memory.held() == 0);
    CHECK(memory.upstream().live() == 0);
}

TEST_CASE("slots of every size come home, through batches that list them in their own memory", "[threads][concurrent]") {
    watched memory;
    std::mt19937 random(7);
    std::vector<std::pair<unsigned char*, std::size_t>> made;
    for (int i = 0; i < 3000; ++i) {
        const std::size_t bytes = 1 + random() % 1024;
        auto* const p = static_cast<unsigned char*>(memory.allocate(bytes, 8));
        std::memset(p, static_cast<int>(bytes), bytes);
        made.emplace_back(p, bytes);
    }
    const std::size_t used = memory.used();
    std::shuffle(made.begin(), made.end(), random);
    std::atomic<int> wrong = 0;
    for (std::size_t part = 0; part < 3; ++part)
        on_a_thread([&] {
            for (std::size_t i = part; i < made.size(); i += 3) {
                for (std::size_t b = 0; b < made[i].second; ++b) wrong += made[i].first[b] != static_cast<unsigned char>(made[i].second);
                memory.deallocate(made[i].first, made[i].second, 8);
            }
        });
    CHECK(wrong == 0);
    CHECK(memory.used() == 0);
    for (auto& [p, bytes] : made) std::memset(p = static_cast<unsigned char*>(memory.allocate(bytes, 8)), 1, bytes);
    CHECK(memory.used() == used);
    for (auto& [p, bytes] : made) memory.deallocate(p, bytes, 8);
    memory.trim();
    CHECK(memory.held() == 0);
}

TEST_CASE("a finished thread leaves its cache to the next, and its objects stay", "[threads][concurrent][fault-24]") {
    watched memory;
    std::vector<watched::pool_ptr<std::size_t>> kept;
    std::size_t held = 0, requests = 0;
    for (std::size_t i = 0; i < 200; ++i) {
        on_a_thread([&] {
            auto frame = memory.frame();
            for (int n = 0; n < 50; ++n) frame.make<std::size_t>(i);
            kept.push_back(memory.make_pooled<std::size_t>(i));
            const auto passing = memory.make_pooled<std::size_t>(i);
        });
        if (i == 0) {
            held = memory.held();
            requests = memory.upstream().requests;
        }
    }
    CHECK(memory.held() == held);
    CHECK(memory.upstream().requests == requests);
    for (std::size_t i = 0; i < kept.size(); ++i) REQUIRE(*kept[i] == i);
    kept.clear();  // on this thread, while nobody has the cache that they belong to
    memory.trim();
    CHECK(memory.held() == 0);
}

TEST_CASE("frees that arrive when the owner has ended are not lost, whoever adopts it", "[threads][concurrent][fault-23]") {
    watched memory;
    std::vector<void*> objects;
    on_a_thread([&] {
        for (int i = 0; i < 500; ++i) objects.push_back(memory.allocate(40, 8));
    });
    const std::size_t held = memory.held();
    on_a_thread([&] {  // adopts that cache: these are its own now
        for (std::size_t i = 0; i < 100; ++i) memory.deallocate(objects[i], 40, 8);
        std::thread([&] {  // and these come from a thread with another
            for (std::size_t i = 100; i < 500; ++i) memory.deallocate(objects[i], 40, 8);
        }).join();
        CHECK(memory.used() == 0);
        for (void*& p : objects) p = memory.allocate(40, 8);
    });
    CHECK(memory.held() <= held + 1024);  // a second cache, and no slab more
    on_a_thread([&] {
        for (void* p : objects) memory.deallocate(p, 40, 8);
    });
    memory.trim();
    CHECK(memory.held() == 0);
}

TEST_CASE("many allocators of one type on a thread, used in turn, never share memory", "[threads][concurrent][fault-47]") {
    constexpr std::size_t count = 11;  // more than a thread remembers
    std::vector<std::unique_ptr<watched>> all;
    for (std::size_t i = 0; i < count; ++i) all.push_back(std::make_unique<watched>());
    test::on_threads([&](int t) {
        std::vector<std::pair<std::size_t, watched::pool_ptr<std::size_t>>> mine;
        for (std::size_t i = 0; i < 400; ++i) {
            watched& memory = *all[i * 7 % count];
            auto frame = memory.frame();
            auto* in_frame = frame.make<std::size_t>(i);
            mine.emplace_back(i, memory.make_pooled<std::size_t>(i));
            if (i % 3 == 0) mine.erase(mine.begin() + static_cast<std::ptrdiff_t>(i % mine.size()));
            if (*in_frame != i) std::abort();
        }
        for (auto& [i, p] : mine)
            if (*p != i) std::abort();
        static_cast<void>(t);
    });
    for (auto& memory : all) {
        CHECK(memory->used() == 0);
        memory->trim();
        CHECK(memory->held() == 0);
    }
}

TEST_CASE("an allocator at the address of one that is gone starts anew, also for threads that knew the old one", "[threads][concurrent][fault-47]") {
    alignas(cached) static unsigned char place[sizeof(cached)];
    std::atomic<int> step = 0;
    std::atomic<bool> wrong = false;
    constexpr int rounds = 50;
    const auto at = [] { return std::launder(reinterpret_cast<cached*>(place)); };
    const auto use = [&] {
        auto frame = at()->frame();
        const auto objects = frame.make_span<int>(100);
        const auto pooled = at()->make_pooled<int>(1);
        for (int& i : objects) i = 1;
        for (const int i : objects) wrong = wrong || i != *pooled;
    };
    std::thread other([&] {
        for (int round = 0; round < rounds; ++round) {
            while (step != 2 * round + 1) std::this_thread::yield();
            use();
            step = 2 * round + 2;
        }
    });
    for (int round = 0; round < rounds; ++round) {
        auto* const memory = ::new (static_cast<void*>(place)) cached;
        use();
        step = 2 * round + 1;
        use();
        while (step != 2 * round + 2) std::this_thread::yield();
        memory->~cached();
    }
    other.join();
    CHECK_FALSE(wrong);
}

TEST_CASE("an allocator may end before the threads that used it", "[threads][concurrent][fault-23]") {
    std::atomic<int> ready = 0;
    std::atomic<bool> gone = false;
    auto memory = std::make_unique<cached>();
    cached other;
    std::vector<std::thread> threads;
    for (int t = 0; t < test::workers; ++t)
        threads.emplace_back([&] {
            {
                auto frame = memory->frame();
                frame.make_span<int>(1000);
                const auto object = memory->make_pooled<int>(1);
            }
            ++ready;
            while (!gone) std::this_thread::yield();
            const auto object = other.make_pooled<int>(2);
            auto frame = other.frame();
            frame.make<int>(3);
        });
    while (ready != test::workers) std::this_thread::yield();
    memory.reset();
    gone = true;
    for (std::thread& t : threads) t.join();
    CHECK(other.used() == 0);
}

TEST_CASE("an allocator ends with slots that a thread has freed and not sent home yet", "[threads][concurrent][fault-23]") {
    kept_by_upstream.clear();
    {
        alloy::allocator<alloy::threading::thread_cached, keeping_upstream> memory;
        std::vector<void*> all{memory.allocate(100, 8)};  // so that this thread's cache is the first, and the last to end
        on_a_thread([&] { all.push_back(memory.allocate(100, 8)); });
        for (void* p : all) memory.deallocate(p, 100, 8);
    }
    CHECK(kept_by_upstream.size() == 4);  // two caches and a region for each
    int written = 0;
    for (const auto& [at, bytes, alignment] : kept_by_upstream) {
        for (std::size_t i = 0; i < bytes; ++i) written += at[i] != 0xDD;
        alloy::upstream::new_delete::deallocate(at, bytes, alignment);
    }
    CHECK(written == 0);
}

TEST_CASE("what a thread leaves open ends with it, destructors once", "[threads][concurrent]") {
    watched memory;
    std::atomic<int> ended = 0;
    struct counted {
        std::atomic<int>& ends;
        explicit counted(std::atomic<int>& e) : ends(e) {}
        ~counted() { ++ends; }
    };
    on_a_thread([&] {
        memory.begin_frame().make<counted>(ended);
        memory.begin_frame().make<counted>(ended);
    });
    CHECK(ended == 2);
    on_a_thread([&] { CHECK_FALSE(memory.in_frame()); });
    memory.trim();
    CHECK(memory.held() == 0);
}

TEST_CASE("upstream may refuse whatever a thread asks for", "[threads][concurrent][fault-6]") {
    test::try_each_refusal<watched>([](watched& memory) {
        int refused = 0;
        const auto work = [&] {
            if (auto frame = memory.try_frame())
                refused += !frame->try_make_span<int>(500);
            else
                ++refused;
            std::vector<void*> mine;
            for (int i = 0; i < 300; ++i)
                if (auto p = memory.try_allocate(i % 2 == 0 ? 100 : 1000, 8))
                    mine.push_back(*p);
                else
                    ++refused, mine.push_back(nullptr);
            on_a_thread([&] {  // a thread that only frees: with or without a cache
                for (std::size_t i = 0; i < mine.size(); i += 3) memory.deallocate(mine[i], i % 2 == 0 ? 100 : 1000, 8);
            });
            for (std::size_t i = 0; i < mine.size(); ++i)
                if (i % 3 != 0) memory.deallocate(mine[i], i % 2 == 0 ? 100 : 1000, 8);
        };
        on_a_thread(work);
        work();
        memory.trim();
        return refused;
    });
}

TEST_CASE("a hard budget takes idle memory from threads that are in no frame, and from those that have ended", "[threads][concurrent][budget][fault-25]") {
    constexpr std::size_t bound = 64 * KiB;
    alloy::allocator<alloy::threading::thread_cached, alloy::budget::hard<bound>, alloy::growth::linear<4 * KiB>> memory;
    std::atomic<int> step = 0;
    std::thread idle([&] {
        {
            auto frame = memory.frame();
            for (int i = 0; i < 12; ++i) frame.make_span<char>(3 * KiB);
            step = 1;
            while (step != 2) std::this_thread::yield();
        }
        step = 3;
        while (step != 4) std::this_thread::yield();  // it holds some 48 KiB idle
    });
    while (step != 1) std::this_thread::yield();
    auto frame = memory.frame();
    CHECK_FALSE(frame.try_make_span<char>(48 * KiB));  // in use
    step = 2;
    while (step != 3) std::this_thread::yield();
    CHECK(frame.try_make_span<char>(48 * KiB));  // idle, and taken
    CHECK(memory.held() <= bound);
    step = 4;
    idle.join();
}

TEST_CASE("the gap below a hard budget is what other threads have in hand, and goes when they trim or end", "[threads][concurrent][budget][fault-25]") {
    constexpr std::size_t bound = 256 * KiB;
    alloy::allocator<alloy::threading::thread_cached, alloy::budget::hard<bound>> memory;
    std::atomic<int> step = 0;
    std::thread other([&] {
        std::vector<void*> mine;
        for (int i = 0; i < 100; ++i) mine.push_back(memory.allocate(1000, 8));
        for (void* p : mine) memory.deallocate(p, 1000, 8);
        step = 1;
        while (step != 2) std::this_thread::yield();
        memory.trim();
        step = 3;
        while (step != 4) std::this_thread::yield();
    });
    while (step != 1) std::this_thread::yield();
    const std::size_t in_hand = memory.held();
    const auto refused = memory.try_allocate(bound - 1024, 8);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason == alloy::refusal::budget);
    CHECK(refused.error().left == bound - in_hand);  // the refusal says it: there is room for no more than that
    if (auto p = memory.try_allocate(refused.error().left - 64, 8)) memory.deallocate(*p, refused.error().left - 64, 8);
    step = 2;
    while (step != 3) std::this_thread::yield();
    auto p = memory.try_allocate(bound - 1024, 8);
    REQUIRE(p);
    memory.deallocate(*p, bound - 1024, 8);
    step = 4;
    other.join();
}

TEST_CASE("threads at the bound never exceed it, and nothing stays charged", "[threads][concurrent][budget][fault-25]") {
    constexpr std::size_t bound = 1 * alloy::MiB;
    alloy::allocator<alloy::threading::thread_cached, alloy::budget::hard<bound>, alloy::growth::linear<8 * KiB>> memory;
    std::atomic<bool> over = false, ended = false;
    std::atomic<int> met = 0, refused = 0;
    std::thread sampler([&] {
        while (!ended) {
            if (memory.held() > bound) over = true;
            std::this_thread::yield();
        }
    });
    test::on_threads([&](int t) {
        std::mt19937 random(static_cast<unsigned>(t));
        for (int round = 0; round < 40; ++round) {
            auto frame = memory.try_frame();
            if (!frame) {  // not even for the cache
                ++refused;
                continue;
            }
            std::vector<std::pair<void*, std::size_t>> mine;
            for (int i = 0; i < 80; ++i) {
                if (!frame->try_make_span<char>(1 + random() % 8000)) ++refused;
                const std::size_t bytes = 1 + random() % 3000;
                if (auto p = memory.try_allocate(bytes, 8))
                    mine.emplace_back(*p, bytes), ++met;
                else
                    ++refused;
            }
            for (auto& [p, bytes] : mine) memory.deallocate(p, bytes, 8);
        }
    });
    ended = true;
    sampler.join();
    CHECK_FALSE(over);
    CHECK(met > 0);
    CHECK(refused > 0);
    CHECK(memory.used() == 0);
    memory.trim();
    CHECK(memory.held() == 0);
    CHECK(memory.budget().left() == bound);
    void* const all = memory.allocate(bound - 64, 8);  // no refusal is for ever
    memory.deallocate(all, bound - 64, 8);
}

TEST_CASE("a budget per thread bounds each thread by itself", "[threads][concurrent][budget]") {
    constexpr std::size_t bound = 64 * KiB;
    alloy::allocator<alloy::threading::thread_cached, alloy::budget::per_thread<bound>, alloy::growth::linear<4 * KiB>, test::strict_upstream> memory;
    std::atomic<int> full = 0, wrong = 0;
    std::vector<std::pair<void*, std::size_t>> left[test::workers];
    test::on_threads([&](int t) {
        std::size_t frames = 0;
        auto& mine = left[t];
        {
            auto frame = memory.frame();
            while (frame.try_make_span<char>(2 * KiB)) frames += 2 * KiB;
            if (frames < bound / 2 || frames > bound) ++wrong;  // all four together have more than one bound
            if (memory.try_allocate(4000, 8)) ++wrong;          // the heap counts too
        }
        memory.trim();
        while (auto p = memory.try_allocate(mine.size() % 2 == 0 ? 3000 : 500, 8)) mine.emplace_back(*p, mine.size() % 2 == 0 ? 3000 : 500);
        ++full;
        while (full != test::workers) std::this_thread::yield();
    });
    CHECK(wrong == 0);
    for (auto& mine : left) CHECK(mine.size() > 10);
    // What others free goes back to the account that it was charged to: a thread that takes over a cache finds it as empty as it was.
    for (auto& mine : left)
        for (auto& [p, bytes] : mine) memory.deallocate(p, bytes, 8);
    test::on_threads([&](int t) {
        std::size_t count = 0;
        std::vector<std::pair<void*, std::size_t>> mine;
        while (auto p = memory.try_allocate(count % 2 == 0 ? 3000 : 500, 8)) mine.emplace_back(*p, count++ % 2 == 0 ? 3000 : 500);
        if (count < 10) ++wrong;
        for (auto& [p, bytes] : mine) memory.deallocate(p, bytes, 8);
        static_cast<void>(t);
    });
    CHECK(wrong == 0);
    CHECK(memory.used() == 0);
}

TEST_CASE("a frame that another thread uses is told", "[threads][concurrent][fault-21]") {
    heard.clear();
    alloy::allocator<alloy::threading::thread_cached, alloy::checking::guarded<alloy::checking::report::call<&note>>> memory;
    auto frame = memory.frame();
    frame.make<int>(1);
    CHECK(heard.empty());
    on_a_thread([&] {
        auto own = memory.frame();
        own.make<int>(2);
        CHECK(heard.empty());
        frame.make<int>(3);
    });
    REQUIRE_FALSE(heard.empty());
    CHECK(heard.front().kind == alloy::misuse_kind::wrong_thread);
    heard.clear();
    on_a_thread([&] { CHECK_FALSE(frame.end().closed); });
    CHECK_FALSE(heard.empty());
    heard.clear();
}

TEST_CASE("an allocator of one thread hears of a second one, also where that has the number of one that is gone", "[threads][concurrent][fault-21]") {
    alloy::allocator<alloy::checking::guarded<alloy::checking::report::call<&note>>> memory;
    on_a_thread([&] { memory.frame().make<int>(1); });
    int told = 0;
    for (int i = 0; i < 5; ++i) {  // the system soon gives the same id again
        heard.clear();
        on_a_thread([&] { memory.frame().make<int>(1); });
        told += !heard.empty();
    }
    CHECK(told == 5);
    heard.clear();
}

TEST_CASE("a child of a fork goes on, whatever the other threads were at", "[threads][concurrent][fault-33]") {
#if ALLOY_DETAIL_ASAN  // whose malloc, unlike glibc's, has no handler at fork: a lock that another thread held stays locked in the child
    static alloy::allocator<alloy::threading::thread_cached, alloy::upstream::pages<>> memory;
#else
    static cached memory;
#endif
    std::atomic<bool> ended = false;
    std::vector<std::thread> threads;
    for (int t = 0; t < 2; ++t)
        threads.emplace_back([&] {
            while (!ended) {  // always on slow paths
                std::thread([&] { memory.frame().make_span<int>(1000); }).join();
                void* const p = memory.allocate(5000, 8);
                memory.deallocate(p, 5000, 8);
                memory.trim();
            }
        });
    int good = 0;
    for (int i = 0; i < 30; ++i) {
        const pid_t child = ::fork();
        if (child == 0) {
            ::alarm(20);
            auto frame = memory.frame();
            frame.make_span<int>(1000);
            void* const p = memory.allocate(5000, 8);
            memory.deallocate(p, 5000, 8);
            void* const q = memory.allocate(50, 8);
            memory.deallocate(q, 50, 8);
            ::_exit(7);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        good += WIFEXITED(status) && WEXITSTATUS(status) == 7;
    }
    ended = true;
    for (std::thread& t : threads) t.join();
    CHECK(good == 30);
}

TEST_CASE("short threads, many, with objects that go from one to another, leave memory as large as it was", "[threads][concurrent][fault-24]") {
    using memory_type = alloy::allocator<alloy::threading::thread_cached, alloy::growth::linear<4 * KiB>>;
    memory_type memory;
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
    constexpr int rounds = 20;
#else
    constexpr int rounds = 160;
#endif
    constexpr std::size_t at_once = 64;
    std::vector<memory_type::pool_ptr<std::size_t>> before(at_once);
    std::atomic<int> wrong = 0;
    std::size_t half = 0;
    for (int round = 0; round < rounds; ++round) {
        std::vector<memory_type::pool_ptr<std::size_t>> made(at_once);
        std::vector<std::thread> threads;
        std::atomic<std::size_t> there = 0;
        for (std::size_t t = 0; t < at_once; ++t)
            threads.emplace_back([&, t] {
                auto frame = memory.frame();
                for (++there; there < at_once;) std::this_thread::yield();  // so that in each round there are as many caches in use
                alloy::frame_vector<std::size_t> numbers(frame);
                for (std::size_t i = 0; i < 100; ++i) numbers.push_back(t * i);
                auto& theirs = before[(t + 1) % at_once];
                wrong += theirs && *theirs != (t + 1) % at_once;
                theirs.reset();
                made[t] = memory.make_pooled<std::size_t>(t);
                for (int i = 0; i < 20; ++i) const auto passing = memory.make_pooled<std::size_t>(t);
                wrong += numbers[99] != t * 99;
            });
        for (std::thread& t : threads) t.join();
        before = std::move(made);
        if (round == rounds / 2) half = memory.held();
    }
    CHECK(wrong == 0);
    CHECK(memory.held() <= half + half / 10);
    before.clear();
    memory.trim();
    CHECK(memory.held() == 0);
}
