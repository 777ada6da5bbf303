#pragma once
/// Axis checking: what mistakes are caught?
///
/// Contract, for a policy P and an object p of it:
/// | expression | result | meaning |
/// |---|---|---|
/// | `P::poisons` | bool, constant | whether free memory is marked, so that its use is noticed; then: |
/// | `p.on_free(at, bytes)` | noexcept | marks what was handed out and is free now: a frame's bytes at its end, a pool's slot but for its first word |
/// | `p.on_reuse(at, bytes, whose)` | noexcept | looks at what on_free marked before it is handed out again or goes back to upstream |
/// | `P::guards` | bool, constant | whether each allocation is fenced; windows and free lists are then hidden from the common fast path, and there are: |
/// | `P::front`, `P::back` | size_t, constants, multiples of 8 | bytes before and behind each allocation that are the policy's |
/// | `p.on_allocate(at, bytes, chain)` | noexcept | fences an allocation in a frame; `chain`, a void*&, is a word kept per frame |
/// | `p.on_close(chain, whose)` | noexcept | looks at all allocations of a frame before its memory is taken back |
/// | `p.on_make(object)` | noexcept | fences and remembers an `object_note`, made in the pool or heap |
/// | `p.on_release(object)` | bool | whether an object may be freed so: it is this allocator's, alive, as large and aligned as is said, its fences whole. Else it has been told, and stays |
/// | `p.on_end(whose)` | noexcept | tells of each object that is alive when the allocator is destroyed |
/// | `p.on_thread(whose)` | noexcept | called where one thread alone may use the allocator: notices a second one |
/// | `P::reports` | bool, constant | whether other misuse is told; then `p.on_fault(misuse)`, without the lock; what it throws ends the program, since frames end where nothing may be thrown; if it returns, the call is refused, but for a scope's exit, which leaves what it owns to the scope inside |
/// | `P::throws` | bool, constant | whether on_release may throw, and so a call of deallocate() |
///
/// With an engine per thread, those for frames are called by several threads at once; those for objects always under the lock.
///
/// Default: `unchecked`: a misuse that is noticed for nothing is refused, others are undefined. ASan builds poison free memory with every policy.
#include <concepts>
#include <cstddef>
#include <type_traits>

#include <alloy/core/misuse.hpp>

namespace alloy::inline ALLOY_ABI {
namespace checking {
struct axis;

struct unchecked {
    using axis = checking::axis;
    static constexpr bool poisons = false, guards = false, reports = false, throws = false;
};
}  // namespace checking

template <class P>
concept poisoning = requires(P& policy, void* at, std::size_t bytes, const char* whose) {
    { policy.on_free(at, bytes) } noexcept;
    { policy.on_reuse(at, bytes, whose) } noexcept;
};
template <class P>
concept guarding = requires(P& policy, void* at, void*& chain, std::size_t bytes, const object_note& object, const char* whose) {
    typename std::integral_constant<std::size_t, P::front>;
    typename std::integral_constant<std::size_t, P::back>;
    { policy.on_allocate(at, bytes, chain) } noexcept;
    { policy.on_close(chain, whose) } noexcept;
    { policy.on_make(object) } noexcept;
    { policy.on_release(object) } -> std::same_as<bool>;
    { policy.on_end(whose) } noexcept;
    { policy.on_thread(whose) } noexcept;
};
template <class P>
concept reporting = requires(P& policy, const misuse& noticed) {
    { policy.on_fault(noticed) };
};

template <class P>
concept checking_policy = std::same_as<typename P::axis, checking::axis> &&
                          requires {
                              typename std::bool_constant<P::poisons>;
                              typename std::bool_constant<P::guards>;
                              typename std::bool_constant<P::reports>;
                              typename std::bool_constant<P::throws>;
                          } && (!P::poisons || poisoning<P>) && (!P::guards || guarding<P>) && (!P::reports || reporting<P>);

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
