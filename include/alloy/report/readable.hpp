#pragma once
/// Bytes as people read them: "416 B", "64 KiB", "1.5 KiB", "2.0 MiB" for what is nearly two, "512 MiB".
///
/// Three digits at most, rounded to the nearest, and never rounded away from an exact number: what has no decimal is exact, or is a hundred or more.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include <alloy/format.hpp>

namespace alloy::inline ALLOY_ABI {
namespace report {

[[nodiscard]] inline std::string readable(std::uint64_t bytes) {
    constexpr std::array<const char*, 7> units{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    std::size_t unit = 0;
    std::uint64_t size = 1;
    while (static_cast<double>(bytes) >= 999.5 * static_cast<double>(size) && unit + 1 < units.size()) {
        size *= 1024;
        ++unit;
    }
    const double value = static_cast<double>(bytes) / static_cast<double>(size);
    if (bytes % size == 0 || value >= 99.95) return detail::formatting::format("{:.0f} {}", value, units[unit]);
    return detail::formatting::format("{:.1f} {}", value, units[unit]);
}

}  // namespace report
}  // namespace alloy
