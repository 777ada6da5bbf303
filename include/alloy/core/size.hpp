#pragma once
/// Sizes in bytes that read as they are spoken: `256 * alloy::KiB`.
#include <cstddef>

namespace alloy {

inline constexpr std::size_t KiB = std::size_t{1} << 10;
inline constexpr std::size_t MiB = std::size_t{1} << 20;
inline constexpr std::size_t GiB = std::size_t{1} << 30;

}  // namespace alloy
