#pragma once
/// Objects that last until they are freed: small ones in the pool, large ones in the heap, and what outgrows the pool there too.
///
/// Cost: where nothing needs to see each object, taking and giving back a slot is done in place, under the lock where there is one; else, and where
/// the free list is empty, by a call. With a pool per thread there is no lock in place: slots come from the calling thread's cache, and go back to the
/// cache that their slab belongs to. Sizes in bytes; zero counts as one.
/// Invariant: an object's size and alignment say where it lies, but for strays, which shrank where there was no memory for a smaller one.
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <alloy/core/metrics.hpp>
#include <alloy/core/site.hpp>
#include <alloy/engines/message_store.hpp>
#include <alloy/engines/object_parts.hpp>
#include <alloy/engines/slab_pool.hpp>
#include <alloy/engines/thread_cache.hpp>
#include <alloy/engines/tracked_heap.hpp>

namespace alloy::inline ALLOY_ABI {

template <class Policies, class Lifetimes>
class engine_set;
template <class Policies, class Lifetimes>
struct engine_access;

/// Where an object is to lie: by its size, or in the heap whatever its size.
enum class place : bool { by_size, heap };

template <class Policies, class Lifetimes>
class object_store : public detail::pool_part<Policies, detail::pool_kind_of<Policies, Lifetimes>>,
                     public message_store<Policies, Lifetimes>,
                     public detail::heap_part<Policies, Lifetimes::has_heap> {
    using checking_type = typename Policies::checking_type;
    using tagging_type = typename Policies::tagging_type;
    using tracking_type = typename Policies::tracking_type;
    using ledger_type = attribution<Policies>;
    using supply_type = supply<Policies, engine_access<Policies, Lifetimes>>;
    using cache_type = thread_cache<Policies, Lifetimes>;
    using guard = holding<Policies::sharing != sharing::one_thread, typename Policies::threading_type>;

    static constexpr bool has_pool = Lifetimes::has_pool, has_heap = Lifetimes::has_heap;
    static constexpr bool is_apart = Policies::sharing == sharing::engine_per_thread;
    static constexpr bool has_caches = caches_pool<Policies, Lifetimes>;
    static constexpr bool has_own_pool = has_pool && !has_caches;
    static constexpr bool has_posts = can_transfer<Policies, Lifetimes>;
    using messages = message_store<Policies, Lifetimes>;
    using pool_guard = holding<Policies::sharing != sharing::one_thread && !has_caches, typename Policies::threading_type>;
    static constexpr bool marks = checking_type::poisons && !ALLOY_DETAIL_ASAN;
    /// Whether something besides the free list must see each object.
    static constexpr bool sees_each = checking_type::guards || checking_type::poisons;

public:
    /// Whether giving back may throw: a checking policy that reports so.
    static constexpr bool throws = checking_type::guards && checking_type::throws;

    // `known` is the calling thread's cache, where the caller has it; else it is looked up.

    /// Memory for an object, as the fallback policy has it where there is none.
    template <std::size_t Bytes, std::size_t Alignment>
    [[nodiscard, gnu::always_inline]] void* take(place where, alloc_error* error = nullptr, cache_type* known = nullptr) {
        if constexpr (has_pool && !sees_each && size_class::fits(Bytes, Alignment)) {
            constexpr std::size_t c = size_class::of(Bytes, Alignment);
            if (where == place::by_size)
                if (void* p = pop(c, Bytes, Alignment, known)) [[likely]] return p;
        }
        return refill(Bytes, Alignment, where, error);
    }
    [[nodiscard, gnu::always_inline]] void* take(std::size_t bytes, std::size_t alignment, place where, alloc_error* error = nullptr, cache_type* known = nullptr) {
        if constexpr (has_pool && !sees_each)
            if (where == place::by_size && size_class::fits(bytes, alignment)) [[likely]]
                if (void* p = pop(size_class::of_any(bytes, alignment), bytes, alignment, known)) [[likely]] return p;
        return refill(bytes, alignment, where, error);
    }
    /// Takes it back: what was never resized, and is not null. Size and alignment are those it was asked with, and so is the place.
    template <std::size_t Bytes, std::size_t Alignment>
    [[gnu::always_inline]] void give_as_made(void* p, place where) noexcept(!throws) {
        if constexpr (has_pool && !sees_each && size_class::fits(Bytes, Alignment))
            if (where == place::by_size) return push(p, size_class::of(Bytes, Alignment), Bytes, Alignment);
        take_back(p, Bytes, Alignment, where);
    }
    [[gnu::always_inline]] void give_as_made(void* p, std::size_t bytes, std::size_t alignment, place where) noexcept(!throws) {
        if constexpr (has_pool && !sees_each)
            if (where == place::by_size) {
                if (!size_class::fits(bytes, alignment)) [[unlikely]] return take_back_rest(p, bytes, alignment);
                return push(p, size_class::of_any(bytes, alignment), bytes, alignment);
            }
        take_back(p, bytes, alignment, where);
    }
    /// The same for what may have been resized, or is null.
    [[gnu::always_inline]] void give(void* p, std::size_t bytes, std::size_t alignment, cache_type* known = nullptr) noexcept(!throws) {
        if constexpr (has_pool && !sees_each) {
            if (!size_class::fits(bytes, alignment) || !push_unless_stray(p, size_class::of_any(bytes, alignment), bytes, alignment, known)) take_back_rest(p, bytes, alignment);
        } else {
            take_back(p, bytes, alignment, place::by_size);
        }
    }
    /// The object with another size, its bytes kept up to the smaller one, perhaps elsewhere. Null, with the old one as it was, where there is no
    /// memory and the fallback returns, or `error` is given; never where it shrinks.
    [[nodiscard, gnu::noinline]] void* resize(void* p, std::size_t bytes, std::size_t new_bytes, std::size_t alignment, place where, alloc_error* error) {
        const void* const site = __builtin_return_address(0);
        return set().insist(error, [&](alloc_error& refused) noexcept(!throws) { return move(p, bytes, new_bytes, alignment, where, site, refused); });
    }

    /// Bytes of slots and heap allocations in use, of other threads' pools not; regions and allocations held. The lock is not taken.
    std::size_t used_by_objects() noexcept { return used_in_pool() + used_in_heap(); }
    /// The same of the pool, messages included, and of the heap.
    std::size_t used_in_pool() noexcept {
        std::size_t bytes = 0;
        if constexpr (has_own_pool) bytes += this->pool.used();
        if constexpr (has_caches)
            if (cache_type* const mine = set().cache_here()) {
                mine->drain();
                bytes += mine->pool.used();
            }
        return bytes + messages::used_by_messages();
    }
    std::size_t used_in_heap() const noexcept {
        if constexpr (has_heap)
            return this->heap.used();
        else
            return 0;
    }
    std::size_t held_by_objects() const noexcept {
        std::size_t bytes = 0;
        if constexpr (has_own_pool) bytes += this->pool.held;
        bytes += messages::held_by_messages();
        if constexpr (has_heap) bytes += this->heap.held;
        return bytes;
    }
    void add_held(held_bytes& to) const noexcept {
        if constexpr (has_own_pool) to.pool += this->pool.held;
        if constexpr (has_heap) to.heap += this->heap.held;
    }
    std::size_t count_held() const noexcept {
        std::size_t n = 0;
        if constexpr (has_own_pool) n += this->pool.regions();
        n += messages::count_held_by_messages();
        if constexpr (has_heap) n += this->heap.count();
        return n;
    }
    /// Gives empty slabs back; the lock is held. Whether any bytes went.
    bool sweep() noexcept {
        bool any = false;
        if constexpr (has_own_pool) any = this->pool.sweep(set(), pool_source());
        return messages::sweep_messages(false) || any;
    }
    /// The same for what only the calling thread may look at; the lock is held.
    void sweep_here() noexcept {
        if constexpr (is_apart) {
            if (cache_type* const mine = set().cache_here()) {
                mine->leave();
                sweep_cache(*mine, true);
            }
        } else {
            messages::sweep_messages(true);
        }
    }
    bool sweep_cache(cache_type& cache, bool ends) noexcept {
        bool any = false;
        cache.drain();
        if constexpr (has_caches) any = cache.pool.sweep(set(), set().supply_of(cache, cache.pool.held));
        if constexpr (has_posts) any |= messages::sweep_post(cache, &cache, ends);
        return any;
    }
    /// Tells of what is alive, and gives everything back.
    void release_objects() noexcept {
        if constexpr (checking_type::guards) set().checking.on_end(tagging_type::name(0));
        messages::release_messages();
        if constexpr (has_own_pool) this->pool.release(set(), pool_source());
        if constexpr (has_heap) this->heap.release(set(), [this](void* object) { return heap_source(payer_of(object)); });
    }

    /// For engines that hold the lock: the heap's memory as it is, without fences.
    void* heap_allocate(std::size_t bytes, std::size_t alignment, cache_type* payer, alloc_error& error) noexcept {
        return this->heap.allocate(set(), bytes, alignment, this->heap.nobody, heap_source(payer), error);
    }
    void heap_deallocate(void* at) noexcept { this->heap.deallocate(set(), at, heap_source(payer_of(at))); }

private:
    engine_set<Policies, Lifetimes>& set() noexcept { return static_cast<engine_set<Policies, Lifetimes>&>(*this); }
    supply_type pool_source() noexcept { return supply_type(set(), {&set(), asking()}, this->pool.held); }
    /// Without a payer, what it takes is charged to the calling thread.
    supply_type heap_source(cache_type* payer = nullptr) noexcept { return supply_type(set(), {&set(), asking(), payer}, this->heap.held); }
    static cache_type* payer_of([[maybe_unused]] void* object) noexcept {
        if constexpr (has_heap && budget_account<typename Policies::budget_type>::is_split)
            return static_cast<cache_type*>(tracked_heap<Policies>::charged_to(object));
        else
            return nullptr;
    }
    cache_type* asking() noexcept {
        if constexpr (is_apart)
            return set().cache_here();
        else
            return nullptr;
    }
    /// Whether the calling thread's account is there to charge to.
    bool has_account([[maybe_unused]] alloc_error& error) noexcept {
        if constexpr (budget_account<typename Policies::budget_type>::is_split)
            return set().cache_here(set(), error) != nullptr;
        else
            return true;
    }

    // In place -------------------------------------------------------------------------------------------------------------------

    [[gnu::always_inline]] void* pop(std::size_t size_class, std::size_t bytes, [[maybe_unused]] std::size_t alignment, [[maybe_unused]] cache_type* known) noexcept {
        Policies& policies = set();
        if constexpr (has_caches) {
            cache_type* const mine = known ? known : set().cache_here();
            if (!mine) return nullptr;
            return mine->pop(size_class, policies.tag_now.get(), bytes);
        } else {
            const guard lock(policies.threading);
            const std::size_t tag = policies.tag_now.get();
            if (!ledger_type(policies).spend(tag, size_class::bytes(size_class))) [[unlikely]] return nullptr;
            void* const p = this->pool.pop(size_class, tag, bytes);
            if (!p) ledger_type(policies).unspend(tag, size_class::bytes(size_class));
            if constexpr (watches<tracking_type, object_made>)
                if (p) [[likely]] tell_made(p, bytes, alignment, true, size_class::bytes(size_class), detail::code_here());
            return p;
        }
    }
    [[gnu::always_inline]] void push(void* p, std::size_t size_class, [[maybe_unused]] std::size_t bytes, [[maybe_unused]] std::size_t alignment, [[maybe_unused]] cache_type* known = nullptr) noexcept {
        if constexpr (has_caches) {
            if (cache_type* const mine = owner_here(p, known)) [[likely]]
                mine->push(p, size_class, tag_of(p));
            else
                push_elsewhere(p, size_class);
        } else {
            const guard lock(set().threading);
            push_own(p, size_class, bytes, alignment);
        }
    }
    /// The calling thread's cache, where the slot is of its pool; else null.
    [[gnu::always_inline]] cache_type* owner_here(const void* slot, cache_type* known) noexcept {
        const std::uint64_t owner = owned_slab::of(slot).owner.number;
        if (known) return known->number == owner ? known : nullptr;
        return set().cache_with(owner);
    }
    /// Null and strays go by a call; one comparison finds out.
    [[gnu::always_inline]] bool push_unless_stray(void* p, std::size_t size_class, std::size_t bytes, std::size_t alignment, [[maybe_unused]] cache_type* known) noexcept {
        const pool_guard lock(set().threading);
        if (address(p) <= this->strays.bar()) [[unlikely]] return false;
        if constexpr (has_caches)
            push(p, size_class, bytes, alignment, known);
        else
            push_own(p, size_class, bytes, alignment);
        return true;
    }
    [[gnu::always_inline]] void push_own(void* p, std::size_t size_class, [[maybe_unused]] std::size_t bytes, [[maybe_unused]] std::size_t alignment) noexcept {
        if constexpr (watches<tracking_type, object_freed>) tell_freed(p, bytes, alignment, true, detail::code_here());
        const std::size_t tag = tag_of(p);
        set().central.tags.subtract(part_of_use::pool, tag, size_class::bytes(size_class));
        this->pool.push(p, size_class, tag);
    }
    /// A slot of another thread's, or of this one's that it was not known to be. A thread that only frees gets a cache too; where there is no memory
    /// for one, or the thread has none left at its end, the slot goes by itself.
    [[gnu::noinline]] void push_elsewhere(void* p, std::size_t size_class) noexcept {
        if constexpr (has_caches) {
            alloc_error nobody_asks;
            const std::size_t tag = tag_of(p);
            if (cache_type* const mine = set().cache_here(set(), nobody_asks)) return mine->give(p, size_class, tag);
            if constexpr (tagging_type::switches) {
                const guard lock(set().threading);
                set().central.tags.subtract(part_of_use::pool, tag, size_class::bytes(size_class));
            }
            const owned_slab& s = owned_slab::of(p);
            outbox<> alone;
            alone.begin(p, s.slot, *s.owner.inbox, detail::never_refused);
            alone.flush(detail::never_refused);
        }
    }
    /// What the slab says, which is most often the current tag: the processor goes on with that while it looks.
    [[gnu::always_inline]] std::size_t tag_of(const void* slot) noexcept {
        if constexpr (tagging_type::switches) {
            const std::size_t tag = slab::of(slot).tag, now = set().tag_now.get();
            std::size_t guess = now;
            asm("" : "+r"(guess));  // else compilers would know that it is `tag`, and wait for that
            if (tag == now) [[likely]] return guess;
            asm volatile("");  // and not choose without a branch
            return tag;
        } else {
            return 0;
        }
    }

    // By a call ------------------------------------------------------------------------------------------------------------------

    [[gnu::noinline, gnu::cold]] void* refill(std::size_t bytes, std::size_t alignment, place where, alloc_error* error) {
        const void* const site = __builtin_return_address(0);
        return set().insist(error, [&](alloc_error& refused) noexcept { return allocate(bytes, alignment, where, site, refused); });
    }
    /// What a pool that takes most in place leaves: large ones, strays and null. Cold, so that compilers lay it out of the way of the others.
    [[gnu::noinline, gnu::cold]] void take_back_rest(void* p, std::size_t bytes, std::size_t alignment) noexcept(!throws) {
        if (p) release(p, bytes, alignment, place::by_size, nullptr);
    }
    [[gnu::noinline]] void take_back(void* p, std::size_t bytes, std::size_t alignment, place where) noexcept(!throws) {
        if (p) release(p, bytes, alignment, where, __builtin_return_address(0));
    }

    /// Bytes in front of an object that are the checking policy's, and of both fences together.
    static constexpr std::size_t front(std::size_t alignment) noexcept {
        if constexpr (checking_type::guards)
            return round_up(checking_type::front, alignment > quantum ? alignment : quantum);
        else
            return 0;
    }
    static constexpr std::size_t fences(std::size_t alignment) noexcept {
        if constexpr (checking_type::guards)
            return front(alignment) + checking_type::back;
        else
            return 0;
    }
    static constexpr bool is_pooled(std::size_t bytes, std::size_t alignment, place where) noexcept {
        return has_pool && (where == place::by_size || !has_heap) && bytes <= largest_slot && size_class::fits(bytes + fences(alignment), alignment);
    }

    // Each of these takes the lock, or, where the pool is the thread's own, only what needs it.

    void* allocate(std::size_t bytes, std::size_t alignment, place where, const void* site, alloc_error& error) noexcept {
        if (!is_power_of_two(alignment)) return Policies::refuse(error, refusal::bad_alignment, bytes, 0);
        if (bytes > max_bytes || alignment > max_bytes / 2 || bytes > max_bytes - fences(alignment)) return Policies::refuse(error, refusal::too_large, bytes, max_bytes);
        if (bytes == 0) bytes = 1;
        const bool pooled = is_pooled(bytes, alignment, where);
        if constexpr (has_caches)
            if (pooled) return from_cache(bytes, alignment, error);
        if (!has_account(error)) return nullptr;
        const guard lock(set().threading);
        return allocate_locked(bytes, alignment, pooled, site, error);
    }
    void* from_cache(std::size_t bytes, std::size_t alignment, alloc_error& error) noexcept {
        if constexpr (has_caches) {
            cache_type* const mine = set().cache_here(set(), error);
            if (!mine) return nullptr;
            const std::size_t c = size_class::of(bytes, alignment), tag = ledger_type(set()).tag();
            if (void* p = mine->pop(c, tag, bytes)) return p;
            mine->drain();
            if (void* p = mine->pop(c, tag, bytes)) return p;
            const supply_apart<supply_type, typename Policies::threading_type, true> source(set().supply_of(*mine, mine->pool.held), set().threading);
            if (!mine->pool.carve(set(), c, tag, source, error, mine->as_owner())) return nullptr;
            return mine->pop(c, tag, bytes);
        } else {
            return nullptr;
        }
    }
    void* allocate_locked(std::size_t bytes, std::size_t alignment, bool pooled, const void* site, alloc_error& error) noexcept {
        watch_thread();
        set().settle_frames();
        void* p = pooled ? from_pool(bytes + fences(alignment), alignment, error) : from_heap(bytes + fences(alignment), alignment, error);
        set().rebound_frames();
        if (!p) return nullptr;
        p = pointer(address(p) + front(alignment));
        if constexpr (checking_type::guards)
            set().checking.on_make(object_note{p, bytes, alignment, pooled, ledger_type(set()).whose(), site});
        tell_made(p, bytes, alignment, pooled, pooled ? slab::of(p).slot : bytes, site);
        return p;
    }
    void* from_pool(std::size_t bytes, std::size_t alignment, alloc_error& error) noexcept {
        if constexpr (has_own_pool) {
            const ledger_type ledger(set());
            const std::size_t c = size_class::of(bytes, alignment), slot = size_class::bytes(c), tag = ledger.tag();
            if (!ledger.draw_and_spend(tag, slot, error)) return nullptr;
            void* p = this->pool.pop(c, tag, bytes);
            if (!p) {
                if (!this->pool.carve(set(), c, tag, pool_source(), error)) return ledger.unspend(tag, slot), nullptr;
                p = this->pool.pop(c, tag, bytes);
            }
            if constexpr (marks) set().checking.on_reuse(static_cast<free_slot*>(p) + 1, slab::of(p).slot - sizeof(free_slot), ledger.whose());
            return p;
        } else {
            return nullptr;
        }
    }
    void* from_heap(std::size_t bytes, std::size_t alignment, alloc_error& error) noexcept {
        if constexpr (has_heap)
            return this->heap.allocate(set(), bytes, alignment, ledger_type(set()).tag(), heap_source(), error);
        else
            return Policies::refuse(error, refusal::no_heap, bytes, largest_slot);
    }

    void release(void* p, std::size_t bytes, std::size_t alignment, place where, const void* site, bool is_checked = false) noexcept(!throws) {
        if constexpr (has_caches)
            if (is_pooled(bytes, alignment, where)) {
                std::size_t c = size_class::of(bytes + (bytes == 0), alignment);
                bool in_heap = false;
                if (this->strays.any()) {
                    const guard lock(set().threading);
                    in_heap = stray_in_heap(p);
                    if (!in_heap) c = class_in_pool(p, c);
                }
                if (!in_heap) return push(p, c, bytes, alignment);
            }
        const typename Policies::telling_of_held later{set()};
        const guard lock(set().threading);
        release_locked(p, bytes, alignment, where, site, is_checked);
    }
    void release_locked(void* p, std::size_t bytes, std::size_t alignment, place where, const void* site, [[maybe_unused]] bool is_checked) noexcept(!throws) {
        watch_thread();
        if (bytes == 0) bytes = 1;
        void* const whole = pointer(address(p) - front(alignment));
        const bool by_size = is_pooled(bytes, alignment, where), pooled = by_size && !stray_in_heap(whole);
        if constexpr (checking_type::guards)
            if (!is_checked && !set().checking.on_release(object_note{p, bytes, alignment, pooled, ledger_type(set()).whose(), site})) return;
        tell_freed(p, bytes, alignment, pooled, site);
        set().settle_frames();
        if (pooled) {
            if constexpr (has_own_pool) {
                const std::size_t c = class_in_pool(whole, size_class::of(bytes + fences(alignment), alignment));
                const std::size_t tag = tag_of(whole);
                if constexpr (marks) set().checking.on_free(static_cast<free_slot*>(whole) + 1, slab::of(whole).slot - sizeof(free_slot));
                this->pool.push(whole, c, tag);
                ledger_type(set()).unspend(tag, size_class::bytes(c));
            }
        } else {
            if (by_size) this->strays.count(-1);
            if constexpr (has_heap) {
                if constexpr (marks) {  // and shown again, since upstream may use it as it likes
                    set().checking.on_free(whole, bytes + fences(alignment));
                    set().checking.on_reuse(whole, bytes + fences(alignment), ledger_type(set()).whose());
                }
                this->heap.deallocate(set(), whole, heap_source(payer_of(whole)));
            }
        }
        set().rebound_frames();
    }

    void* move(void* p, std::size_t bytes, std::size_t new_bytes, std::size_t alignment, place where, const void* site, alloc_error& error) noexcept(!throws) {
        const bool was_pooled = is_pooled(bytes, alignment, where), is_pooled_now = is_pooled(new_bytes, alignment, where);
        const bool is_stray = was_pooled && find_in_heap(pointer(address(p) - front(alignment)));
        if constexpr (!checking_type::guards) {
            if (was_pooled && !is_stray && is_pooled_now &&
                size_class::of(bytes + (bytes == 0), alignment) == size_class::of(new_bytes + (new_bytes == 0), alignment))
                return tell_resized(p, bytes, new_bytes, alignment, site), unpoisoned(p, new_bytes);
            if constexpr (has_heap && !marks)
                if (!was_pooled && !is_pooled_now && is_power_of_two(alignment)) {
                    const guard lock(set().threading);
                    watch_thread();
                    set().settle_frames();
                    void* const there = this->heap.resize(set(), p, new_bytes, heap_source(payer_of(p)));
                    set().rebound_frames();
                    if (there) {
                        tell_freed_as(p, heap_tag_of(there), bytes, alignment, false, site, true);
                        tell_made(there, new_bytes, alignment, false, new_bytes, site, true);
                        return there;
                    }
                }
        }
        if constexpr (checking_type::guards) {  // before anything is taken or read: what is told of may be no object, and may be told by a throw
            const guard lock(set().threading);
            watch_thread();
            if (!set().checking.on_release(note(p, bytes, alignment, was_pooled && !is_stray, site))) return new_bytes > bytes ? nullptr : p;
        }
        if (void* const there = allocate(new_bytes, alignment, where, site, error)) {
            std::memcpy(there, p, bytes < new_bytes ? bytes : new_bytes);
            release(p, bytes, alignment, where, site, true);
            return there;
        }
        const guard lock(set().threading);
        if constexpr (checking_type::guards) set().checking.on_make(note(p, new_bytes > bytes ? bytes : new_bytes, alignment, was_pooled && !is_stray, site));
        if (new_bytes > bytes) return nullptr;
        return keep(p, bytes, new_bytes, alignment, !was_pooled || is_stray, is_pooled_now, site);
    }
    object_note note(void* p, std::size_t bytes, std::size_t alignment, bool pooled, const void* site) noexcept {
        return {p, bytes + (bytes == 0), alignment, pooled, ledger_type(set()).whose(), site};
    }
    /// There is no memory for a smaller one, so it stays what and whose it is, and is called smaller.
    void* keep(void* p, [[maybe_unused]] std::size_t bytes, std::size_t new_bytes, std::size_t alignment, bool in_heap, [[maybe_unused]] bool pooled_now, const void* site) noexcept {
        void* const whole = pointer(address(p) - front(alignment));
        if (in_heap) {
            if constexpr (has_heap) {
                const bool is_news = pooled_now && this->heap.stray(whole);
                if (is_news) this->strays.count(1);
                this->heap.keep(whole, new_bytes + (new_bytes == 0) + fences(alignment));
            }
        } else if constexpr (has_pool) {
            const std::size_t before = size_class::of(bytes + (bytes == 0) + fences(alignment), alignment);
            const std::size_t after = size_class::of(new_bytes + (new_bytes == 0) + fences(alignment), alignment);
            if (before != after && !stray_in_pool(whole, before)) this->strays.count(1);
        }
        tell_freed(p, bytes, alignment, !in_heap, site, true);
        tell_made(p, new_bytes, alignment, !in_heap, in_heap ? new_bytes : slab::of(whole).slot, site, true);
        return p;
    }
    /// Of an object whose size says pool: whether it is in the heap all the same; of one that is in the pool: whether its slot is of another class.
    bool stray_in_heap([[maybe_unused]] void* whole) noexcept {
        if constexpr (has_heap && has_pool)
            return this->strays.any() && this->heap.is_stray(whole);
        else
            return false;
    }
    bool stray_in_pool(void* whole, std::size_t size_class) noexcept { return this->strays.any() && slab::of(whole).slot != size_class::bytes(size_class); }
    /// The class of an object's slot; if that is not what its size says, it is a stray no more, since it is being freed.
    std::size_t class_in_pool(void* whole, std::size_t by_size) noexcept {
        if (!stray_in_pool(whole, by_size)) return by_size;
        this->strays.count(-1);
        return size_class::of(slab::of(whole).slot, quantum);
    }
    bool find_in_heap(void* whole) noexcept {
        if (!this->strays.any()) return false;
        const guard lock(set().threading);
        return stray_in_heap(whole);
    }
    static void* unpoisoned(void* p, std::size_t bytes) noexcept { return detail::unpoison(address(p), bytes), p; }

    // What others hear; the lock is held ------------------------------------------------------------------------------------------

    /// `taken`: bytes of its slot in the pool, else what was asked.
    [[gnu::always_inline]] void tell_made([[maybe_unused]] void* p, [[maybe_unused]] std::size_t bytes, [[maybe_unused]] std::size_t alignment, [[maybe_unused]] bool pooled,
                                          [[maybe_unused]] std::size_t taken, [[maybe_unused]] const void* site, [[maybe_unused]] bool is_resize = false) noexcept {
        if constexpr (watches<tracking_type, object_made>) {
            const std::size_t tag = tag_of(p, alignment, pooled);
            set().tracking.on(object_made{{p, bytes, alignment, tag, tagging_type::name(tag), pooled, taken - bytes, site, is_resize}});
        }
    }
    [[gnu::always_inline]] void tell_freed([[maybe_unused]] void* p, [[maybe_unused]] std::size_t bytes, [[maybe_unused]] std::size_t alignment, [[maybe_unused]] bool pooled,
                                           [[maybe_unused]] const void* site, [[maybe_unused]] bool is_resize = false) noexcept {
        if constexpr (watches<tracking_type, object_freed>) tell_freed_as(p, tag_of(p, alignment, pooled), bytes, alignment, pooled, site, is_resize);
    }
    /// The same where the object's memory may be gone.
    [[gnu::always_inline]] void tell_freed_as([[maybe_unused]] void* p, [[maybe_unused]] std::size_t tag, [[maybe_unused]] std::size_t bytes,
                                              [[maybe_unused]] std::size_t alignment, [[maybe_unused]] bool pooled, [[maybe_unused]] const void* site,
                                              [[maybe_unused]] bool is_resize) noexcept {
        if constexpr (watches<tracking_type, object_freed>)
            set().tracking.on(object_freed{{p, bytes, alignment, tag, tagging_type::name(tag), pooled, 0, site, is_resize}});
    }
    /// Of an object that stays in its slot; the lock is not held.
    void tell_resized([[maybe_unused]] void* p, [[maybe_unused]] std::size_t bytes, [[maybe_unused]] std::size_t new_bytes, [[maybe_unused]] std::size_t alignment,
                      [[maybe_unused]] const void* site) noexcept {
        if constexpr (watches_objects<tracking_type>) {
            const guard lock(set().threading);
            tell_freed(p, bytes, alignment, true, site, true);
            tell_made(p, new_bytes, alignment, true, slab::of(p).slot, site, true);
        }
    }
    [[gnu::always_inline]] static std::size_t tag_of(void* p, std::size_t alignment, bool pooled) noexcept {
        if constexpr (tagging_type::switches) {
            void* const whole = pointer(address(p) - front(alignment));
            return pooled ? slab::of(whole).tag : heap_tag_of(whole);
        } else {
            return 0;
        }
    }
    [[gnu::always_inline]] static std::size_t heap_tag_of([[maybe_unused]] void* whole) noexcept {
        if constexpr (has_heap && tagging_type::switches)
            return heap_header::of(whole).tag;
        else
            return 0;
    }

    void watch_thread() noexcept {
        if constexpr (checking_type::guards && Policies::sharing == sharing::one_thread) set().checking.on_thread(tagging_type::name(0));
    }
};

}  // namespace alloy
