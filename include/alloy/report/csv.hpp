#pragma once
/// Snapshots as lines of a table for spreadsheets and scripts: `csv_header(first)` once, then `csv_line(now)` per frame, each with its end of line.
///
/// The same columns for each snapshot of one allocator: the moment, what is used and held, requests, then frame, pool, heap and limit of each tag, its own
/// bytes. What a composition does not know is an empty field. Quoted as RFC 4180 says, and with its line ends. Cost: a string.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <alloy/snapshot.hpp>

namespace alloy::inline ALLOY_ABI {

namespace detail {
inline void add_field(std::string& line, std::string_view text) {
    if (!line.empty()) line += ',';
    if (text.find_first_of("\",\r\n") == std::string_view::npos) {
        line += text;
        return;
    }
    line += '"';
    for (const char c : text) line.append(c == '"' ? 2 : 1, c);
    line += '"';
}
inline void add_count(std::string& line, std::uint64_t count) { add_field(line, std::to_string(count)); }
template <class T>
void add_count(std::string& line, const std::optional<T>& count) {
    add_field(line, count ? std::to_string(*count) : std::string());
}
inline void add_limit(std::string& line, std::size_t limit) { add_field(line, limit == no_limit ? std::string() : std::to_string(limit)); }
}  // namespace detail

namespace report {

[[nodiscard]] inline std::string csv_header(const memory_snapshot& first) {
    std::string line = "time_ns,frame,used,held,held_limit,blocks,peak_used,peak_held,upstream_requests,upstream_refused,refusals,allocations,requested,own_bytes,threads";
    for (const tag_snapshot& tag : first.tags)
        for (const char* column : {".frame", ".pool", ".heap", ".limit"}) detail::add_field(line, tag.name + column);
    return line + "\r\n";
}

[[nodiscard]] inline std::string csv_line(const memory_snapshot& now) {
    using detail::add_count;
    std::string line;
    add_count(line, now.time_ns);
    add_count(line, now.frame);
    add_count(line, now.used);
    add_count(line, now.held);
    detail::add_limit(line, now.held_limit);
    add_count(line, now.blocks);
    add_count(line, now.peak_used);
    add_count(line, now.peak_held);
    add_count(line, now.upstream_requests);
    add_count(line, now.upstream_refused);
    add_count(line, now.refusals);
    add_count(line, now.allocations);
    add_count(line, now.requested);
    add_count(line, now.own_bytes);
    add_count(line, now.threads.size());
    for (const tag_snapshot& tag : now.tags) {
        add_count(line, tag.frame);
        add_count(line, tag.pool);
        add_count(line, tag.heap);
        detail::add_limit(line, tag.limit);
    }
    return line + "\r\n";
}

}  // namespace report
}  // namespace alloy
