#pragma once
/// Where an allocator's policies and engines live: side by side, or engines per thread. An engine not chosen takes no byte.
#include <type_traits>

#include <alloy/contracts/lifetime.hpp>
#include <alloy/engines/frame_arena.hpp>
#include <alloy/engines/policy_set.hpp>

namespace alloy::inline ALLOY_ABI::detail {

/// An allocator without frames. Its arena is a stand-in that lets the one error about them stand alone.
template <class Policies, class Lifetimes, class Enable = void>
class home {
public:
    using arena_type = frame_arena<Policies, 1>;
    static constexpr std::size_t engine_bytes = 0;
    constexpr home() noexcept = default;
    template <class Pick>
    constexpr explicit home(const Pick& pick) : policies_(pick) {}
    arena_type& arena() noexcept;  // never called
    Policies& policies() noexcept { return policies_; }

private:
    [[no_unique_address]] Policies policies_;
};

/// One engine, inside the allocator.
template <class Policies, class Lifetimes>
class home<Policies, Lifetimes, std::enable_if_t<Lifetimes::has_frame && Policies::sharing != sharing::engine_per_thread>> {
public:
    using arena_type = frame_arena<Policies, Lifetimes::buffers>;
    static constexpr std::size_t engine_bytes = sizeof(arena_type);
    constexpr home() noexcept = default;
    template <class Pick>
    constexpr explicit home(const Pick& pick) : engine_(pick) {}
    arena_type& arena() noexcept { return engine_; }
    Policies& policies() noexcept { return engine_; }

private:
    frame_home<Policies, Lifetimes::buffers> engine_;
};

/// An engine per thread, placed by the threading policy.
template <class Policies, class Lifetimes>
class home<Policies, Lifetimes, std::enable_if_t<Lifetimes::has_frame && Policies::sharing == sharing::engine_per_thread>> {
public:
    using arena_type = frame_arena<Policies, Lifetimes::buffers>;
    static constexpr std::size_t engine_bytes = sizeof(typename Policies::threading_type::template placed<arena_type>);
    constexpr home() noexcept = default;
    template <class Pick>
    constexpr explicit home(const Pick& pick) : policies_(pick) {}
    ~home() {
        for (bool any = true; any;) {  // again where destructors of one engine used another
            any = false;
            arenas_.for_each([&any](arena_type& arena) { any |= arena.release(); });
        }
    }
    arena_type& arena() noexcept {
        return arenas_.local([this](arena_type& fresh) { fresh.connect(policies_); });
    }
    Policies& policies() noexcept { return policies_; }

private:
    [[no_unique_address]] Policies policies_;
    typename Policies::threading_type::template placed<arena_type> arenas_;
};

}  // namespace alloy::detail
