#pragma once
/// A bound on what several allocators hold together: `struct world_memory : alloy::budget::group<"world", 512 * alloy::MiB> {};`. It is no policy itself;
/// allocators come under it by `budget::shared<world_memory>`, and groups by their third argument.
///
/// Cost: three words per group in the program, no matter how many allocators are under it. What a group is charged, its outer groups are charged too.
/// There is one of each name, limit and outer group in the program. All functions may be called by any thread at any time.
/// Invariant: the bound is not exceeded for an instant. Where an outer group has too little left, what was charged to the inner one is taken back, and a
/// request of another thread that comes in between may be refused though it would have fitted.
#include <cstddef>
#include <concepts>

#include <alloy/contracts/budget.hpp>
#include <alloy/core/atomic_bound.hpp>
#include <alloy/core/fixed_string.hpp>

namespace alloy::budget {

/// What can stand above an allocator or a group. A class of your own may: all its functions are static, and any thread may call them.
template <class P>
concept parent = requires(std::size_t bytes) {
    { P::grant(bytes, bytes) } noexcept -> std::same_as<std::size_t>;
    { P::give_back(bytes) } noexcept;
    { P::left() } noexcept -> std::same_as<std::size_t>;
    { P::limit() } noexcept -> std::same_as<std::size_t>;
    { P::tightest() } noexcept -> std::same_as<held_bound>;
};

/// The outermost of a program: no bound.
struct no_group {
    static constexpr std::size_t grant(std::size_t, std::size_t most) noexcept { return most; }
    static constexpr void give_back(std::size_t) noexcept {}
    static constexpr std::size_t left() noexcept { return static_cast<std::size_t>(-1); }
    static constexpr std::size_t limit() noexcept { return left(); }
    static constexpr held_bound tightest() noexcept { return {"", left()}; }
};

template <fixed_string Name, std::size_t N, class Outer = no_group>
class group {
    using outer = std::conditional_t<parent<Outer>, Outer, no_group>;

public:
    static std::size_t grant(std::size_t least, std::size_t most) noexcept {
        static_assert(parent<Outer>, "alloy: what stands above a budget::group must be one itself, or have its static functions; name a type derived from a budget::group");
        const std::size_t room = outer::left();  // a look first, so that what has no room outside does not pass through here
        if (least > room) return 0;
        const std::size_t granted = bound_.grant(least, most < room ? most : room);
        if (granted == 0) return 0;
        const std::size_t outside = outer::grant(least, granted);
        if (outside < granted) bound_.give_back(granted - outside);
        return outside;
    }
    static void give_back(std::size_t bytes) noexcept {
        bound_.give_back(bytes);
        outer::give_back(bytes);
    }
    /// What may still be granted, here and outside.
    static std::size_t left() noexcept {
        const std::size_t here = bound_.left(), outside = outer::left();
        return here < outside ? here : outside;
    }
    static held_bound tightest() noexcept {
        const held_bound here{Name.c_str(), bound_.left()}, outside = outer::tightest();
        return outside.left < here.left ? outside : here;
    }

    static constexpr const char* name() noexcept { return Name.c_str(); }
    /// Bytes held by all allocators under it, and the most that they ever held.
    static std::size_t held() noexcept { return bound_.charged(); }
    static std::size_t peak() noexcept { return bound_.peak(); }
    /// Its own limit, which may change: one below what is held takes nothing away.
    static std::size_t limit() noexcept { return bound_.limit(); }
    static void set_limit(std::size_t bytes) noexcept { bound_.set_limit(bytes); }

private:
    static inline constinit atomic_bound<> bound_{N};
};

}  // namespace alloy::budget
