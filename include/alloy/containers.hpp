#pragma once
/// Containers whose memory is a frame's: made from the frame, gone with it.
///
/// `frame_vector<T> v{frame};` — the standard container over frame_allocator, one type for every composition. What a container outgrows stays
/// until the frame ends; reserve where the size is known, or take growing_frame_vector, which grows in place while it is the last to allocate.
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/container/vector.hpp>

#include <alloy/adaptors/frame_allocator.hpp>
#include <alloy/adaptors/growing_frame_allocator.hpp>
#include <alloy/adaptors/try_push_back.hpp>

namespace alloy {

template <class T>
using frame_vector = std::vector<T, frame_allocator<T>>;

using frame_string = std::basic_string<char, std::char_traits<char>, frame_allocator<char>>;

template <class Key, class Value, class Compare = std::less<Key>>
using frame_map = std::map<Key, Value, Compare, frame_allocator<std::pair<const Key, Value>>>;

template <class Key, class Value, class Hash = std::hash<Key>, class Equal = std::equal_to<Key>>
using frame_unordered_map = std::unordered_map<Key, Value, Hash, Equal, frame_allocator<std::pair<const Key, Value>>>;

template <class T>
using growing_frame_vector = boost::container::vector<T, growing_frame_allocator<T>>;

}  // namespace alloy
