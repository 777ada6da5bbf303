#pragma once
/// What a thread has of others: caches of allocators, slots that it has not handed over. Told when the thread ends, or when their owner goes before that.
///
/// The end of a thread is heard through a pthread key: after the destructors of its thread-local objects, so these still find everything in its place.
/// What other keys' destructors begin anew is told of once more (four times, where the C library stops); what comes later still is not lost, but
/// stays this thread's until its allocator is destroyed. The end of the program is not the end of its main thread: nothing is told then.
/// Thread rules: lists are changed under one lock of the process, which is held for a few instructions and while nobody else's code runs. It comes after
/// the lock of any allocator. At a fork the child finds it free, and the locks of all who have joined `fork_member`.
#include <pthread.h>
#include <sched.h>

#include <cstdint>

#include <alloy/core/remote_list.hpp>
#include <alloy/core/thread.hpp>

namespace alloy::inline ALLOY_ABI {

class thread_link;

namespace detail {

// Of default visibility, so that all modules that are linked together see the same ones.
[[gnu::visibility("default")]] inline constinit pthread_mutex_t threads_lock = PTHREAD_MUTEX_INITIALIZER;
[[gnu::visibility("default")]] inline constinit thread_local thread_link* links_of_thread = nullptr;
[[gnu::visibility("default")]] inline constinit thread_local bool end_is_heard = false;

class [[nodiscard]] holding_threads {
public:
    holding_threads() noexcept { pthread_mutex_lock(&threads_lock); }
    holding_threads(const holding_threads&) = delete;
    ~holding_threads() { pthread_mutex_unlock(&threads_lock); }
};

}  // namespace detail

class thread_link : public chain_link {
public:
    /// All are called on the thread that ends. `leave` last, under the lock of the process; before that `finish`, without, for as long as `is_busy`.
    struct events {
        bool (*is_busy)(const thread_link&) noexcept;
        void (*finish)(thread_link&) noexcept;
        void (*leave)(thread_link&) noexcept;
    };

    constexpr thread_link() noexcept = default;
    thread_link(const thread_link&) = delete;

    /// Makes it the calling thread's, which then tells it of its end. Precondition: it is no thread's.
    inline void attach(const events& told) noexcept;
    /// For its thread, of one that only its thread attaches and detaches. Asks for what no neighbour in the list changes.
    bool is_attached() const noexcept { return told_ != nullptr; }
    /// Whether the calling thread's end will be told; it is not where the system had no key left.
    static bool is_heard() noexcept { return detail::end_is_heard; }
    const events& told() const noexcept { return *told_; }
    /// Takes it from its thread, if it has one; from any thread.
    void detach() noexcept {
        const detail::holding_threads lock;
        unlink();
    }
    /// One of the calling thread's for which wanted(link) holds, or null.
    template <class Wanted>
    static thread_link* find(Wanted wanted) noexcept {
        const detail::holding_threads lock;
        thread_link* at = detail::links_of_thread;
        while (at && !wanted(*at)) at = at->behind_;
        return at;
    }

private:
    void unlink() noexcept {
        if (!before_) return;
        *before_ = behind_;
        if (behind_) behind_->before_ = before_;
        before_ = nullptr;
        behind_ = nullptr;
        told_ = nullptr;
    }
    static void end_of_thread(void*) noexcept {
        detail::end_is_heard = false;  // whatever is attached from here on asks again
        while (thread_link* busy = find([](const thread_link& l) { return l.told_->is_busy(l); })) busy->told_->finish(*busy);
        const detail::holding_threads lock;
        while (thread_link* l = detail::links_of_thread) {
            const events& told = *l->told_;
            l->unlink();
            told.leave(*l);
        }
    }
    friend struct end_key;

