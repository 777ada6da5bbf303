#pragma once
/// How many bytes one node of a container takes, and which of the pool's slots it gets: `alloy::node_bytes<std::map<int, std::string>>()`.
///
/// Found out by building one: an allocator of its own sees what this standard library asks for. So it is what the machine will do, not a table.
/// Arguments make the element, where it has no default: `alloy::node_bytes<std::set<key>>(1, "x")`.
/// Cost: one element made and destroyed per call, its node from the global operator new. For choosing sizes and for tests, not for loops.
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

#include <alloy/engines/size_classes.hpp>

namespace alloy::inline ALLOY_ABI {

/// Bytes and alignment of a node.
struct node_size {
    std::size_t bytes = 0;
    std::size_t alignment = 1;

    /// Bytes of the pool's slot for it, or 0 where it goes to the heap.
    constexpr std::size_t slot() const noexcept {
        return size_class::fits(bytes, alignment) ? size_class::bytes(size_class::of(bytes, alignment)) : 0;
    }
    /// Bytes of the slot that it leaves.
    constexpr std::size_t waste() const noexcept { return slot() == 0 ? 0 : slot() - bytes; }
    friend constexpr bool operator==(const node_size&, const node_size&) = default;
};

namespace detail {
/// std::allocator that writes down nodes: what comes one by one and is no pointer, as the buckets of hash tables are.
template <class T>
struct node_recorder {
    using value_type = T;
    explicit node_recorder(node_size& to) noexcept : seen(&to) {}
    template <class U>
    node_recorder(const node_recorder<U>& other) noexcept : seen(other.seen) {}
    T* allocate(std::size_t n) {
        if (n == 1 && !std::is_pointer_v<T>) *seen = {sizeof(T), alignof(T)};
        return std::allocator<T>().allocate(n);
    }
    void deallocate(T* at, std::size_t n) noexcept { std::allocator<T>().deallocate(at, n); }
    template <class U>
    friend bool operator==(const node_recorder& a, const node_recorder<U>& b) noexcept {
        return a.seen == b.seen;
    }
    node_size* seen;
};
/// The container with another allocator.
template <class Container, class Allocator>
struct with_allocator;
template <template <class...> class Container, class... Parts, class Allocator>
struct with_allocator<Container<Parts...>, Allocator> {
    using given = typename Container<Parts...>::allocator_type;
    using type = Container<std::conditional_t<std::is_same_v<Parts, given>, Allocator, Parts>...>;
};
}  // namespace detail

/// A node of a list, forward_list, set, map, their unordered and multi kinds, or of a container that is declared as they are.
template <class Container, class... Args>
[[nodiscard]] node_size node_size_of(Args&&... args) {
    using recorder = detail::node_recorder<typename Container::value_type>;
    node_size seen;
    typename detail::with_allocator<Container, recorder>::type one{recorder(seen)};
    seen = {};  // sentinels are no nodes
    if constexpr (requires { one.emplace_front(std::forward<Args>(args)...); })
        one.emplace_front(std::forward<Args>(args)...);
    else
        one.emplace(std::forward<Args>(args)...);
    return seen;
}
template <class Container, class... Args>
[[nodiscard]] std::size_t node_bytes(Args&&... args) {
    return alloy::node_size_of<Container>(std::forward<Args>(args)...).bytes;
}

}  // namespace alloy
