#pragma once
/// Axis growth: how does an arena get its next block, and what does it keep at the end of a frame?
///
/// Contract, for a policy P and an object p of it; all sizes in bytes:
/// | expression | result | meaning |
/// |---|---|---|
/// | `p.next(held, needed)` | size_t, noexcept | size of the next block, at least `needed`, when `held` are held already; 0: no further block |
/// | `p.keep(held)` | size_t, noexcept | how many of `held` to keep when the outermost frame has ended |
/// | `P::coalesces` | bool, constant | whether several kept blocks become one then |
/// | `P::is_in_place` | bool, constant | whether the policy brings memory of its own; then `p.first()`, `block*`, noexcept, gives it once, and null afterwards |
/// | `P::has_one_block` | bool, constant | whether there is never more than one block, so that frames in several buffers would find none |
/// | `P::reserves` | bool, constant | whether blocks are address space that upstream commits on touch |
///
/// Blocks are asked for on slow paths alone. A policy checks its own parameters inside these functions: where the class itself fails to
/// compile, every question about it fails too, and one mistake becomes many errors. Default: `geometric<>`.
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <alloy/core/block.hpp>
#include <alloy/core/size.hpp>

namespace alloy::inline ALLOY_ABI {
namespace growth {
struct axis;

/// Each block as large as all before it times (Ratio - 1), plus First: First, First*Ratio, First*Ratio^2 … up to Max.
/// Cost: nothing kept but the held bytes, which the arena counts anyway; so growth starts over when blocks are given back.
/// Choose it when the peak is not known: a frame of n bytes needs log(n) blocks, and its next run none.
template <std::size_t First = 64 * KiB, std::size_t Ratio = 2, std::size_t Max = 64 * MiB>
struct geometric {
    using axis = growth::axis;
    static constexpr bool coalesces = false, is_in_place = false, reserves = false, has_one_block = false;
    static constexpr std::size_t next(std::size_t held, std::size_t needed) noexcept {
        static_assert(First >= 256, "alloy: growth::geometric needs a first block of 256 bytes or more");
        static_assert(Ratio >= 1 && Max >= First, "alloy: growth::geometric needs a ratio of 1 or more and a maximum not below the first block");
        const std::size_t grown = held >= Max ? Max : held * (Ratio - 1) + First;
        const std::size_t wanted = grown < Max ? grown : Max;
        return wanted < needed ? needed : wanted;
    }
    static constexpr std::size_t keep(std::size_t held) noexcept { return held; }
};
}  // namespace growth

template <class P>
concept in_place_growth = requires(P& policy) {
    { policy.first() } noexcept -> std::same_as<block*>;
};

template <class P>
concept growth_policy =
    std::same_as<typename P::axis, growth::axis> &&
    requires(P& policy, std::size_t bytes) {
        { policy.next(bytes, bytes) } noexcept -> std::same_as<std::size_t>;
        { policy.keep(bytes) } noexcept -> std::same_as<std::size_t>;
        typename std::bool_constant<P::coalesces>;
        typename std::bool_constant<P::is_in_place>;
        typename std::bool_constant<P::reserves>;
        typename std::bool_constant<P::has_one_block>;
    } && (!P::is_in_place || in_place_growth<P>);

}  // namespace alloy

struct alloy::growth::axis {
    using identity = geometric<>;
    static constexpr const char* name = "growth";
    template <class P>
    static constexpr bool models = growth_policy<P>;
    template <class P>
    static consteval void require() {
        static_assert(growth_policy<P>, "alloy: a growth policy does not satisfy alloy::growth_policy; add what the notes name as missing");
    }
    template <class... Given>
    static consteval void require_one() {
        static_assert(sizeof...(Given) <= 1, "alloy: more than one growth policy was given; keep one");
    }
};