    thread_link* behind_ = nullptr;
    thread_link** before_ = nullptr;  ///< what points to it
    const events* told_ = nullptr;
};

/// A thread's cache of an allocator, as a threading policy with an engine per thread keeps it.
struct cache_link : thread_link {
    std::uint64_t number = 0;            ///< never used again
    void* home = nullptr;                ///< what keeps it
    cache_link* next_of_all = nullptr;
};

/// A lock that a fork waits for, so that the child finds it free.
class fork_member {
public:
    constexpr fork_member() noexcept = default;
    fork_member(const fork_member&) = delete;
    ~fork_member() { leave(); }

    /// Precondition: the calling thread holds the lock.
    inline void join(pthread_mutex_t& lock) noexcept;
    /// Under the lock of its own. Asks for what no neighbour in the list changes.
    bool has_joined() const noexcept { return lock_ != nullptr; }
    void leave() noexcept {
        const detail::holding_threads lock;
        if (!before_) return;
        *before_ = behind_;
        if (behind_) behind_->before_ = before_;
        before_ = nullptr;
        lock_ = nullptr;
    }

private:
    /// The lock of the process is the last in order, and here it comes first: so the others are only tried, and all let go where one is taken.
    static void before_fork() noexcept {
        for (;; sched_yield()) {
            pthread_mutex_lock(&detail::threads_lock);
            fork_member* at = first();
            while (at && pthread_mutex_trylock(at->lock_) == 0) at = at->behind_;
            if (!at) return;
            for (fork_member* taken = first(); taken != at; taken = taken->behind_) pthread_mutex_unlock(taken->lock_);
            pthread_mutex_unlock(&detail::threads_lock);
        }
    }
    static void after_fork() noexcept {
        for (fork_member* at = first(); at; at = at->behind_) pthread_mutex_unlock(at->lock_);
        pthread_mutex_unlock(&detail::threads_lock);
    }
    inline static fork_member*& first() noexcept;
    friend struct end_key;

    fork_member* behind_ = nullptr;
    fork_member** before_ = nullptr;
    pthread_mutex_t* lock_ = nullptr;
};

/// The key that hears of the end of threads. Made when it is first needed; goes with the module that it lies in. So its handlers are that module's, too, whoever
/// asks for them: another module may be unloaded earlier.
struct end_key {
    pthread_key_t key{};
    bool exists = false, was_asked = false;
    fork_member* members = nullptr;

    constexpr end_key() noexcept = default;
    ~end_key() {
        const detail::holding_threads lock;
        if (exists) pthread_key_delete(key);
        exists = false;
    }
    /// The lock is held.
    void ask() noexcept {
        if (!was_asked) make_(*this);
    }

private:
    static void make(end_key& k) noexcept {
        k.was_asked = true;
        k.exists = pthread_key_create(&k.key, [](void* of) { thread_link::end_of_thread(of); }) == 0;
        pthread_atfork([] { fork_member::before_fork(); }, [] { fork_member::after_fork(); }, [] { fork_member::after_fork(); });
    }
    void (*make_)(end_key&) noexcept = &make;  // a word of the module's data, where a call would be the caller's own copy
};
namespace detail {
[[gnu::visibility("default")]] inline constinit end_key ends;
}

void thread_link::attach(const events& told) noexcept {
    const detail::holding_threads lock;
    detail::ends.ask();
    if (!detail::end_is_heard && detail::ends.exists) detail::end_is_heard = pthread_setspecific(detail::ends.key, &detail::end_is_heard) == 0;
    told_ = &told;
    behind_ = detail::links_of_thread;
    before_ = &detail::links_of_thread;
    if (behind_) behind_->before_ = &behind_;
    detail::links_of_thread = this;
}
void fork_member::join(pthread_mutex_t& lock) noexcept {
    const detail::holding_threads holding;
    detail::ends.ask();
    lock_ = &lock;
    behind_ = first();
    before_ = &first();
    if (behind_) behind_->before_ = &behind_;
    first() = this;
}
fork_member*& fork_member::first() noexcept { return detail::ends.members; }

}  // namespace alloy
