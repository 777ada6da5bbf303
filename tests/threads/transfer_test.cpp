// Objects handed from thread to thread: one owner, destroyed once, sound whoever ends first: the receiver, the maker, its frame, the allocator. Faults 22, 29.
#include <algorithm>
#include <atomic>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <new>
#include <queue>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <type_traits>
#include <vector>

#include <boost/lockfree/queue.hpp>
#include <boost/lockfree/spsc_queue.hpp>
#if defined(__SANITIZE_THREAD__)
#define ALLOY_TEST_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define ALLOY_TEST_TSAN 1
#endif
#endif
#if defined(ALLOY_TEST_TSAN)  // moodycamel's queue has fences, which ThreadSanitizer does not know
#elif __has_include(<concurrentqueue/moodycamel/concurrentqueue.h>)
#include <concurrentqueue/moodycamel/concurrentqueue.h>
#define ALLOY_TEST_MOODYCAMEL 1
#elif __has_include(<concurrentqueue/concurrentqueue.h>)
#include <concurrentqueue/concurrentqueue.h>
#define ALLOY_TEST_MOODYCAMEL 1
#endif

#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#include "../support/catch.hpp"
#include "../support/hard_policies.hpp"
#include "../support/threads.hpp"

namespace {

/// Counts what upstream has given and not got back, across all allocators, since it has no state of its own.
struct counted_upstream : alloy::upstream::new_delete {
    static inline std::atomic<long> live = 0, refuse_after = -1;
    static void* allocate(std::size_t bytes, std::size_t alignment) noexcept {
        if (refuse_after == 0) return nullptr;
        if (refuse_after > 0) --refuse_after;
        void* const p = alloy::upstream::new_delete::allocate(bytes, alignment);
        if (p) ++live;
        return p;
    }
    static void deallocate(void* at, std::size_t bytes, std::size_t alignment) noexcept {
        --live;
        alloy::upstream::new_delete::deallocate(at, bytes, alignment);
    }
};

using concurrent = std::tuple<alloy::allocator<alloy::threading::thread_cached, counted_upstream>,  //
                              alloy::allocator<alloy::threading::spin_locked, counted_upstream, alloy::budget::hard<64 * alloy::MiB>>,
                              alloy::allocator<alloy::threading::locked<std::mutex>, counted_upstream, alloy::tracking::boundary_metrics, alloy::lifetime::pool>,
                              alloy::allocator<alloy::threading::thread_cached, counted_upstream, test::three_tags, alloy::tracking::metrics<alloy::metric::count>>>;

/// Knows how many there are; neither copyable nor movable.
template <std::size_t Bytes>
struct parcel {
    static inline std::atomic<long> alive = 0;
    explicit parcel(unsigned n = 0) : number(n) {
        if (n == 13) throw std::runtime_error("thirteen");
        std::memset(filled, static_cast<int>(n), sizeof filled);
        ++alive;
    }
    parcel(const parcel&) = delete;
    ~parcel() { --alive; }
    bool is_whole() const {
        for (const unsigned char c : filled)
            if (c != static_cast<unsigned char>(number)) return false;
        return true;
    }
    unsigned number;
    unsigned char filled[Bytes];
};
using small = parcel<40>;
using large = parcel<5000>;
struct alignas(2048) wide {
    int n = 5;
};

template <class T>
class queue_of {
public:
    void push(T value) {
        const std::lock_guard lock(mutex_);
        queue_.push(std::move(value));
    }
    bool pop(T& to) {
        const std::lock_guard lock(mutex_);
        if (queue_.empty()) return false;
        to = std::move(queue_.front());
        queue_.pop();
        return true;
    }

private:
    std::mutex mutex_;
    std::queue<T> queue_;
};

template <class F>
void on_a_thread(F f) {
    std::thread(f).join();
}

}  // namespace

static_assert(sizeof(alloy::transfer_handle<small>) == sizeof(void*) && sizeof(alloy::received<small>) == sizeof(void*));
static_assert(!std::is_copy_constructible_v<alloy::transfer_handle<int>> && std::is_nothrow_move_constructible_v<alloy::transfer_handle<int>>);
static_assert(!std::is_constructible_v<alloy::transfer_handle<int>, int*>);

