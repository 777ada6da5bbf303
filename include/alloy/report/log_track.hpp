#pragma once
/// What a log knows of one allocator: its frames in bounded memory, what was most, and what its declaration says. See memory_log.hpp.
///
/// Where the entries are full, each two become one, and from then on each stands for twice as many frames: the one of them that used most, so that no peak goes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <alloy/core/metrics.hpp>
#include <alloy/explain.hpp>
#include <alloy/snapshot.hpp>

namespace alloy::inline ALLOY_ABI {
namespace report {

/// One entry of a log.
struct log_entry {
    std::uint64_t frame = 0, time_ns = 0;
    std::size_t held = 0, used = 0;
};

/// What a declaration says; policies by name.
struct declared_as {
    std::string text, growth, budget;
    std::size_t buffers = 1;  ///< of frames

    template <class A>
    static declared_as of() {
        return {explain<A>().text(), alloy::detail::name_of<typename A::growth_type>(), alloy::detail::name_of<typename A::budget_type>(), A::lifetimes::buffers > 1 ? A::lifetimes::buffers : 1};
    }
};

class log_track {
public:
    log_track(const void* of, declared_as declared, std::size_t most) : of_(of), declared_(std::move(declared)), most_(most) {}

    const void* of() const noexcept { return of_; }
    const declared_as& declared() const noexcept { return declared_; }
    /// The last frame's, with the peaks and the frames over limits that the log has seen where the composition does not know them.
    const memory_snapshot& last() const noexcept { return seen_; }
    const std::vector<log_entry>& entries() const noexcept { return entries_; }
    /// Of each tag of last(), in that order.
    const tag_bytes* moment(std::size_t entry) const noexcept { return moments_.data() + entry * seen_.tags.size(); }
    std::uint64_t every() const noexcept { return every_; }
    std::uint64_t frames() const noexcept { return frames_; }
    /// The frame that used most, and who used what in it.
    const log_entry& fullest() const noexcept { return peak_; }
    const std::vector<tag_bytes>& fullest_moment() const noexcept { return peak_moment_; }
    /// Most bytes that open frames used.
    std::size_t most_in_frames() const noexcept { return most_in_frames_; }
    /// How many frames there were after the first `warm_up`, and in how many of these upstream was asked.
    std::uint64_t warm_frames() const noexcept { return frames_ > warm_up ? frames_ - warm_up : 0; }
    std::uint64_t frames_asking() const noexcept { return frames_asking_; }
    static constexpr std::uint64_t warm_up = 16;

    void add(memory_snapshot now, std::uint64_t began) {
        align(now);
        const log_entry entry{frames_, now.time_ns - began, now.held, now.used};
        if (frames_ == 0 || entry.used > peak_.used) {
            peak_ = entry;
            write(now, peak_moment_.data());
        }
        keep(entry, now);
        std::size_t in_frames = 0;
        for (const tag_snapshot& tag : now.tags) in_frames += tag.frame;
        most_in_frames_ = std::max(most_in_frames_, in_frames);
        frames_asking_ += frames_ >= warm_up && now.upstream_requests > seen_.upstream_requests;
        remember(now);
        seen_ = std::move(now);
        ++frames_;
    }

private:
    /// Brings tags into the order that the log has them in; a new one, named at run time, goes to the end.
    void align(memory_snapshot& now) {
        const auto same = [](const tag_snapshot& a, const tag_snapshot& b) { return a.name == b.name; };
        if (frames_ > 0 && std::equal(now.tags.begin(), now.tags.end(), seen_.tags.begin(), seen_.tags.end(), same)) return;
        const std::size_t before = seen_.tags.size();
        std::vector<tag_snapshot> sorted(before);
        for (std::size_t i = 0; i < before; ++i) sorted[i].name = seen_.tags[i].name;
        for (const tag_snapshot& tag : now.tags)
            if (const std::size_t i = alloy::detail::index_of_tag(sorted, tag.name); i < sorted.size())
                sorted[i] = tag;
            else
                sorted.push_back(tag);
        now.tags = std::move(sorted);
        widen(before, now.tags.size());
        parents_ = alloy::detail::parents_of(now.tags);
    }
    void widen(std::size_t before, std::size_t width) {
        if (width == before) return;
        std::vector<tag_bytes> wider;
        wider.reserve(most_ * width);
        wider.resize(entries_.size() * width);
        for (std::size_t i = 0; i < entries_.size(); ++i)
            for (std::size_t tag = 0; tag < before; ++tag) wider[i * width + tag] = moments_[i * before + tag];
        moments_ = std::move(wider);
        peak_moment_.resize(width);
        entries_.reserve(most_);
    }
    static void write(const memory_snapshot& now, tag_bytes* to) {
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
    /// What the composition does not know, the log has seen.
    void remember(memory_snapshot& now) const {
        std::vector<std::size_t> used(now.tags.size());
        for (std::size_t i = 0; i < now.tags.size(); ++i)
            for (std::size_t above = i; above != none; above = parents_[above]) used[above] += now.tags[i].used();
        for (std::size_t i = 0; i < now.tags.size(); ++i) {
            tag_snapshot& tag = now.tags[i];
            const bool was = i < seen_.tags.size();
            tag.peak = std::max({tag.peak.value_or(0), was ? seen_.tags[i].peak.value_or(0) : 0, used[i]});
            if (!tag.frames_over && tag.limit != no_limit) tag.frames_over = (was ? seen_.tags[i].frames_over.value_or(0) : 0) + (used[i] > tag.limit);
        }
        now.peak_used = std::max({now.peak_used.value_or(0), seen_.peak_used.value_or(0), now.used});
        now.peak_held = std::max({now.peak_held.value_or(0), seen_.peak_held.value_or(0), now.held});
    }

    static constexpr std::size_t none = SIZE_MAX;

    const void* of_;
    declared_as declared_;
    std::size_t most_;
    std::uint64_t every_ = 1, frames_ = 0;
    std::vector<log_entry> entries_;
    std::vector<tag_bytes> moments_;  // of each entry, one for each tag
    log_entry peak_;
    std::vector<tag_bytes> peak_moment_;
    std::size_t most_in_frames_ = 0;
    std::uint64_t frames_asking_ = 0;
    std::vector<std::size_t> parents_;  // of each tag, the one that it is a part of, or none
    memory_snapshot seen_;
};

}  // namespace report
}  // namespace alloy
