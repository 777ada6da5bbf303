#pragma once
/// A std::vector in a frame: `frame_vector<T> v{frame};`. What it outgrows stays until the frame ends: reserve where the size is known.
#include <vector>

#include <alloy/adaptors/frame_allocator.hpp>

namespace alloy::inline ALLOY_ABI {

template <class T>
using frame_vector = std::vector<T, frame_allocator<T>>;

}  // namespace alloy
