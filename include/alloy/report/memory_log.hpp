#pragma once
/// What allocators used frame by frame, as one JSON document of bounded size: docs/memory-log.schema.json says its form, docs/looking.md what it is for.
///
/// `log.frame(physics, render)` once per frame, before it ends, takes a snapshot of each. `log.text()` is the document.
/// Cost: per allocator `most` entries of 32 bytes and 24 per tag, taken from operator new at its first frame; then what snapshots cost. Where the entries are full, each
/// two become one, and from then on each stands for twice as many frames: the one of them that used most, so that no peak goes.
/// The program links Boost.JSON, or compiles <boost/json/src.hpp> in one of its sources. One thread at a time.
/// Invariant: an allocator is known by its address; it may end before the log, but none may stand where another stood.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <alloy/explain.hpp>
#include <alloy/report/json.hpp>
#include <alloy/snapshot.hpp>

namespace alloy::inline ALLOY_ABI {
namespace report {

/// Bytes that one tag used at one moment.
using tag_moment = alloy::detail::bytes_by_lifetime;

/// One entry of a log.
struct log_entry {
    std::uint64_t frame = 0, time_ns = 0;
    std::size_t held = 0, used = 0;
};

/// What a log knows of one allocator.
class log_track {
public:
    log_track(const void* of, std::string declaration, std::size_t most) : of_(of), declaration_(std::move(declaration)), most_(most) {}

    const void* of() const noexcept { return of_; }
    /// Tags as they are, then parents that are none themselves, which have no bytes of their own.
    const std::vector<tag_snapshot>& tags() const noexcept { return seen_.tags; }
    /// The last frame's, with the peaks and frames over limits that the log has seen where the composition does not know them.
    const memory_snapshot& last() const noexcept { return seen_; }
    const std::vector<log_entry>& entries() const noexcept { return entries_; }
    const tag_moment* moment(std::size_t entry) const noexcept { return moments_.data() + entry * seen_.tags.size(); }
    std::uint64_t every() const noexcept { return every_; }
    std::uint64_t frames() const noexcept { return frames_; }

    void add(memory_snapshot now, std::uint64_t began) {
        add_parents(now);
        if (frames_ == 0) {
            entries_.reserve(most_);
            moments_.reserve(most_ * now.tags.size());
        }
        const log_entry entry{frames_, now.time_ns - began, now.held, now.used};
        if (frames_ == 0 || entry.used > peak_.used) {
            peak_ = entry;
            peak_moment_.resize(now.tags.size());
            write(now, peak_moment_.data());
        }
        peak_held_ = std::max({peak_held_, now.held, now.peak_held.value_or(0)});
        keep(entry, now);
        remember(now);
        seen_ = std::move(now);
        ++frames_;
    }

