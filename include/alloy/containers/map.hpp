#pragma once
/// A std::map in a frame: `frame_map<Key, Value> m{frame};`. Erased nodes stay until the frame ends.
#include <map>
#include <utility>

#include <alloy/adaptors/frame_allocator.hpp>

namespace alloy::inline ALLOY_ABI {

template <class Key, class Value, class Compare = std::less<Key>>
using frame_map = std::map<Key, Value, Compare, frame_allocator<std::pair<const Key, Value>>>;

}  // namespace alloy
