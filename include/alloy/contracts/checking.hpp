#pragma once
/// Axis checking: what mistakes are caught?
///
/// Contract, for a policy P and an object p of it:
/// | expression | result | meaning |
/// |---|---|---|
/// | `P::guards` | bool, constant | whether each allocation is fenced; the window is then hidden from the common fast path, and there are: |
/// | `P::front`, `P::back` | size_t, constants, multiples of 8 | bytes before and behind each allocation that are the policy's |
/// | `p.on_allocate(at, bytes, chain)` | noexcept | fences the allocation at `at`; `chain`, a void*&, is a word kept per frame |
/// | `p.on_close(chain)` | noexcept | looks at all allocations of a frame before its memory is taken back |
/// | `P::reports` | bool, constant | whether misuse is told; then `p.on_fault(fault, cure)`, two sentences, without the lock; what it throws ends the program, since frames end where nothing may be thrown; if it returns, the call is refused, but for a scope's exit, which leaves what it owns to the scope inside |
///
/// With an engine per thread these are called by several threads at once.
///
/// Default: `unchecked`: a misuse that is noticed for nothing is refused, others are undefined. ASan builds poison free memory with every policy.
#include <concepts>
#include <cstddef>
#include <type_traits>

#include <alloy/core/abi.hpp>

namespace alloy::inline ALLOY_ABI {
namespace checking {
struct axis;

struct unchecked {
    using axis = checking::axis;
    static constexpr bool guards = false, reports = false;
};
}  // namespace checking

template <class P>
concept guarding = requires(P& policy, void* at, void*& chain, std::size_t bytes) {
    typename std::integral_constant<std::size_t, P::front>;
    typename std::integral_constant<std::size_t, P::back>;
    { policy.on_allocate(at, bytes, chain) } noexcept;
    { policy.on_close(chain) } noexcept;
};
template <class P>
concept reporting = requires(P& policy, const char* text) {
    { policy.on_fault(text, text) };
};

template <class P>
concept checking_policy = std::same_as<typename P::axis, checking::axis> &&
                          requires {
                              typename std::bool_constant<P::guards>;
                              typename std::bool_constant<P::reports>;
                          } && (!P::guards || guarding<P>) && (!P::reports || reporting<P>);

}  // namespace alloy

struct alloy::checking::axis {
    using identity = unchecked;
    static constexpr const char* name = "checking";
    template <class P>
    static constexpr bool models = checking_policy<P>;
    template <class P>
    static consteval void require() {
        static_assert(checking_policy<P>, "alloy: a checking policy does not satisfy alloy::checking_policy; add what the notes name as missing");
    }
    template <class... Given>
    static consteval void require_one() {
        static_assert(sizeof...(Given) <= 1, "alloy: more than one checking policy was given; keep one");
    }
};
