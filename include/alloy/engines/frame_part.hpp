#pragma once
/// Where the frames of one allocator are: in itself, nowhere, or in a cache for each thread; then it is also what hands out caches and takes them back.
#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>

#include <alloy/contracts/lifetime.hpp>
#include <alloy/engines/frame_arena.hpp>
#include <alloy/engines/policy_set.hpp>
#include <alloy/engines/supply.hpp>
#include <alloy/engines/thread_cache.hpp>

namespace alloy::inline ALLOY_ABI {

template <class Policies, class Lifetimes>
class engine_set;
template <class Policies, class Lifetimes>
struct engine_access;

namespace detail {

/// One engine for frames, in the allocator itself.
template <class Policies, class Lifetimes, class Enable = void>
class frame_part : public frame_arena<Policies, Lifetimes> {
public:
    using arena_type = frame_arena<Policies, Lifetimes>;
    static constexpr std::size_t engine_bytes = sizeof(arena_type);

protected:
    arena_type* arena_here(engine_set<Policies, Lifetimes>&) noexcept { return this; }
    arena_type* arena_here(engine_set<Policies, Lifetimes>&, alloc_error&) noexcept { return this; }
};
/// No frames. The arena is a stand-in that lets the one error about them stand alone.
template <class Policies, class Lifetimes>
class frame_part<Policies, Lifetimes, std::enable_if_t<!Lifetimes::has_frame && Policies::sharing != sharing::engine_per_thread>> {
public:
    using arena_type = frame_arena<Policies, Lifetimes>;
    static constexpr std::size_t engine_bytes = 0;

protected:
    arena_type* arena_here(engine_set<Policies, Lifetimes>&) noexcept;  // never called
    arena_type* arena_here(engine_set<Policies, Lifetimes>&, alloc_error&) noexcept;
};
/// A cache per thread, with the frames in it, placed by the threading policy.
template <class Policies, class Lifetimes>
class frame_part<Policies, Lifetimes, std::enable_if_t<Policies::sharing == sharing::engine_per_thread>> {
public:
    using arena_type = frame_arena<Policies, Lifetimes>;
    using cache_type = thread_cache<Policies, Lifetimes>;
    using place_type = typename Policies::threading_type::template placed<cache_type>;
    static constexpr std::size_t engine_bytes = sizeof(place_type) + 3 * sizeof(std::size_t);

    /// The calling thread's cache; without `error` null where it has none yet, with it null where there is no memory for one.
    [[gnu::always_inline]] cache_type* cache_here() noexcept { return caches_.here(); }
    [[gnu::always_inline]] cache_type* cache_with(std::uint64_t number) noexcept { return caches_.with(number); }
    cache_type* cache_here(engine_set<Policies, Lifetimes>& engines, alloc_error& error) noexcept {
        if (cache_type* const mine = caches_.here()) [[likely]] return mine;
        return enter(engines, error);
    }

protected:
    arena_type* arena_here(engine_set<Policies, Lifetimes>&) noexcept { return arena_of(cache_here()); }
    arena_type* arena_here(engine_set<Policies, Lifetimes>& engines, alloc_error& error) noexcept { return arena_of(cache_here(engines, error)); }

