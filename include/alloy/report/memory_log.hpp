#pragma once
/// What allocators used frame by frame, as one JSON document of bounded size: docs/memory-log.schema.json says its form, docs/looking.md what it is for.
///
/// `log.frame(physics, render)` once per frame, before it ends, takes a snapshot of each. `log.text()` is the document.
/// Cost: per allocator `most` entries of 32 bytes and 24 per tag, taken from operator new at its first frame; then what snapshots cost. The program links
/// Boost.JSON, or compiles <boost/json/src.hpp> in one of its sources. One thread at a time.
/// Invariant: an allocator is known by its address; it may end before the log, but none may stand where another stood.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <alloy/report/advise.hpp>
#include <alloy/report/json.hpp>
#include <alloy/report/log_track.hpp>
#include <alloy/snapshot.hpp>

namespace alloy::inline ALLOY_ABI {
namespace report {

class memory_log {
public:
    /// Keeps between `most` / 2 and `most` entries per allocator, as soon as there were so many frames.
    explicit memory_log(std::size_t most = 2048) : most_(most < 2 ? 2 : most + most % 2) {}

    /// Writes down what each of these has now. Call it where a frame is at its fullest: before it ends.
    template <class... As>
    void frame(As&... allocators) {
        (track_of(allocators).add(snapshot(allocators), began_), ...);
    }

    /// What the log knows of an allocator; null where it has seen no frame of it.
    template <class A>
    const log_track* track(const A& memory) const noexcept {
        for (const auto& known : tracks_)
            if (known->of() == std::addressof(memory)) return known.get();
        return nullptr;
    }

    [[nodiscard]] boost::json::object json() const {
        boost::json::object o;
        o["schema"] = "alloy.memory/1";
        boost::json::array all;
        for (const auto& known : tracks_) all.push_back(json_of(*known));
        o["allocators"] = std::move(all);
        return o;
    }
    [[nodiscard]] std::string text() const { return boost::json::serialize(json()); }

private:
    static boost::json::array json_of(const tag_bytes* tags, std::size_t count) {
        boost::json::array all;
        all.reserve(count);
        for (std::size_t i = 0; i < count; ++i) all.push_back(boost::json::array{std::uint64_t{tags[i].frame}, std::uint64_t{tags[i].pool}, std::uint64_t{tags[i].heap}});
        return all;
    }
    static boost::json::object json_of(const log_track& of) {
        using alloy::detail::limit_or_null;
        using alloy::detail::or_null;
        const memory_snapshot& last = of.last();
        boost::json::object o;
        o["name"] = alloy::detail::json_text(last.name);
        o["declaration"] = of.declared().text;
        o["held_limit"] = limit_or_null(last.held_limit);
        o["thread_limit"] = limit_or_null(last.thread_limit);
        o["used_limit"] = limit_or_null(last.used_limit);
        o["frame_limit"] = limit_or_null(last.frame_limit);
        o["own_bytes"] = std::uint64_t{last.own_bytes};
        boost::json::array tags;
        for (const tag_snapshot& tag : last.tags) tags.push_back(alloy::detail::json_of_tag(tag));
        o["tags"] = std::move(tags);
        o["every"] = of.every();
        boost::json::array frames;
        frames.reserve(of.entries().size());
        for (std::size_t i = 0; i < of.entries().size(); ++i) {
            const log_entry& entry = of.entries()[i];
            boost::json::object f;
            f["frame"] = entry.frame;
            f["time_ns"] = entry.time_ns;
            f["held"] = std::uint64_t{entry.held};
            f["used"] = std::uint64_t{entry.used};
            f["tags"] = json_of(of.moment(i), last.tags.size());
            frames.push_back(std::move(f));
        }
        o["frames"] = std::move(frames);
        boost::json::object peaks;
        peaks["used"] = std::uint64_t{of.fullest().used};
        peaks["held"] = std::uint64_t{last.peak_held.value_or(0)};
        peaks["frame"] = of.frames() == 0 ? boost::json::value(nullptr) : boost::json::value(of.fullest().frame);
        peaks["tags"] = json_of(of.fullest_moment().data(), of.fullest_moment().size());
        o["peaks"] = std::move(peaks);
        boost::json::object totals;
        totals["frames"] = of.frames();
        totals["upstream_requests"] = or_null(last.upstream_requests);
        totals["upstream_refused"] = or_null(last.upstream_refused);
        totals["refusals"] = or_null(last.refusals);
        o["totals"] = std::move(totals);
        if (!last.sizes.empty()) o["sizes"] = alloy::detail::json_of_sizes(last.sizes);
        boost::json::array advices;
        for (const advice& a : advise(of)) {
            boost::json::object one;
            one["kind"] = a.kind;
            one["tag"] = a.tag.empty() ? boost::json::value(nullptr) : boost::json::value(a.tag);
            one["what"] = a.what;
            one["cure"] = a.cure;
            one["code"] = a.code;
            advices.push_back(std::move(one));
        }
        o["advice"] = std::move(advices);
        return o;
    }

    static std::uint64_t now() noexcept {
        return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count());
    }
    template <class A>
    log_track& track_of(A& memory) {
        for (const auto& known : tracks_)
            if (known->of() == std::addressof(memory)) return *known;
        tracks_.push_back(std::make_unique<log_track>(std::addressof(memory), declared_as::of<A>(), most_));
        return *tracks_.back();
    }

    std::size_t most_;
    std::uint64_t began_ = now();
    std::vector<std::unique_ptr<log_track>> tracks_;
};

}  // namespace report
}  // namespace alloy