TEMPLATE_LIST_TEST_CASE("an object is received once, and ends once", "[transfer][threads][concurrent][fault-22]", concurrent) {
    REQUIRE(counted_upstream::live == 0);
    {
        TestType memory;
        auto handle = memory.template make_transfer<small>(7u);
        handle->number = 7;
        on_a_thread([&] {
            auto mine = std::move(handle).receive();
            CHECK(mine->number == 7);
            CHECK(mine->is_whole());
            CHECK(small::alive == 1);
            CHECK_FALSE(handle);
            CHECK(std::move(handle).receive() == nullptr);  // a second time there is nothing
        });
        CHECK(small::alive == 0);
        {
            const auto never = memory.template make_transfer<small>(8u);
            const auto also = memory.template make_transfer<large>(9u);
        }
        CHECK(small::alive == 0);
        CHECK(large::alive == 0);
        auto moved = memory.template make_transfer<small>(1u);
        moved = memory.template make_transfer<small>(2u);
        CHECK(small::alive == 1);
        auto& same = moved;
        moved = std::move(same);
        CHECK(moved->number == 2);
        moved.reset();
        CHECK(small::alive == 0);
        memory.trim();
        CHECK(memory.used() == 0);
        CHECK(memory.held() == 0);
    }
    CHECK(counted_upstream::live == 0);
}

TEMPLATE_LIST_TEST_CASE("spans, large and aligned ones, and constructors that throw", "[transfer][threads][concurrent][fault-7]", concurrent) {
    {
        TestType memory;
        alloy::transfer_span<int> numbers = memory.template make_transfer<int[]>(100u);
        for (std::size_t i = 0; i < 100; ++i) numbers[i] = static_cast<int>(i);
        auto many = memory.template make_transfer<small[]>(100u);
        auto none = memory.template make_transfer<small[]>(0u);
        auto aligned = memory.template make_transfer<wide>();
        CHECK(none);
        on_a_thread([&] {
            alloy::received_span<int> mine = std::move(numbers).receive();
            int sum = 0;
            for (const int n : mine) sum += n;
            CHECK(sum == 4950);
            CHECK(std::move(many).receive().size() == 100);
            CHECK(std::move(none).receive().span().empty());
            auto here = std::move(aligned).receive();
            CHECK(reinterpret_cast<std::uintptr_t>(here.get()) % alignof(wide) == 0);
            CHECK(here->n == 5);
        });
        CHECK(small::alive == 0);
        CHECK_THROWS_AS(memory.template make_transfer<small>(13u), std::runtime_error);
        CHECK_THROWS_AS(memory.template make_transfer<large>(13u), std::runtime_error);
        CHECK_THROWS_AS(memory.template try_make_transfer<small>(13u), std::runtime_error);
        CHECK(small::alive == 0);
        std::size_t volatile far_too_many = std::size_t{1} << 62;  // which compilers warn of where they see it
        const auto too_many = memory.template try_make_transfer<int[]>(std::size_t{far_too_many});
        CHECK_FALSE(too_many);
        CHECK(too_many.error().reason == alloy::refusal::too_large);
        memory.trim();
        CHECK(memory.held() == 0);
    }
    CHECK(counted_upstream::live == 0);
}

TEMPLATE_LIST_TEST_CASE("what is in flight outlives the frame, the thread and the allocator that made it", "[transfer][threads][concurrent][fault-22]", concurrent) {
    REQUIRE(counted_upstream::live == 0);
    std::vector<alloy::transfer_handle<small>> in_flight;
    std::vector<alloy::transfer_handle<large>> large_ones;
    alloy::transfer_span<int> span;
    alloy::received<small> received;
    {
        auto memory = std::make_unique<TestType>();
        on_a_thread([&] {
            if constexpr (TestType::lifetimes::has_frame) {
                auto frame = memory->frame();
                in_flight.push_back(memory->template make_transfer<small>(0u));
            }
            for (unsigned i = 1; i < 600; ++i)
                if (i != 13) in_flight.push_back(memory->template make_transfer<small>(i % 13));
            for (unsigned i = 0; i < 5; ++i) large_ones.push_back(memory->template make_transfer<large>(i));
            span = memory->template make_transfer<int[]>(10u);
            received = memory->template make_transfer<small>(11u).receive();
        });
        in_flight.erase(in_flight.begin() + 100, in_flight.begin() + 200);  // some come home before
    }
    for (const auto& h : in_flight) REQUIRE(h->is_whole());
    for (const auto& h : large_ones) REQUIRE(h->is_whole());
    CHECK(span.size() == 10);
    CHECK(received->is_whole());
    CHECK(counted_upstream::live > 0);
    std::mt19937 random(3);
    std::shuffle(in_flight.begin(), in_flight.end(), random);
    on_a_thread([&] {
        in_flight.resize(in_flight.size() / 2);
        large_ones.pop_back();
    });
    on_a_thread([&] {
        for (auto& h : in_flight) auto mine = std::move(h).receive();
        large_ones.clear();
        span.reset();
        received.reset();
    });
    CHECK(small::alive == 0);
    CHECK(large::alive == 0);
    CHECK(counted_upstream::live == 0);  // the last of them has given back all that there was
}

