#pragma once
/// Sizes in bytes that read as they are spoken: `256 * alloy::KiB`.
#include <cstddef>

#include <alloy/core/abi.hpp>

namespace alloy::inline ALLOY_ABI {

inline constexpr std::size_t KiB = std::size_t{1} << 10;
inline constexpr std::size_t MiB = std::size_t{1} << 20;
inline constexpr std::size_t GiB = std::size_t{1} << 30;

}  // namespace alloy