    /// Takes what caches hold idle that no thread is at work with; the lock is held. Whether any went.
    bool reclaim_from_caches(engine_set<Policies, Lifetimes>& engines) noexcept {
        bool any = false;
        caches_.for_each_idle(
            [&](cache_type& idle) {
                any |= engines.sweep_cache(idle, true);
                if constexpr (Lifetimes::has_frame) any |= idle.arena.drop_idle();
                any |= idle.is_empty();
                return idle.is_empty();
            },
            [&](cache_type& empty) { give_back(engines, empty); });
        if constexpr (Policies::budget_type::bounds_held && Lifetimes::has_frame) caches_.for_each([&](cache_type& c) { any |= c.arena.visit(); });
        return any;
    }
    /// Ends the frames of all threads; again where destructors of one used another.
    void release_frames() noexcept {
        if constexpr (Lifetimes::has_frame) {
            caches_.for_each([](cache_type& c) { c.arena.tell_of_pins(); });
            for (bool any = true; any;) {
                any = false;
                caches_.for_each([&any](cache_type& c) { any |= c.arena.release(); });
            }
        }
    }
    /// Nothing is used any more: takes the caches from their threads and gives back all that they hold.
    void release_caches(engine_set<Policies, Lifetimes>& engines) noexcept {
        caches_.close();
        caches_.for_each([](cache_type& c) { c.leave(); });  // all before any goes: what one has freed is written down in slots of the others
        caches_.for_each([&](cache_type& c) {
            if constexpr (caches_pool<Policies, Lifetimes>) c.pool.release(engines, engines.supply_of(c, c.pool.held));
            if constexpr (can_transfer<Policies, Lifetimes>) engines.close_post(c, &c);
        });
        caches_.for_each([&](cache_type& c) { give_back(engines, c); });
    }
    /// Bytes handed out under a tag, as the accounts of all threads have it; the lock is held.
    tag_bytes tag_usage_of_threads(std::size_t tag) noexcept {
        tag_bytes sum;
        caches_.for_each([&](cache_type& c) { sum += c.account_of_use.tags.read(tag); });
        return sum;
    }
    void add_tag_usage_of_threads(tag_bytes* all) noexcept {
        caches_.for_each([&](cache_type& c) {
            for (std::size_t tag = 0; tag < Policies::tagging_type::count; ++tag) all[tag] += c.account_of_use.tags.read(tag);
        });
    }
    /// What threads in frames have drawn of a bound's room and not used.
    std::size_t room_drawn(std::size_t bound) noexcept {
        std::size_t sum = 0;
        caches_.for_each([&](cache_type& c) { sum += c.account_of_use.rooms.room(bound); });
        return sum;
    }
    /// The calling thread's cache goes where it is empty; the lock is held.
    void drop_if_empty(engine_set<Policies, Lifetimes>& engines) noexcept {
        cache_type* const mine = cache_here();
        if (!mine || mine->is_known || !mine->is_empty()) return;
        caches_.remove(*mine);
        give_back(engines, *mine);
    }

    std::size_t held_ = 0, blocks_ = 0;  ///< by all engines of all threads, under the lock

private:
    static constexpr std::size_t cache_alignment = 64;
    static constexpr std::size_t cache_bytes = supply<Policies, engine_access<Policies, Lifetimes>>::whole(round_up(sizeof(cache_type), cache_alignment));

    static arena_type* arena_of([[maybe_unused]] cache_type* cache) noexcept {
        if constexpr (Lifetimes::has_frame)
            return cache ? &cache->arena : nullptr;
        else
            return nullptr;
    }
    static void give_back(engine_set<Policies, Lifetimes>& engines, cache_type& c) noexcept {
        const block_origin origin = c.origin;
        if constexpr (Policies::tagging_type::switches) engines.policies().central.tags.add_all(c.account_of_use.tags);
        c.~cache_type();
        engines.supply_of_caches().give_back(&c, cache_bytes, cache_alignment, origin);
    }
    [[gnu::noinline]] cache_type* enter(engine_set<Policies, Lifetimes>& engines, alloc_error& error) noexcept {
        cache_type* mine;
        {
            const holding<true, typename Policies::threading_type> lock(engines.policies().threading);
            mine = caches_.adopt();
            if (mine) {
                mine->is_known = false;
            } else {
                supply_request asked{cache_bytes, cache_bytes, cache_alignment, 1};
                void* const at = engines.supply_of_caches().take(asked, error);
                if (!at) return nullptr;
                mine = ::new (at) cache_type(engines, asked.origin);
                caches_.add(*mine);
            }
        }
        caches_.bind(*mine);
        return mine;
    }

    place_type caches_;
    std::size_t bytes_of_caches_ = 0;
    friend class engine_set<Policies, Lifetimes>;
};

}  // namespace detail

}  // namespace alloy
