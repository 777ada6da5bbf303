#pragma once
/// Boost's flat hash map in a frame: `frame_flat_map<K, V> m{frame};`. A header of its own, since Boost's costs .4 s to include.
#include <functional>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

#include <alloy/adaptors/frame_allocator.hpp>

namespace alloy::inline ALLOY_ABI {

template <class Key, class Value, class Hash = boost::hash<Key>, class Equal = std::equal_to<Key>>
using frame_flat_map = boost::unordered_flat_map<Key, Value, Hash, Equal, frame_allocator<std::pair<const Key, Value>>>;

}  // namespace alloy