TEMPLATE_LIST_TEST_CASE("producers and consumers through a queue, destroyed once each, in memory that stays", "[transfer][threads][concurrent][fault-29]", concurrent) {
    {
        TestType memory;
        queue_of<alloy::transfer_handle<small>> queue;
        std::atomic<int> produced = 0, consumed = 0, wrong = 0, most = 0;
        constexpr int messages = 8000;
        test::on_threads([&](int t) {
            if (t % 2 == 0) {
                for (int i = 0; i < messages; ++i) {
                    while (produced - consumed > 500) std::this_thread::yield();
                    queue.push(memory.template make_transfer<small>(static_cast<unsigned>(i) % 13));
                    ++produced;
                    if (i % 1000 == 0) most = std::max<int>(most, static_cast<int>(memory.held() / 1024));
                }
            } else {
                alloy::transfer_handle<small> handle;
                while (consumed < 2 * messages)
                    if (queue.pop(handle)) {
                        const auto mine = std::move(handle).receive();
                        wrong += !mine->is_whole();
                        ++consumed;
                    } else {
                        std::this_thread::yield();
                    }
            }
        });
        CHECK(wrong == 0);
        CHECK(consumed == 2 * messages);
        CHECK(small::alive == 0);
        CHECK(most <= 256);  // KiB: some 500 in flight, and 64 with each consumer
        memory.trim();
        CHECK(memory.held() == 0);
    }
    CHECK(counted_upstream::live == 0);
}

TEST_CASE("queues of trivial types take what release() gives", "[transfer][threads][concurrent]") {
    alloy::allocator<alloy::threading::thread_cached, counted_upstream> memory;
    constexpr int messages = 5000;
    const auto run = [&](auto push, auto pop) {
        std::atomic<int> wrong = 0;
        std::thread consumer([&] {
            for (int i = 0; i < messages;) {
                small* at = nullptr;
                if (!pop(at)) {
                    std::this_thread::yield();
                    continue;
                }
                const auto mine = alloy::transfer_handle<small>::adopt(at).receive();
                wrong += !mine->is_whole();
                ++i;
            }
        });
        for (int i = 0; i < messages; ++i) {
            small* const at = memory.make_transfer<small>(static_cast<unsigned>(i) % 13).release();
            while (!push(at)) std::this_thread::yield();
        }
        consumer.join();
        CHECK(wrong == 0);
        CHECK(small::alive == 0);
    };
    {
        boost::lockfree::queue<small*> queue(64);
        run([&](small* p) { return queue.bounded_push(p); }, [&](small*& p) { return queue.pop(p); });
    }
    {
        boost::lockfree::spsc_queue<small*, boost::lockfree::capacity<64>> queue;
        run([&](small* p) { return queue.push(p); }, [&](small*& p) { return queue.pop(p); });
    }
}

#if defined(ALLOY_TEST_MOODYCAMEL)
TEST_CASE("moodycamel's queue takes the handles themselves", "[transfer][threads][concurrent]") {
    alloy::allocator<alloy::threading::thread_cached, counted_upstream> memory;
    moodycamel::ConcurrentQueue<alloy::transfer_handle<small>> queue;
    std::atomic<int> wrong = 0;
    std::thread consumer([&] {
        alloy::transfer_handle<small> handle;
        for (int i = 0; i < 5000;)
            if (queue.try_dequeue(handle))
                wrong += !std::move(handle).receive()->is_whole(), ++i;
            else
                std::this_thread::yield();
    });
    for (unsigned i = 0; i < 5000; ++i) queue.enqueue(memory.make_transfer<small>(i % 13));
    consumer.join();
    CHECK(wrong == 0);
    CHECK(small::alive == 0);
}
#endif

