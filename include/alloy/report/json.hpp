#pragma once
/// A snapshot as JSON, for other programs: `alloy::report::json(alloy::snapshot(memory))`. Its form is in docs/snapshot.schema.json.
///
/// The program links Boost.JSON, or compiles <boost/json/src.hpp> in one of its sources. What a composition does not know, and a limit that is none, is null.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <alloy/snapshot.hpp>

namespace alloy::inline ALLOY_ABI {

namespace detail {
template <class T>
boost::json::value or_null(const std::optional<T>& count) {
    if (!count) return nullptr;
    return std::uint64_t{*count};
}
inline boost::json::value limit_or_null(std::size_t limit) {
    if (limit == no_limit) return nullptr;
    return std::uint64_t{limit};
}
inline boost::json::string_view json_text(std::string_view text) noexcept { return {text.data(), text.size()}; }
/// Members that every form of a tag has.
inline boost::json::object json_of_tag(const tag_snapshot& tag) {
    boost::json::object o;
    o["name"] = json_text(tag.name);
    o["parent"] = tag.parent().empty() ? boost::json::value(nullptr) : boost::json::value(json_text(tag.parent()));
    o["limit"] = limit_or_null(tag.limit);
    o["peak"] = or_null(tag.peak);
    o["refusals"] = or_null(tag.refusals);
    o["frames_over"] = or_null(tag.frames_over);
    return o;
}
inline boost::json::array json_of_sizes(const std::vector<size_count>& sizes) {
    boost::json::array all;
    for (const size_count& size : sizes) {
        boost::json::object o;
        o["upto"] = limit_or_null(size.upto);
        o["count"] = size.count;
        all.push_back(std::move(o));
    }
    return all;
}
}  // namespace detail

namespace report {

[[nodiscard]] inline boost::json::object json_of(const memory_snapshot& seen) {
    using detail::or_null;
    boost::json::object o;
    o["schema"] = "alloy.snapshot/1";
    o["name"] = detail::json_text(seen.name);
    o["time_ns"] = seen.time_ns;
    o["frame"] = or_null(seen.frame);
    o["used"] = std::uint64_t{seen.used};
    o["held"] = std::uint64_t{seen.held};
    o["blocks"] = std::uint64_t{seen.blocks};
    boost::json::object held_for;
    held_for["frames"] = std::uint64_t{seen.held_for.frames};
    held_for["pool"] = std::uint64_t{seen.held_for.pool};
    held_for["heap"] = std::uint64_t{seen.held_for.heap};
    o["held_for"] = std::move(held_for);
    o["held_limit"] = detail::limit_or_null(seen.held_limit);
    o["thread_limit"] = detail::limit_or_null(seen.thread_limit);
    o["used_limit"] = detail::limit_or_null(seen.used_limit);
    o["frame_limit"] = detail::limit_or_null(seen.frame_limit);
    o["peak_used"] = or_null(seen.peak_used);
    o["peak_held"] = or_null(seen.peak_held);
    o["upstream_requests"] = or_null(seen.upstream_requests);
    o["upstream_refused"] = or_null(seen.upstream_refused);
    o["refusals"] = or_null(seen.refusals);
    o["allocations"] = or_null(seen.allocations);
    o["requested"] = or_null(seen.requested);
    o["own_bytes"] = std::uint64_t{seen.own_bytes};
    o["sizes"] = detail::json_of_sizes(seen.sizes);
    boost::json::array tags;
    for (const tag_snapshot& tag : seen.tags) {
        boost::json::object t = detail::json_of_tag(tag);
        t["frame"] = std::uint64_t{tag.frame};
        t["pool"] = std::uint64_t{tag.pool};
        t["heap"] = std::uint64_t{tag.heap};
        tags.push_back(std::move(t));
    }
    o["tags"] = std::move(tags);
    boost::json::array threads;
    for (const thread_snapshot& thread : seen.threads) {
        boost::json::object t;
        t["frames"] = std::uint64_t{thread.frames};
        t["pool"] = std::uint64_t{thread.pool};
        threads.push_back(std::move(t));
    }
    o["threads"] = std::move(threads);
    return o;
}
[[nodiscard]] inline std::string json(const memory_snapshot& seen) { return boost::json::serialize(json_of(seen)); }

}  // namespace report
}  // namespace alloy
