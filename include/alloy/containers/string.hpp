#pragma once
/// A std::string in a frame: `frame_string s{"text", frame};`.
#include <string>

#include <alloy/adaptors/frame_allocator.hpp>

namespace alloy::inline ALLOY_ABI {

using frame_string = std::basic_string<char, std::char_traits<char>, frame_allocator<char>>;

}  // namespace alloy
