/// Messages from thread to thread: made where they stay, handed over as a pointer, ended by whoever has them last.
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <mutex>
#include <queue>
#include <thread>
#include <utility>

#include <boost/lockfree/queue.hpp>
#include <boost/lockfree/spsc_queue.hpp>

#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

/// Counts what is out, so that this program can check that all of it comes back.
struct counted_upstream : alloy::upstream::new_delete {
    static inline std::atomic<long> live = 0;
    static void* allocate(std::size_t bytes, std::size_t alignment) noexcept {
        void* const at = alloy::upstream::new_delete::allocate(bytes, alignment);
        live += at != nullptr;
        return at;
    }
    static void deallocate(void* at, std::size_t bytes, std::size_t alignment) noexcept {
        --live;
        alloy::upstream::new_delete::deallocate(at, bytes, alignment);
    }
};

// [memory]
/// However many messages pass through, there is never more than this.
struct mail_memory : alloy::allocator<alloy::threading::thread_cached, alloy::budget::hard<256 * alloy::KiB>, counted_upstream> {};

struct message {
    static inline std::atomic<long> alive = 0;
    std::uint64_t number;
    char text[184] = {};
    explicit message(std::uint64_t n) : number(n) { ++alive; }
    message(const message&) = delete;  // it stays where it was made, so it need neither move nor be copied
    ~message() { --alive; }
};
// [/memory]

// [mailbox]
/// Up to 200 messages wait. A handle is a movable object like any other.
class mailbox {
public:
    void send(alloy::transfer_handle<message> handle) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return waiting_.size() < 200; });
        waiting_.push(std::move(handle));
        changed_.notify_all();
    }
    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        changed_.notify_all();
    }
    /// Null when there will be no other.
    alloy::received<message> receive() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
        if (waiting_.empty()) return nullptr;
        auto handle = std::move(waiting_.front());
        waiting_.pop();
        changed_.notify_all();
        return std::move(handle).receive();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::queue<alloy::transfer_handle<message>> waiting_;
    bool closed_ = false;
};
// [/mailbox]

static bool many_messages(std::uint64_t count) {
    mail_memory memory;
    mailbox box;
    std::uint64_t sum = 0;
    // [threads]
    std::thread consumer([&] {
        while (auto mine = box.receive()) sum += mine->number;  // ended here, each time; its memory goes home
    });
    std::thread producer([&] {
        for (std::uint64_t n = 1; n <= count; ++n) box.send(memory.make_transfer<message>(n));
        box.close();
    });
    // [/threads]
    producer.join();
    consumer.join();
    std::printf("%llu messages, %llu bytes in all, through %zu bytes\n", static_cast<unsigned long long>(count), static_cast<unsigned long long>(count * sizeof(message)),
                memory.held());
    return sum == count * (count + 1) / 2 && message::alive == 0;
}

/// Queues of trivial types take what release() gives; adopt() makes a handle of it again.
template <class Queue>
static bool lock_free(Queue& queue, std::uint64_t count) {
    mail_memory memory;
    std::uint64_t sum = 0;
    // [lock_free]
    std::thread producer([&] {
        for (std::uint64_t n = 1; n <= count; ++n) {
            message* const released = memory.make_transfer<message>(n).release();
            while (!queue.push(released)) std::this_thread::yield();
        }
    });
    for (std::uint64_t received = 0; received < count;) {
        message* released = nullptr;
        if (!queue.pop(released)) {
            std::this_thread::yield();
            continue;
        }
        const auto mine = alloy::transfer_handle<message>::adopt(released).receive();
        sum += mine->number;
        ++received;
    }
    // [/lock_free]
    producer.join();
    return sum == count * (count + 1) / 2 && message::alive == 0;
}

/// The producer has ended, and its allocator too, before anything is received.
static bool producer_ends_first() {
    mailbox box;
    // [late]
    {
        auto memory = std::make_unique<mail_memory>();
        std::thread([&] {
            for (std::uint64_t n = 1; n <= 100; ++n) box.send(memory->make_transfer<message>(n));
            box.close();
        }).join();
    }  // the allocator gives back what nobody has; what is in flight stays
    std::uint64_t sum = 0;
    while (auto mine = box.receive()) sum += mine->number;
    // [/late]
    return sum == 5050 && message::alive == 0;
}

/// The consumer has ended: what it never received goes with the queue.
static bool consumer_ends_first() {
    mail_memory memory;
    bool good = true;
    {
        mailbox box;
        std::thread producer([&] {
            for (std::uint64_t n = 1; n <= 150; ++n) box.send(memory.make_transfer<message>(n));
        });
        std::thread([&] { good = box.receive()->number == 1; }).join();
        producer.join();
        good = good && message::alive == 149;
    }
    good = good && message::alive == 0;
    // [never]
    boost::lockfree::queue<message*> queue(16);
    for (std::uint64_t n = 1; n <= 10; ++n) queue.bounded_push(memory.make_transfer<message>(n).release());
    good = good && message::alive == 10;
    queue.consume_all([](message* released) { alloy::transfer_handle<message>::adopt(released).reset(); });  // a queue of pointers owns nothing: empty it
    // [/never]
    memory.trim();  // what this thread has ended goes home now
    return good && message::alive == 0 && memory.used() == 0;
}

int main() {
    bool good = many_messages(200000);
    {
        boost::lockfree::spsc_queue<message*, boost::lockfree::capacity<200>> queue;  // one producer, one consumer
        good = lock_free(queue, 100000) && good;
    }
    {
        boost::lockfree::queue<message*, boost::lockfree::capacity<200>> queue;  // any number
        good = lock_free(queue, 100000) && good;
    }
    good = producer_ends_first() && good;
    good = consumer_ends_first() && good;
    return good && counted_upstream::live == 0 ? 0 : 1;
}
