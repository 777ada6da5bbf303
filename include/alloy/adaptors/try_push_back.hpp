#pragma once
/// push_back that says why it cannot, instead of throwing.
#include <cstddef>
#include <utility>

#include <alloy/core/layout.hpp>
#include <alloy/core/lease.hpp>
#include <alloy/core/result.hpp>

namespace alloy {

/// Appends to a vector or string over a frame allocator. Returns a pointer to the element, or the reason why there is no room; the container
/// is then as it was. Where the composition hides its window (locks, event metrics, guards) growing needs twice the room.
template <class Container, class Value>
result<typename Container::value_type*> try_push_back(Container& to, Value&& value) {
    using element = typename Container::value_type;
    if (to.size() == to.capacity()) {
        frame_ref frame = to.get_allocator().frame();
        const std::size_t grown = to.capacity() < 4 ? 8 : to.capacity() > max_bytes / 2 ? max_bytes : 2 * to.capacity();
        const std::size_t bytes = array_bytes(grown + 1, sizeof(element));  // a string keeps one more
        alloc_error error;
        void* room;
        if (!frame.try_take(bytes, alignof(element), room, error)) return error;
        if (frame.resize_last(room, bytes, 0)) {}  // now it is known to be there
        to.reserve(grown);
    }
    to.push_back(std::forward<Value>(value));
    return &to.back();
}

}  // namespace alloy
