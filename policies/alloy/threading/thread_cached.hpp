#pragma once
/// Several threads, each with its own frames and its own cache of the pool: no lock and no atomic read-modify-write where memory is taken and given back.
///
/// Cost: opening a frame, and taking from or giving to the pool, compare a thread-local word with the allocator's number; inside a frame nothing at all. What
/// another thread made goes to that thread's list, some 64 slots at a time. Blocks, slabs and the heap are taken under a lock.
/// Choose it for job systems and servers. A thread that ends leaves its cache to the next one; objects in it stay as they are.
/// Thread-local words are of initial-exec where the code is a shared library, since a call for each would cost more than the allocation; a library that is
/// loaded while the program runs takes 128 bytes a type of what the C library keeps for that (docs/threads.md).
#include <cstdint>

#include <pthread.h>

#include <alloy/contracts/threading.hpp>
#include <alloy/core/idle_caches.hpp>
#include <alloy/core/thread_link.hpp>

namespace alloy::threading {

class thread_cached {
public:
    using axis = threading::axis;
    static constexpr alloy::sharing sharing = alloy::sharing::engine_per_thread;

    constexpr thread_cached() noexcept = default;
    void lock() noexcept {
        pthread_mutex_lock(&mutex_);
        if (!at_fork_.has_joined()) [[unlikely]] at_fork_.join(mutex_);
    }
    void unlock() noexcept { pthread_mutex_unlock(&mutex_); }

    template <class Cache>
    class placed;

private:
    pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
    fork_member at_fork_;
};

/// Invariant: a slot that names this allocator names the calling thread's cache of it. Numbers are never used again, so one that names an allocator or a
/// cache that is gone names nothing.
template <class Cache>
class thread_cached::placed {
public:
    constexpr placed() noexcept = default;
    placed(const placed&) = delete;

    [[gnu::always_inline]] Cache* here() noexcept {
        if (now_.allocator == number_.load(detail::order::relaxed)) [[likely]] return named();
        return elsewhere();
    }
    [[gnu::always_inline]] static Cache* with(std::uint64_t cache) noexcept { return now_.number == cache ? named() : nullptr; }

    Cache* adopt() noexcept { return idle_.adopt(); }
    void add(Cache& fresh) noexcept {
        if (number_.load(detail::order::relaxed) == unnumbered) number_.store(detail::next_number(), detail::order::relaxed);
        fresh.number = detail::next_number();
        fresh.home = this;
        fresh.next_of_all = all_;
        all_ = &fresh;
    }
    void bind(Cache& c) noexcept {
        remember(c);
        c.attach(told);
    }

    template <class F>
    void for_each(F f) {
        for (cache_link* c = all_; c;) {
            auto* const at = static_cast<Cache*>(c);
            c = c->next_of_all;
            f(*at);
        }
    }
    template <class Empty, class Gone>
    void for_each_idle(Empty empty, Gone gone) {
        idle_.take_out(empty, [this, &gone](Cache& c) {
            unlink(c);
            gone(c);
        });
    }
    void remove(Cache& mine) noexcept {
        mine.detach();
        forget(mine);
        unlink(mine);
    }
    /// Takes every cache from its thread.
    void close() noexcept {
        for_each([](Cache& c) { c.detach(); });
    }

private:
    /// The calling thread's cache that was used last, of whatever allocator of this type, and some of the others.
    struct slot {
        std::uint64_t allocator = 0;
        std::uint64_t number = 0;
        Cache* cache = nullptr;
    };
    static constexpr std::uint64_t unnumbered = 1;  // which no slot has

#if defined(__PIC__) && !defined(__PIE__)
    [[gnu::tls_model("initial-exec")]]
#endif
    static inline constinit thread_local slot now_;
    static constexpr std::size_t remembered = 4;
    static inline constinit thread_local slot others_[remembered];

    /// The cache of a slot that names one: never null, which callers need not ask then.
    [[gnu::always_inline]] static Cache* named() noexcept {
        Cache* const c = now_.cache;
        if (!c) __builtin_unreachable();
        return c;
    }
    void remember(Cache& c) noexcept {
        const slot s{number_.load(detail::order::relaxed), c.number, &c};
        now_ = others_[s.allocator % remembered] = s;
    }
    [[gnu::noinline]] Cache* elsewhere() noexcept {
        const std::uint64_t mine = number_.load(detail::order::relaxed);
        if (const slot& s = others_[mine % remembered]; s.allocator == mine) return now_ = s, s.cache;
        auto* const c = static_cast<Cache*>(thread_link::find([this](thread_link& l) { return &l.told() == &told && static_cast<Cache&>(l).home == this; }));
        if (c) remember(*c);
        return c;
    }
    static void leave(thread_link& l) noexcept {
        auto& c = static_cast<Cache&>(l);
        forget(c);
        c.leave();
        static_cast<placed*>(c.home)->idle_.leave(c);
    }
    static void forget(const Cache& c) noexcept {
        if (now_.cache == &c) now_ = {};
        for (slot& s : others_)
            if (s.cache == &c) s = {};
    }
    void unlink(const Cache& c) noexcept {
        cache_link** at = &all_;
        while (*at != &c) at = &(*at)->next_of_all;
        *at = c.next_of_all;
    }
    static constexpr thread_link::events told{[](const thread_link& l) noexcept { return static_cast<const Cache&>(l).is_busy(); },
                                              [](thread_link& l) noexcept { static_cast<Cache&>(l).finish(); }, &placed::leave};

    detail::atomic<std::uint64_t> number_{unnumbered};
    cache_link* all_ = nullptr;  // under the lock, as what follows
    idle_caches<Cache> idle_;
};

static_assert(threading_policy<thread_cached>);

}  // namespace alloy::threading
