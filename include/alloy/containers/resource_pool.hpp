#pragma once
/// At most N objects, lent out and used again: `alloy::resource_pool<connection, 8, mine> pool{memory}; auto c = pool.acquire(address);`.
///
/// acquire(args...) gives an object that was given back, in the state in which it was, or else a new one made from args in the allocator's pool or
/// heap; an empty handle where N are lent, or where there is no memory. The handle gives back where it ends; discard() destroys the object instead.
/// Cost: an atomic counter and a byte per place; acquire looks at the places in order. Reuse neither allocates nor constructs.
/// Choose it for what is dear to make and comes in small numbers, such as connections, files and buffers that keep their capacity; N is best below 100.
/// Invariant: who has counted himself in, up to N, finds a place, and an object is one thread's from then until it is counted out.
/// Any number of threads may use it if the allocator's threading is concurrent, and one at a time otherwise. It outlives its handles, or ends the
/// program; the allocator outlives it.
#include <atomic>
#include <cstddef>
#include <utility>

#include <alloy/core/fault.hpp>
#include <alloy/host/owned.hpp>

namespace alloy::inline ALLOY_ABI {

template <class T, std::size_t N, class A>
class resource_pool {
    enum class state : unsigned char { empty, idle, lent };
    struct place {
        std::atomic<state> is{state::empty};
        pool_ptr<T, A> object;
    };

public:
    /// An object that is lent, or nothing. Move-only.
    class [[nodiscard]] handle {
    public:
        constexpr handle() noexcept = default;
        handle(handle&& other) noexcept : from_(std::exchange(other.from_, nullptr)), at_(other.at_) {}
        handle& operator=(handle&& other) noexcept {
            handle ended(std::move(*this));
            from_ = std::exchange(other.from_, nullptr);
            at_ = other.at_;
            return *this;
        }
        ~handle() { reset(); }
        /// Gives it back now.
        void reset() noexcept {
            if (from_) std::exchange(from_, nullptr)->leave(*at_, state::idle);
        }
        /// Destroys the object, so that another will be made.
        void discard() {
            if (!from_) return;
            at_->object.reset();
            std::exchange(from_, nullptr)->leave(*at_, state::empty);
        }
        T* get() const noexcept { return from_ ? at_->object.get() : nullptr; }
        explicit operator bool() const noexcept { return from_ != nullptr; }
        T& operator*() const noexcept { return *at_->object; }
        T* operator->() const noexcept { return at_->object.get(); }

    private:
        friend class resource_pool;
        handle(resource_pool& from, place& at) noexcept : from_(&from), at_(&at) {}
        resource_pool* from_ = nullptr;
        place* at_ = nullptr;
    };

    explicit resource_pool(A& memory) noexcept : memory_(memory) {}
    resource_pool(const resource_pool&) = delete;
    resource_pool& operator=(const resource_pool&) = delete;
    ~resource_pool() {
        if (lent() != 0) detail::die("a resource_pool ended while objects of it were lent", "let it live longer than its handles");
    }

    /// What the constructor throws is passed on, and what it was made in is free again.
    template <class... Args>
    handle acquire(Args&&... args) {
        if (!enter()) return {};
        for (;;) {  // another may take a place between two looks, but then has left one
            for (place& p : places_)
                if (claim(p, state::idle)) return handle(*this, p);
            for (place& p : places_) {
                if (!claim(p, state::empty)) continue;
                unmade undo{this, p};
                auto made = memory_.template try_make_pooled<T>(static_cast<Args&&>(args)...);
                if (!made) return {};
                p.object = std::move(*made);
                undo.from = nullptr;
                return handle(*this, p);
            }
        }
    }
    /// Destroys the objects that nobody uses; each counts as lent meanwhile.
    void trim() {
        for (place& p : places_) {
            if (!enter()) return;
            if (claim(p, state::idle))
                handle(*this, p).discard();
            else
                lent_.fetch_sub(1, std::memory_order_release);
        }
    }
    /// How many are lent at the moment.
    [[nodiscard]] std::size_t lent() const noexcept { return lent_.load(std::memory_order_acquire); }
    static constexpr std::size_t bound() noexcept { return N; }

private:
    struct unmade {
        resource_pool* from;
        place& at;
        ~unmade() {
            if (from) from->leave(at, state::empty);
        }
    };
    bool enter() noexcept {
        std::size_t n = lent_.load(std::memory_order_relaxed);
        while (n < N)
            if (lent_.compare_exchange_weak(n, n + 1, std::memory_order_acquire, std::memory_order_relaxed)) return true;
        return false;
    }
    static bool claim(place& p, state from) noexcept {
        return p.is.load(std::memory_order_relaxed) == from && p.is.compare_exchange_strong(from, state::lent, std::memory_order_acquire, std::memory_order_relaxed);
    }
    void leave(place& p, state as) noexcept {
        p.is.store(as, std::memory_order_release);
        lent_.fetch_sub(1, std::memory_order_release);
    }

    A& memory_;
    std::atomic<std::size_t> lent_{0};
    place places_[N];
};

}  // namespace alloy
