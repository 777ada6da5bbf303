#pragma once
/// The engines of one allocator, side by side with the policies they serve: frames, pool and heap. One not chosen takes no byte.
///
/// Pool and heap are one each, under the threading policy's lock where several threads share them; frames are as the threading policy places them.
#include <cstddef>
#include <type_traits>

#include <alloy/contracts/lifetime.hpp>
#include <alloy/engines/frame_arena.hpp>
#include <alloy/engines/object_store.hpp>
#include <alloy/engines/policy_set.hpp>

namespace alloy::inline ALLOY_ABI {

namespace detail {

/// No frames. The arena is a stand-in that lets the one error about them stand alone.
template <class Policies, class Lifetimes, class Enable = void>
class frame_part {
public:
    using arena_type = frame_arena<Policies, Lifetimes>;
    static constexpr std::size_t engine_bytes = 0;

protected:
    static constexpr std::size_t idle_held() noexcept { return 0; }
    static constexpr bool drop_idle() noexcept { return false; }
    static constexpr void release() noexcept {}
    arena_type& arena(engine_set<Policies, Lifetimes>&) noexcept;  // never called
};
/// One engine for frames.
template <class Policies, class Lifetimes>
class frame_part<Policies, Lifetimes, std::enable_if_t<Lifetimes::has_frame && Policies::sharing != sharing::engine_per_thread>>
    : public frame_arena<Policies, Lifetimes> {
public:
    using arena_type = frame_arena<Policies, Lifetimes>;
    static constexpr std::size_t engine_bytes = sizeof(arena_type);

protected:
    arena_type& arena(engine_set<Policies, Lifetimes>&) noexcept { return *this; }
    std::size_t idle_held() const noexcept { return this->held; }
};
/// An engine per thread, placed by the threading policy.
template <class Policies, class Lifetimes>
class frame_part<Policies, Lifetimes, std::enable_if_t<Lifetimes::has_frame && Policies::sharing == sharing::engine_per_thread>> {
public:
    using arena_type = frame_arena<Policies, Lifetimes>;
    using place_type = typename Policies::threading_type::template placed<arena_type>;
    static constexpr std::size_t engine_bytes = sizeof(place_type);

protected:
    arena_type& arena(engine_set<Policies, Lifetimes>& engines) noexcept {
        return arenas_.local([&engines](arena_type& fresh) { fresh.connect(engines); });
    }
    static constexpr std::size_t idle_held() noexcept { return 0; }  // those of other threads are not looked at
    static constexpr bool drop_idle() noexcept { return false; }
    void release() noexcept {
        for (bool any = true; any;) {  // again where destructors of one engine used another
            any = false;
            arenas_.for_each([&any](arena_type& arena) { any |= arena.release(); });
        }
    }

private:
    place_type arenas_;
};

}  // namespace detail

template <class Policies, class Lifetimes>
class engine_set : public Policies, public detail::frame_part<Policies, Lifetimes>, public object_store<Policies, Lifetimes> {
    using frames = detail::frame_part<Policies, Lifetimes>;
    using objects = object_store<Policies, Lifetimes>;

public:
    using arena_type = typename frames::arena_type;

    constexpr engine_set() noexcept = default;
    template <class Pick>
    constexpr explicit engine_set(const Pick& pick) : Policies(pick) {}
    /// Frames first: what their destructors free lies in the pool and the heap.
    ~engine_set() {
        frames::release();
        objects::release_objects();
    }

    Policies& policies() noexcept { return *this; }
    arena_type& arena() noexcept { return frames::arena(*this); }

    /// For engines: what all of them hold that a lock covers, and giving back of it what is idle.
    std::size_t held_by_all() noexcept { return frames::idle_held() + objects::held_by_objects(); }
    bool reclaim() noexcept {
        const bool any = frames::drop_idle();
        return objects::sweep() || any;
    }
    /// Around a charge to a budget of used bytes.
    void settle_frames() noexcept {
        if constexpr (Policies::budget_type::bounds_used && Lifetimes::has_frame) arena().settle();
    }
    void rebound_frames() noexcept {
        if constexpr (Policies::budget_type::bounds_used && Lifetimes::has_frame) arena().rebound();
    }
};

/// How an engine sees the set that it belongs to. `asking`: the frame engine that does, where it is one.
template <class Policies, class Lifetimes>
struct engine_access {
    using policies_type = Policies;
    engine_set<Policies, Lifetimes>* set;
    frame_arena<Policies, Lifetimes>* asking = nullptr;

    static constexpr bool is_apart = Policies::sharing == sharing::engine_per_thread;
    Policies& policies() const noexcept { return *set; }
    bool reclaim() const noexcept {
        bool any = false;
        if constexpr (is_apart)
            if (asking) any = asking->drop_idle();
        return set->reclaim() || any;
    }
    std::size_t held() const noexcept { return set->held_by_all() + (is_apart && asking ? asking->held : 0); }
    void* heap_gives(std::size_t bytes, alloc_error& error) const noexcept { return set->heap_allocate(bytes, alignof(block), error); }
    void heap_takes_back(void* at) const noexcept { set->heap_deallocate(at); }
};

}  // namespace alloy
