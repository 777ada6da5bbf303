#pragma once
/// The engines of one allocator, side by side with the policies they serve: frames, pool and heap. One not chosen takes no byte.
///
/// One of each, under the threading policy's lock where several threads share them; or frames, and a part of the pool, for each thread, and the heap under
/// the lock.
#include <cstddef>

#include <alloy/contracts/lifetime.hpp>
#include <alloy/core/metrics.hpp>
#include <alloy/engines/frame_arena.hpp>
#include <alloy/engines/frame_part.hpp>
#include <alloy/engines/object_store.hpp>
#include <alloy/engines/policy_set.hpp>
#include <alloy/engines/thread_cache.hpp>

namespace alloy::inline ALLOY_ABI {

template <class Policies, class Lifetimes>
class engine_set : public Policies, public detail::frame_part<Policies, Lifetimes>, public object_store<Policies, Lifetimes> {
    using frames = detail::frame_part<Policies, Lifetimes>;
    using objects = object_store<Policies, Lifetimes>;
    using supply_type = supply<Policies, engine_access<Policies, Lifetimes>>;
    static constexpr bool is_apart = Policies::sharing == sharing::engine_per_thread;

public:
    using arena_type = typename frames::arena_type;

    constexpr engine_set() noexcept = default;
    template <class Pick>
    constexpr explicit engine_set(const Pick& pick) : Policies(pick) {}
    /// Frames first: what their destructors free lies in the pool and the heap.
    ~engine_set() {
        if constexpr (is_apart) {
            frames::release_frames();
        } else if constexpr (Lifetimes::has_frame) {
            frames::tell_of_pins();
            frames::release();
        }
        objects::release_objects();
        if constexpr (is_apart) frames::release_caches(*this);
    }

    Policies& policies() noexcept { return *this; }
    /// The calling thread's frames; null where it has none yet, or, with `error`, where there is no memory for them. Never null where threads do not have
    /// frames of their own.
    arena_type* arena() noexcept { return frames::arena_here(*this); }
    arena_type* arena(alloc_error& error) noexcept { return frames::arena_here(*this, error); }

    /// For engines: what all of them hold that a lock covers, and giving back of it what is idle.
    std::size_t held_by_all() noexcept {
        if constexpr (is_apart)
            return frames::held_;
        else if constexpr (Lifetimes::has_frame)
            return frames::held + objects::held_by_objects();
        else
            return objects::held_by_objects();
    }
    std::size_t count_all() noexcept {
        if constexpr (is_apart)
            return frames::blocks_;
        else
            return objects::count_held();
    }
    /// The same by what it is for, and each_cache(frames, pool) for what each thread's cache holds; the lock is held.
    template <class F>
    held_bytes held_apart(F each_cache) noexcept {
        held_bytes sum;
        if constexpr (is_apart)
            frames::caches_.for_each([&](auto& cache) {
                std::size_t of_frames = 0, of_pool = 0;
                if constexpr (Lifetimes::has_frame) of_frames = cache.arena.held;
                if constexpr (caches_pool<Policies, Lifetimes>) of_pool = cache.pool.held;
                each_cache(of_frames, of_pool);
                sum.frames += of_frames;
                sum.pool += of_pool;
                ++sum.threads;
            });
        else if constexpr (Lifetimes::has_frame)
            sum.frames = frames::held;
        objects::add_held(sum);
        return sum;
    }
    bool reclaim() noexcept {
        bool any = false;
        if constexpr (is_apart)
            any = frames::reclaim_from_caches(*this);
        else if constexpr (Lifetimes::has_frame)
            any = frames::drop_idle();
        return objects::sweep() || any;
    }
    /// Gives back all that is idle and that the calling thread may look at.
    void trim() noexcept {
        const typename Policies::telling_of_held later{*this};
        if constexpr (Lifetimes::has_frame)
            if (arena_type* const mine = arena()) mine->trim();
        if constexpr (can_transfer<Policies, Lifetimes>) detail::messages_sent.flush();  // without the lock: another allocator's upstream may hear of it
        const holding<Policies::sharing != sharing::one_thread, typename Policies::threading_type> lock(policies().threading);
        objects::sweep_here();
        if constexpr (is_apart) {
            frames::reclaim_from_caches(*this);
            frames::drop_if_empty(*this);
        }
        objects::sweep();
    }
    void count([[maybe_unused]] std::size_t bytes, [[maybe_unused]] std::size_t blocks) noexcept {
        if constexpr (is_apart) {
            frames::held_ += bytes;
            frames::blocks_ += blocks;
        }
    }
    /// Around a charge to a budget of used bytes.
    void settle_frames() noexcept {
        if constexpr (Policies::budget_type::bounds_used && Lifetimes::has_frame)
            if (arena_type* const mine = arena()) mine->settle();
    }
    void rebound_frames() noexcept {
        if constexpr (Policies::budget_type::bounds_used && Lifetimes::has_frame)
            if (arena_type* const mine = arena()) mine->rebound();
    }

