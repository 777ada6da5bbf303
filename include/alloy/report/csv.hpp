#pragma once
/// Snapshots as lines of a table for spreadsheets and scripts: `csv columns(first); file << columns.header();`, then `file << columns.line(now);` per frame.
///
/// Columns are the moment, what is used and held, requests, and for each tag of the first snapshot its frame, pool and heap bytes, its own, and its limit. What
/// a composition does not know is an empty field; tags that came later have no columns. Quotes and line ends as in RFC 4180. Cost: a string for each line.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <alloy/snapshot.hpp>

namespace alloy::inline ALLOY_ABI {
namespace report {

class csv {
public:
    explicit csv(const memory_snapshot& first) {
        for (const tag_snapshot& tag : first.tags) tags_.emplace_back(tag.name);
    }

    [[nodiscard]] std::string header() const {
        std::string line = "time_ns,frame,used,held,held_limit,blocks,peak_used,peak_held,upstream_requests,upstream_refused,refusals,allocations,requested,own_bytes,threads";
        for (const std::string& tag : tags_)
            for (const char* column : {".frame", ".pool", ".heap", ".limit"}) add(line, tag + column);
        return line + "\r\n";
    }
    [[nodiscard]] std::string line(const memory_snapshot& now) const {
        std::string line = std::to_string(now.time_ns);
        add(line, now.frame);
        add(line, now.used);
        add(line, now.held);
        add(line, limit(now.held_limit));
        add(line, now.blocks);
        add(line, now.peak_used);
        add(line, now.peak_held);
        add(line, now.upstream_requests);
        add(line, now.upstream_refused);
        add(line, now.refusals);
        add(line, now.allocations);
        add(line, now.requested);
        add(line, now.own_bytes);
        add(line, now.threads.size());
        for (std::size_t i = 0; i < tags_.size(); ++i) {
            const std::size_t at = alloy::detail::index_of_tag(now.tags, tags_[i], i);
            const tag_snapshot tag = at < now.tags.size() ? now.tags[at] : tag_snapshot();
            add(line, tag.frame);
            add(line, tag.pool);
            add(line, tag.heap);
            add(line, limit(tag.limit));
        }
        return line + "\r\n";
    }

private:
    static std::optional<std::size_t> limit(std::size_t bytes) noexcept { return bytes == no_limit ? std::nullopt : std::optional(bytes); }
    static void add(std::string& line, std::uint64_t count) { add(line, std::to_string(count)); }
    template <class T>
    static void add(std::string& line, const std::optional<T>& count) {
        add(line, count ? std::to_string(*count) : std::string());
    }
    static void add(std::string& line, const std::string& text) {
        line += ',';
        if (text.find_first_of("\",\r\n") == std::string::npos) {
            line += text;
            return;
        }
        line += '"';
        for (const char c : text) line.append(c == '"' ? 2 : 1, c);
        line += '"';
    }

    std::vector<std::string> tags_;
};

}  // namespace report
}  // namespace alloy
