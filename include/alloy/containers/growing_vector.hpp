#pragma once
/// A vector that grows where it stands while it is the last thing made in its frame: `growing_frame_vector<T> v{frame};`.
///
/// Cost: five instructions more per push_back than std::vector, and Boost's header, .16 s to include. Choose it where elements are dear to
/// move, or memory that was outgrown would be missed; where elements are small and trivial, frame_vector is faster.
#include <boost/container/vector.hpp>

#include <alloy/adaptors/growing_frame_allocator.hpp>

namespace alloy::inline ALLOY_ABI {

template <class T>
using growing_frame_vector = boost::container::vector<T, growing_frame_allocator<T>>;

}  // namespace alloy
