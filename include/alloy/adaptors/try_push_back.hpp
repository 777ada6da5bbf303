#pragma once
/// push_back that says why it cannot, instead of throwing.
#include <cstddef>
#include <utility>

#include <alloy/core/error.hpp>
#include <alloy/core/fault.hpp>
#include <alloy/core/layout.hpp>
#include <alloy/core/lease.hpp>
#include <alloy/core/result.hpp>

namespace alloy::inline ALLOY_ABI {

/// Appends to a vector or string over a frame allocator. Returns a pointer to the element, or the reason why there is no room; the container
/// is then as it was. What the element's own constructors throw is passed on.
/// Room for growth is asked for first, and the container then grows into just that room. Where several threads share the frame it can't be kept
/// for the container, which grows a second time, and, without exceptions, ends the program if that is refused.
template <class Container, class Value>
result<typename Container::value_type*> try_push_back(Container& to, Value&& value) {
    using element = typename Container::value_type;
    if (to.size() == to.capacity()) {
        frame_ref frame = to.get_allocator().frame();
        constexpr std::size_t alignment = alignof(element) > sizeof(std::size_t) ? alignof(element) : sizeof(std::size_t);
        const std::size_t grown = to.capacity() < 4 ? 8 : to.capacity() > max_bytes / 2 ? max_bytes : 2 * to.capacity();
        const std::size_t bytes = array_bytes(grown + 1, sizeof(element));  // a string keeps one more; a growing vector, its size in front
        alloc_error error;
        void* room;
        if (!frame.try_take(bytes > max_bytes ? bytes : bytes + alignment, alignment, room, error)) return error;
        element kept(std::forward<Value>(value));  // it may lie in the container
        Container larger(to.get_allocator());  // empty, so that its growth asks for nothing but the room
        const auto grow = [&larger, grown] { larger.reserve(grown); };
        if (!frame.with_room(room, bytes + alignment, grow)) {
#if ALLOY_DETAIL_EXCEPTIONS
            try {
                grow();
            } catch (const out_of_memory& refused) {
                return refused.error();
            } catch (const std::bad_alloc&) {  // from a container over a fallback that returns null
                return alloc_error{refusal::upstream, "", bytes, 0};
            }
#else
            grow();
#endif
        }
        for (element& each : to) larger.push_back(std::move_if_noexcept(each));
        larger.push_back(std::move(kept));
        to.swap(larger);
    } else {
        to.push_back(std::forward<Value>(value));
    }
    return &to.back();
}

}  // namespace alloy