    boost::json::object json() const {
        using alloy::detail::or_null;
        boost::json::object o;
        o["name"] = seen_.name;
        o["declaration"] = declaration_;
        o["held_limit"] = alloy::detail::limit_or_null(seen_.held_limit);
        o["own_bytes"] = std::uint64_t{seen_.own_bytes};
        boost::json::array tags;
        for (const tag_snapshot& tag : seen_.tags) tags.push_back(alloy::detail::json_of_tag(tag));
        o["tags"] = std::move(tags);
        o["every"] = every_;
        boost::json::array frames;
        frames.reserve(entries_.size());
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            boost::json::object f;
            f["frame"] = entries_[i].frame;
            f["time_ns"] = entries_[i].time_ns;
            f["held"] = std::uint64_t{entries_[i].held};
            f["used"] = std::uint64_t{entries_[i].used};
            f["tags"] = json_of(moment(i), seen_.tags.size());
            frames.push_back(std::move(f));
        }
        o["frames"] = std::move(frames);
        boost::json::object peaks;
        peaks["used"] = std::uint64_t{peak_.used};
        peaks["held"] = std::uint64_t{peak_held_};
        peaks["frame"] = frames_ == 0 ? boost::json::value(nullptr) : boost::json::value(peak_.frame);
        peaks["tags"] = json_of(peak_moment_.data(), peak_moment_.size());
        o["peaks"] = std::move(peaks);
        boost::json::object totals;
        totals["frames"] = frames_;
        totals["upstream_requests"] = or_null(seen_.upstream_requests);
        totals["upstream_refused"] = or_null(seen_.upstream_refused);
        totals["refusals"] = or_null(seen_.refusals);
        o["totals"] = std::move(totals);
        o["advice"] = boost::json::array();
        return o;
    }

private:
    static boost::json::array json_of(const tag_moment* tags, std::size_t count) {
        boost::json::array all;
        all.reserve(count);
        for (std::size_t i = 0; i < count; ++i) all.push_back(boost::json::array{std::uint64_t{tags[i].frame}, std::uint64_t{tags[i].pool}, std::uint64_t{tags[i].heap}});
        return all;
    }
    static void add_parents(memory_snapshot& now) {
        for (std::size_t i = 0; i < now.tags.size(); ++i) {
            const std::string above(now.tags[i].parent());
            if (above.empty() || std::any_of(now.tags.begin(), now.tags.end(), [&](const tag_snapshot& tag) { return tag.name == above; })) continue;
            now.tags.emplace_back().name = above;
        }
    }
    static void write(const memory_snapshot& now, tag_moment* to) {
        for (std::size_t i = 0; i < now.tags.size(); ++i) to[i] = {now.tags[i].frame, now.tags[i].pool, now.tags[i].heap};
    }
    void keep(const log_entry& entry, const memory_snapshot& now) {
        const std::size_t width = now.tags.size();
        if (frames_ % every_ == 0) {
            if (entries_.size() == most_) halve(width);
            entries_.push_back(entry);
            moments_.resize(entries_.size() * width);
        } else if (entry.used > entries_.back().used) {
            entries_.back() = entry;
        } else {
            return;
        }
        write(now, moments_.data() + (entries_.size() - 1) * width);
    }
    /// Of each two entries, the one that used more.
    void halve(std::size_t width) {
        for (std::size_t i = 0; i < most_ / 2; ++i) {
            const std::size_t more = entries_[2 * i + 1].used > entries_[2 * i].used ? 2 * i + 1 : 2 * i;
            entries_[i] = entries_[more];
            std::copy_n(moments_.begin() + static_cast<std::ptrdiff_t>(more * width), width, moments_.begin() + static_cast<std::ptrdiff_t>(i * width));
        }
        entries_.resize(most_ / 2);
        moments_.resize(most_ / 2 * width);
        every_ *= 2;
    }
    /// What the composition does not know of its tags, the log has seen.
    void remember(memory_snapshot& now) {
        for (std::size_t i = 0; i < now.tags.size(); ++i) {
            tag_snapshot& tag = now.tags[i];
            const tag_snapshot* const before = frames_ > 0 ? &seen_.tags[i] : nullptr;
            const std::size_t peak_before = before ? before->peak.value_or(0) : 0;
            tag.peak = std::max({tag.peak.value_or(0), tag.used(), peak_before});
            if (!tag.frames_over && tag.limit != no_limit) tag.frames_over = (before ? before->frames_over.value_or(0) : 0) + (tag.used() > tag.limit);
        }
        if (!now.peak_used) now.peak_used = std::max(frames_ > 0 ? seen_.peak_used.value_or(0) : 0, now.used);
        if (!now.peak_held) now.peak_held = std::max(frames_ > 0 ? seen_.peak_held.value_or(0) : 0, now.held);
    }

    const void* of_;
    std::string declaration_;
    std::size_t most_;
    std::uint64_t every_ = 1, frames_ = 0;
    std::vector<log_entry> entries_;
    std::vector<tag_moment> moments_;  // of each entry, one for each tag
    log_entry peak_;
    std::vector<tag_moment> peak_moment_;
    std::size_t peak_held_ = 0;
    memory_snapshot seen_;
};

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

    boost::json::object json() const {
        boost::json::object o;
        o["schema"] = "alloy.memory/1";
        boost::json::array all;
        for (const auto& known : tracks_) all.push_back(known->json());
        o["allocators"] = std::move(all);
        return o;
    }
    std::string text() const { return boost::json::serialize(json()); }

private:
    static std::uint64_t now() noexcept {
        return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count());
    }
    template <class A>
    log_track& track_of(A& memory) {
        for (const auto& known : tracks_)
            if (known->of() == std::addressof(memory)) return *known;
        tracks_.push_back(std::make_unique<log_track>(std::addressof(memory), explain<A>().text(), most_));
        return *tracks_.back();
    }

    std::size_t most_;
    std::uint64_t began_ = now();
    std::vector<std::unique_ptr<log_track>> tracks_;
};

}  // namespace report
}  // namespace alloy
