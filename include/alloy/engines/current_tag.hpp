#pragma once
/// Which tag is current for the calling thread.
///
/// Cost: a word where one thread uses the allocator; else each scope is a link, in the scope's own memory, of a chain that the thread has for all
/// allocators: no memory is asked for, and finding the tag is a comparison where the innermost scope is this allocator's. Empty where tags do not
/// switch. Invariant: scopes of a thread end innermost first, or are taken out of the chain where they stand.
#include <cstddef>

#include <alloy/core/abi.hpp>

namespace alloy::inline ALLOY_ABI {

/// What a scope remembers: with one thread, the tag before; else its own.
struct tag_link {
    const void* of = nullptr;
    std::size_t tag = 0;
    tag_link* outer = nullptr;
};

namespace detail {
#if defined(__PIC__) && !defined(__PIE__)
[[gnu::tls_model("initial-exec")]]
#endif
[[gnu::visibility("default")]] inline constinit thread_local tag_link* innermost_tag = nullptr;
}  // namespace detail

template <bool Switches, bool HasThreads>
class current_tag {
public:
    static constexpr std::size_t get() noexcept { return 0; }
    static constexpr void enter(tag_link&, std::size_t) noexcept {}
    static constexpr void leave(tag_link&) noexcept {}
};
template <>
class current_tag<true, false> {
public:
    [[gnu::always_inline]] std::size_t get() const noexcept { return tag_; }
    void enter(tag_link& scope, std::size_t tag) noexcept {
        scope.tag = tag_;
        tag_ = tag;
    }
    void leave(const tag_link& scope) noexcept { tag_ = scope.tag; }

private:
    std::size_t tag_ = 0;
};
template <>
class current_tag<true, true> {
public:
    [[gnu::always_inline]] std::size_t get() const noexcept {
        const tag_link* l = detail::innermost_tag;
        while (l && l->of != this) [[unlikely]] l = l->outer;
        return l ? l->tag : 0;
    }
    void enter(tag_link& scope, std::size_t tag) const noexcept {
        scope = {this, tag, detail::innermost_tag};
        detail::innermost_tag = &scope;
    }
    void leave(tag_link& scope) const noexcept {
        tag_link** at = &detail::innermost_tag;
        while (*at && *at != &scope) at = &(*at)->outer;
        if (*at) *at = scope.outer;
    }

private:
    [[maybe_unused]] char is_somewhere_ = 0;  // so that no two of them have one address
};

}  // namespace alloy::inline ALLOY_ABI
