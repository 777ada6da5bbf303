#pragma once
/// A std::unordered_map in a frame: `frame_unordered_map<Key, Value> m{frame};`. Erased nodes and outgrown tables stay until the frame ends.
#include <unordered_map>
#include <utility>

#include <alloy/adaptors/frame_allocator.hpp>

namespace alloy::inline ALLOY_ABI {

template <class Key, class Value, class Hash = std::hash<Key>, class Equal = std::equal_to<Key>>
using frame_unordered_map = std::unordered_map<Key, Value, Hash, Equal, frame_allocator<std::pair<const Key, Value>>>;

}  // namespace alloy