    /// Lets change(current) make another tag current. What the calling thread's frames have used so far belongs to the one before.
    template <class Change>
    void retag(Change change) noexcept {
        if constexpr (Lifetimes::has_frame)
            if (arena_type* const mine = arena()) return mine->retag([&] { change(policies().tag_now); });
        change(policies().tag_now);
    }
    /// Bytes handed out under a tag.
    tag_bytes tag_usage(std::size_t tag) noexcept {
        tag_bytes sum;
        if constexpr (Policies::tagging_type::switches) {
            retag([](auto&) {});
            const holding<Policies::sharing != sharing::one_thread, typename Policies::threading_type> lock(policies().threading);
            sum = policies().central.tags.read(tag);
            if constexpr (is_apart) sum += frames::tag_usage_of_threads(tag);
        } else {
            if constexpr (Lifetimes::has_frame)
                if (arena_type* const mine = arena()) sum.frame = mine->used();
            const holding<Policies::sharing != sharing::one_thread, typename Policies::threading_type> lock(policies().threading);
            sum.pool = objects::used_in_pool();
            sum.heap = objects::used_in_heap();
        }
        return sum;
    }

    /// The same of all tags at once, one lock and one walk over threads for all of them.
    void tag_usage(tag_bytes* all) noexcept {
        if constexpr (Policies::tagging_type::switches) {
            retag([](auto&) {});
            const holding<Policies::sharing != sharing::one_thread, typename Policies::threading_type> lock(policies().threading);
            for (std::size_t tag = 0; tag < Policies::tagging_type::count; ++tag) all[tag] = policies().central.tags.read(tag);
            if constexpr (is_apart) frames::add_tag_usage_of_threads(all);
        } else {
            all[0] = tag_usage(std::size_t{0});
        }
    }

    /// Bytes used under a bound on these; where it is for the frames of each engine alone, those of the calling thread.
    std::size_t used_under([[maybe_unused]] std::size_t bound) noexcept {
        if constexpr (Policies::budget_type::bounds_used) {
            constexpr auto& bounds = Policies::budget_type::bounds;
            retag([](auto&) {});
            const holding<Policies::sharing != sharing::one_thread, typename Policies::threading_type> lock(policies().threading);
            std::size_t room = attribution<Policies>(*this).credit_under(bound);
            if constexpr (!is_apart) {
                room += policies().central.rooms.room(bound);
            } else if (bounds[bound].frames_alone) {
                auto* const mine = frames::cache_here();
                room += mine ? mine->account_of_use.rooms.room(bound) : bounds[bound].bytes;
            } else {
                room += policies().central.rooms.room(bound) + frames::room_drawn(bound);
            }
            // Other threads draw and give back without the lock, so what one has just given back may be seen twice.
            return room < bounds[bound].bytes ? bounds[bound].bytes - room : 0;
        } else {
            return 0;
        }
    }

    /// For caches; the lock is held.
    supply_type supply_of(thread_cache<Policies, Lifetimes>& cache, std::size_t& held) noexcept { return supply_type(*this, {this, &cache}, held); }
    supply_type supply_of_caches() noexcept
        requires is_apart
    {
        return supply_type(*this, {this}, this->bytes_of_caches_);
    }
};

/// How an engine sees the set that it belongs to. `asking`: the cache of the calling thread, where there are caches and it has one.
template <class Policies, class Lifetimes>
struct engine_access {
    using policies_type = Policies;
    engine_set<Policies, Lifetimes>* set;
    thread_cache<Policies, Lifetimes>* asking = nullptr;
    thread_cache<Policies, Lifetimes>* charged = nullptr;  ///< whom what comes and goes was charged to, where that is another one

    static constexpr bool is_apart = Policies::sharing == sharing::engine_per_thread;
    Policies& policies() const noexcept { return *set; }
    bool reclaim() const noexcept {
        bool any = false;
        if constexpr (is_apart)
            if (asking) {
                if constexpr (Lifetimes::has_frame) any = asking->arena.drop_idle();
                any |= set->sweep_cache(*asking, false);
            }
        return set->reclaim() || any;
    }
    std::size_t held() const noexcept { return set->held_by_all(); }
    void count(std::size_t bytes, std::size_t blocks) const noexcept { set->count(bytes, blocks); }
    thread_cache<Policies, Lifetimes>* payer() const noexcept { return charged ? charged : asking; }
    void* heap_gives(std::size_t bytes, alloc_error& error) const noexcept { return set->heap_allocate(bytes, alignof(block), asking, error); }
    void heap_takes_back(void* at) const noexcept { set->heap_deallocate(at); }
};

}  // namespace alloy