TEST_CASE("allocators end while their messages do, in every phase", "[transfer][threads][concurrent][fault-22]") {
    REQUIRE(counted_upstream::live == 0);
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
    constexpr int rounds = 60;
#else
    constexpr int rounds = 600;
#endif
    std::mt19937 random(11);
    std::atomic<int> wrong = 0;
    for (int round = 0; round < rounds; ++round) {
        queue_of<alloy::transfer_handle<small>> smalls;
        queue_of<alloy::transfer_handle<large>> larges;
        std::atomic<bool> made = false;
        const auto count = static_cast<unsigned>(1 + random() % 400);
        const bool is_locked = random() % 3 == 0;
        std::vector<std::thread> consumers;
        for (int t = 0; t < 2; ++t)
            consumers.emplace_back([&] {
                for (;;) {
                    const bool last = made;
                    bool any = false;
                    if (alloy::transfer_handle<small> h; smalls.pop(h)) wrong += !std::move(h).receive()->is_whole(), any = true;
                    if (alloy::transfer_handle<large> h; larges.pop(h)) wrong += !std::move(h).receive()->is_whole(), any = true;
                    if (!any && last) break;
                    if (!any) std::this_thread::yield();
                }
            });
        const auto produce = [&](auto memory) {
            for (unsigned i = 0; i < count; ++i) {
                smalls.push(memory->template make_transfer<small>(i % 13));
                if (i % 40 == 0) larges.push(memory->template make_transfer<large>(i % 13));
            }
            if (count % 2 == 0) std::this_thread::yield();
            memory.reset();  // with some in flight, some in the consumers' hands, some on their way home
        };
        if (is_locked)
            produce(std::make_unique<alloy::allocator<alloy::threading::spin_locked, counted_upstream>>());
        else
            produce(std::make_unique<alloy::allocator<alloy::threading::thread_cached, counted_upstream>>());
        made = true;
        for (std::thread& t : consumers) t.join();
        REQUIRE(counted_upstream::live == 0);
    }
    CHECK(wrong == 0);
    CHECK(small::alive == 0);
    CHECK(large::alive == 0);
}

TEST_CASE("a thread ends messages while an allocator goes that it has used", "[transfer][threads][concurrent][fault-29]") {
    using memory_type = alloy::allocator<alloy::threading::thread_cached, counted_upstream>;
    for (int round = 0; round < 20; ++round) {
        memory_type mail;
        auto other = std::make_unique<memory_type>();
        std::vector<alloy::transfer_handle<small>> sent;
        for (unsigned i = 0; i < 1200; ++i) sent.push_back(mail.make_transfer<small>(i % 13));
        std::atomic<int> step = 0;
        std::thread consumer([&] {
            sent.pop_back();                             // from here on the thread has something of its own to tell of when it ends
            static_cast<void>(other->allocate(100, 8));  // and this allocator's cache beside it
            for (step = 1; step != 2;) std::this_thread::yield();
            sent.clear();
        });
        while (step != 1) std::this_thread::yield();
        step = 2;
        other.reset();
        consumer.join();
        CHECK(small::alive == 0);
        mail.trim();
        CHECK(mail.held() == 0);
    }
    CHECK(counted_upstream::live == 0);
}

TEST_CASE("upstream may refuse whatever a transfer asks for", "[transfer][threads][concurrent][fault-6]") {
    const auto work = [](auto& memory) {
        int refused = 0;
        for (unsigned i = 0; i < 500; ++i) {
            if (auto h = memory.template try_make_transfer<small>(i % 13))
                refused += !(*h)->is_whole();
            else
                ++refused;
            if (i % 50 == 0) refused += !memory.template try_make_transfer<large>(1u);
        }
        memory.trim();
        return refused;
    };
    const auto try_all = [&](auto* type) {
        using memory_type = std::remove_pointer_t<decltype(type)>;
        for (long k = 0; k < 12; ++k) {
            memory_type memory;
            counted_upstream::refuse_after = k;
            const int refused = work(memory);
            counted_upstream::refuse_after = -1;
            if (k < 3) CHECK(refused > 0);
            CHECK(work(memory) == 0);
            CHECK(memory.held() == 0);
            CHECK(small::alive == 0);
        }
        CHECK(counted_upstream::live == 0);
    };
    try_all(static_cast<alloy::allocator<alloy::threading::thread_cached, counted_upstream>*>(nullptr));
    try_all(static_cast<alloy::allocator<alloy::threading::spin_locked, counted_upstream>*>(nullptr));
}

TEST_CASE("a budget counts messages, and is whole again when they have come home", "[transfer][threads][concurrent][budget]") {
    constexpr std::size_t bound = 256 * alloy::KiB;
    alloy::allocator<alloy::threading::thread_cached, alloy::budget::hard<bound>, counted_upstream> memory;
    std::vector<alloy::transfer_handle<large>> handles;
    alloy::alloc_error error;
    for (;;) {
        auto h = memory.try_make_transfer<large>(1u);
        if (!h) {
            error = h.error();
            break;
        }
        handles.push_back(std::move(*h));
    }
    CHECK(error.reason == alloy::refusal::budget);
    CHECK(handles.size() > 40);
    CHECK(memory.held() <= bound);
    on_a_thread([&] { handles.clear(); });
    CHECK(memory.try_make_transfer<large>(1u));
    memory.trim();
    CHECK(memory.budget().left() == bound);
}
