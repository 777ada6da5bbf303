#pragma once
/// What one thread has of an allocator: its frames, its part of the pool, what others have freed of that, and what it has freed of theirs.
///
/// Cost: a block of its own from upstream, made when the thread first needs it. Only its thread touches it, but for `inbox`, and for the idle blocks of
/// frames that are not open, which a budget may take back (see `presence`).
/// Invariant: it lives as long as its allocator; when its thread ends it waits, with all that it holds, for another.
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <alloy/contracts/lifetime.hpp>
#include <alloy/core/thread_link.hpp>
#include <alloy/engines/frame_arena.hpp>
#include <alloy/engines/message_post.hpp>
#include <alloy/engines/slab_pool.hpp>

namespace alloy::inline ALLOY_ABI {

/// Whether each thread has a part of the pool. Not where something must see each object, which then happens under the lock.
template <class Policies, class Lifetimes>
inline constexpr bool caches_pool = Policies::sharing == sharing::engine_per_thread && Lifetimes::has_pool && !Policies::checking_type::guards &&
                                    !Policies::checking_type::poisons && !bounds_objects<typename Policies::budget_type> && !watches_objects<typename Policies::tracking_type>;

/// Whether objects can be handed from thread to thread: there are several, and what is given back when the allocator is gone finds its upstream.
template <class Policies, class Lifetimes>
inline constexpr bool can_transfer = Policies::sharing != sharing::one_thread && Lifetimes::has_pool && Policies::upstream_type::gives && Policies::upstream_type::is_stateless;

namespace detail {

/// For slots of the pool: no list of a cache is ever closed.
inline constexpr auto never_refused = [](slot_batch*, remote_list<>&) noexcept {};

/// Memory of messages, made when the first of them is.
template <class Policies, bool Has>
struct post_part {
    message_post<Policies>* post = nullptr;
};
template <class Policies>
struct post_part<Policies, false> {};

template <class Policies, class Lifetimes, bool Has>
struct cached_frames {
    frame_arena<Policies, Lifetimes> arena;
};
template <class Policies, class Lifetimes>
struct cached_frames<Policies, Lifetimes, false> {};

template <class Policies, bool Has>
struct cached_pool {
    slab_pool<Policies> pool;
    outbox<> sent;
    alignas(64) remote_list<> inbox;  // other threads write here, and nowhere near
};
template <class Policies>
struct cached_pool<Policies, false> {};

}  // namespace detail

template <class Policies, class Lifetimes>
class thread_cache : public cache_link, public detail::post_part<Policies, can_transfer<Policies, Lifetimes>>, public detail::cached_pool<Policies, caches_pool<Policies, Lifetimes>>, public detail::cached_frames<Policies, Lifetimes, Lifetimes::has_frame> {
    static constexpr bool has_pool = caches_pool<Policies, Lifetimes>;

public:
    thread_cache(engine_set<Policies, Lifetimes>& engines, block_origin from) noexcept : origin(from) {
        if constexpr (Lifetimes::has_frame) this->arena.connect(engines, *this);
    }

    bool is_busy() const noexcept {
        if constexpr (Lifetimes::has_frame)
            return this->arena.innermost != nullptr;
        else
            return false;
    }
    /// Whether it holds nothing but itself: then nobody has anything of it, and it may go. Heap allocations are charged to it where budgets are per thread.
    bool is_empty() const noexcept {
        if constexpr (budget_account<typename Policies::budget_type>::is_split) return false;
        if constexpr (Lifetimes::has_frame)
            if (!this->arena.keeps_nothing()) return false;
        std::size_t bytes = 0;
        if constexpr (can_transfer<Policies, Lifetimes>) bytes += this->post != nullptr;
        if constexpr (has_pool) bytes += this->pool.held;
        if constexpr (Lifetimes::has_frame) bytes += this->arena.held;
        return bytes == 0 && !is_busy();
    }
    /// Ends the frames that the thread has left open, and sends home what their destructors have ended of messages. For another reason each cache names that
    /// word: a module that has lists of threads has it, too, so that both lie in the same module, and no list leads into one that was unloaded.
    void finish() noexcept {
        if constexpr (Lifetimes::has_frame) this->arena.abandon_all();
        detail::messages_sent.flush();
    }
    /// What others are owed goes to them.
    void leave() noexcept {
        if constexpr (has_pool) this->sent.flush(detail::never_refused);
    }

    slab_owner as_owner() noexcept {
        if constexpr (has_pool)
            return {number, &this->inbox};
        else
            return {};
    }
    /// A slot of its pool, or null; one that comes back to it. Both are counted under the tag.
    [[gnu::always_inline]] void* pop(std::size_t size_class, std::size_t tag, std::size_t bytes) noexcept {
        void* const p = this->pool.pop(size_class, tag, bytes);
        if (p) account_of_use.tags.add(part_of_use::pool, tag, size_class::bytes(size_class));
        return p;
    }
    [[gnu::always_inline]] void push(void* slot, std::size_t size_class, std::size_t tag) noexcept {
        account_of_use.tags.subtract(part_of_use::pool, tag, size_class::bytes(size_class));
        this->pool.push(slot, size_class, tag);
    }
    /// The same for a slot of whatever thread's slab.
    void give(void* slot, std::size_t size_class, std::size_t tag) noexcept {
        if constexpr (has_pool) {
            const owned_slab& s = owned_slab::of(slot);
            if (s.owner.number == number) return push(slot, size_class, tag);
            account_of_use.tags.subtract(part_of_use::pool, tag, s.slot);
            const std::size_t bytes = s.slot;
            remote_list<>& to = *s.owner.inbox;
            if (!this->sent.add(slot, to)) this->sent.begin(slot, bytes, to, detail::never_refused);
            detail::poison(address(slot), address(slot) + bytes);
        }
    }
    /// Takes in what other threads have freed.
    void drain() noexcept {
        if constexpr (has_pool) this->pool.take_in(this->inbox.take_all(), [](void*, std::size_t, std::size_t) {});
    }

    /// Between the budget and this thread, where budgets are kept per thread.
    [[no_unique_address]] typename budget_account<typename Policies::budget_type>::type account{};
    [[no_unique_address]] typename Policies::thread_account account_of_use{};  ///< bytes handed out, and what bounds on these allow
    const block_origin origin;  ///< who gave the memory that this lies in
    bool is_known = false;      ///< to a local_view of its thread, so that trim() leaves it to the thread
};

}  // namespace alloy
