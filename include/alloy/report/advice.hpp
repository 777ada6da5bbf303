#pragma once
/// One advice: what was seen in the use of memory, and what to do about it. Given by `advise(log_track)`, of <alloy/report/advise.hpp>, and by `habits`.
#include <cstddef>
#include <string>
#include <string_view>

#include <alloy/format.hpp>

namespace alloy::inline ALLOY_ABI {
namespace report {

struct advice {
    std::string kind;  ///< a word for programs
    std::string tag;   ///< whom it concerns; empty: the whole allocator
    std::string what;  ///< a sentence with figures
    std::string cure;  ///< the same
    std::string code;  ///< to paste, where there is something

    std::string text() const { return what + "; " + cure + (code.empty() ? "" : ":\n    " + code) + "\n"; }
};

}  // namespace report

namespace detail {

/// The least size that reads well in a declaration and is not below: a power of two from 4 KiB to 1 MiB, then whole MiB.
inline std::size_t round_size(std::size_t bytes) noexcept {
    constexpr std::size_t mebi = std::size_t{1} << 20;
    if (bytes > mebi) return (bytes + mebi - 1) / mebi * mebi;
    std::size_t size = 4096;
    while (size < bytes) size *= 2;
    return size;
}
inline std::string size_in_code(std::size_t bytes) {
    if (bytes % (std::size_t{1} << 20) == 0) return formatting::format("{} * alloy::MiB", bytes >> 20);
    return formatting::format("{} * alloy::KiB", (bytes + 1023) >> 10);
}
/// A policy's name with another first number: "growth::geometric<65536ul, 2ul>" becomes "growth::geometric<4 * alloy::KiB, 2ul>". Empty where it has none.
inline std::string with_first_number(std::string_view policy, std::size_t bytes) {
    constexpr std::string_view digits = "0123456789";
    std::size_t begin = policy.find('<');
    while (begin != std::string_view::npos && begin < policy.size()) {
        begin = policy.find_first_of(digits, begin);
        if (begin == std::string_view::npos) return {};
        if (std::string_view("<, ").find(policy[begin - 1]) != std::string_view::npos) break;
        ++begin;  // a digit within a name
    }
    if (begin == std::string_view::npos || begin >= policy.size()) return {};
    const std::size_t end = policy.find_first_not_of("0123456789uUlL", begin);
    return std::string(policy.substr(0, begin)) + size_in_code(bytes) + (end == std::string_view::npos ? std::string() : std::string(policy.substr(end)));
}

}  // namespace detail
}  // namespace alloy
