#pragma once
/// A snapshot as text for logs and HUDs: `alloy::report::table(alloy::snapshot(memory))`.
///
/// A line for the allocator, one for each tag, and one for what accounting itself takes:
///
///     game: 240 KiB used (peak 698 KiB), 1 MiB held of 16 MiB (6 %), frame 812
///     tag               now     peak  budget  %  over
///     physics       121 KiB  543 KiB       -  -     3
///       contacts    121 KiB  543 KiB   4 MiB  2     3
///     sound         119 KiB  155 KiB   2 MiB  5     0
///     (accounting)    880 B
///
/// A tag has with it what lies below it. A dash is what the composition does not know, or a budget that there is not. Columns are as wide as what is in
/// them; `over` counts frames that ended above the budget. Cost: strings. Uses std::format, or {fmt}, which the program then links.
#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <alloy/report/readable.hpp>
#include <alloy/snapshot.hpp>

namespace alloy::inline ALLOY_ABI {

namespace detail {

/// Columns that a text takes in a terminal, as far as one can tell without tables: code points.
inline std::size_t columns(std::string_view text) noexcept {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}
/// In whole percent, rounded down, so that 100 means that all is used.
inline std::string percent(std::size_t part, std::size_t of) {
    if (of == no_limit) return "-";
    if (of == 0) return part == 0 ? "0" : "-";
    return formatting::format("{}", part / of * 100 + part % of * 100 / of);
}

}  // namespace detail

namespace report {

[[nodiscard]] inline std::string table(const memory_snapshot& seen) {
    namespace formatting = alloy::detail::formatting;
    constexpr std::size_t width = 6;
    using row = std::array<std::string, width>;
    std::vector<row> rows{{"tag", "now", "peak", "budget", "%", "over"}};
    for (const tag_snapshot& tag : seen.rolled_up()) {
        const auto depth = static_cast<std::size_t>(std::count(tag.name.begin(), tag.name.end(), '/'));
        const std::size_t last = tag.name.rfind('/');
        rows.push_back({std::string(2 * depth, ' ') + std::string(last == std::string_view::npos ? tag.name : tag.name.substr(last + 1)), readable(tag.used()),
                        tag.peak ? readable(*tag.peak) : "-", tag.limit == no_limit ? "-" : readable(tag.limit), alloy::detail::percent(tag.used(), tag.limit),
                        tag.frames_over ? formatting::format("{}", *tag.frames_over) : "-"});
    }
    rows.push_back({"(accounting)", readable(seen.own_bytes), "", "", "", ""});

    std::array<std::size_t, width> widest{};
    for (const row& r : rows)
        for (std::size_t i = 0; i < width; ++i) widest[i] = std::max(widest[i], alloy::detail::columns(r[i]));

    std::string text = formatting::format("{}: {} used", seen.name, readable(seen.used));
    if (seen.peak_used) text += formatting::format(" (peak {})", readable(*seen.peak_used));
    text += formatting::format(", {} held", readable(seen.held));
    if (seen.held_limit != no_limit) text += formatting::format(" of {} ({} %)", readable(seen.held_limit), alloy::detail::percent(seen.held, seen.held_limit));
    if (seen.refusals && *seen.refusals != 0) text += formatting::format(", {} refused", *seen.refusals);
    if (seen.frame) text += formatting::format(", frame {}", *seen.frame);
    text += '\n';
    for (const row& r : rows) {
        std::string line = r[0] + std::string(widest[0] - alloy::detail::columns(r[0]), ' ');
        for (std::size_t i = 1; i < width; ++i) line += std::string(2 + widest[i] - alloy::detail::columns(r[i]), ' ') + r[i];
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + '\n';
    }
    return text;
}

}  // namespace report
}  // namespace alloy
