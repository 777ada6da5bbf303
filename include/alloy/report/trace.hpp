#pragma once
/// A trace for chrome://tracing and Perfetto: slices of time, and beside them what each tag uses.
///
///     alloy::report::trace trace;
///     {
///         auto slice = trace.slice("frame");  // ends with the scope
///         …
///         trace.counters(memory);             // at any moment: a track of held bytes, and one per tag, by lifetime
///     }
///     file << trace.text();                   // {"traceEvents": […]}
///
/// Cost: a lock, two times and 40 bytes per slice; per moment a snapshot and 32 bytes per tag. Once `most` slices or numbers are kept, the oldest go. Any thread may
/// open slices and count; a slice ends on the thread that opened it. The program links Boost.JSON, or compiles <boost/json/src.hpp> in one of its sources.
/// See: "Trace Event Format", the document that both programs follow; "X" is a slice, "C" a counter; times are microseconds.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <alloy/core/thread.hpp>
#include <alloy/snapshot.hpp>

namespace alloy::inline ALLOY_ABI {
namespace report {

class trace {
    using clock = std::chrono::steady_clock;

public:
    explicit trace(std::size_t most = std::size_t{1} << 16) : most_(most) {}
    trace(const trace&) = delete;
    trace& operator=(const trace&) = delete;

    /// Time from here to the end of the scope. The name lives as long as the trace, as a literal does.
    class [[nodiscard]] slice_scope {
    public:
        slice_scope(const slice_scope&) = delete;
        slice_scope& operator=(const slice_scope&) = delete;
        ~slice_scope() { in_.add({name_, began_, clock::now() - began_, alloy::detail::thread_number()}); }

    private:
        friend trace;
        slice_scope(trace& in, const char* name) noexcept : in_(in), name_(name), began_(clock::now()) {}
        trace& in_;
        const char* name_;
        clock::time_point began_;
    };
    slice_scope slice(const char* name) noexcept { return {*this, name}; }

    /// What an allocator, or the one that a snapshot is of, has at this moment.
    template <class A>
    void counters(A& memory) {
        counters(snapshot(memory));
    }
    void counters(const memory_snapshot& seen) {
        const clock::time_point at = clock::now();
        const std::lock_guard lock(mutex_);
        const std::string name(seen.name);
        counts_.push_back({at, name + " held", seen.held_for.frames, seen.held_for.pool, seen.held_for.heap});
        for (const tag_snapshot& tag : seen.tags) counts_.push_back({at, name + " " + std::string(tag.name), tag.frame, tag.pool, tag.heap});
        while (counts_.size() > most_) counts_.pop_front(), ++gone_;
    }

    /// How many events were too old to be kept.
    std::uint64_t gone() const {
        const std::lock_guard lock(mutex_);
        return gone_;
    }
    boost::json::object json() const {
        const std::lock_guard lock(mutex_);
        boost::json::array events;
        for (const kept_slice& s : slices_) {
            boost::json::object e = event("X", s.name, s.began);
            e["dur"] = microseconds(s.lasted);
            e["tid"] = s.thread;
            events.push_back(std::move(e));
        }
        for (const kept_count& c : counts_) {
            boost::json::object e = event("C", c.name, c.at);
            boost::json::object bytes;
            bytes["frame"] = std::uint64_t{c.frame};
            bytes["pool"] = std::uint64_t{c.pool};
            bytes["heap"] = std::uint64_t{c.heap};
            e["args"] = std::move(bytes);
            events.push_back(std::move(e));
        }
        boost::json::object all;
        all["traceEvents"] = std::move(events);
        all["displayTimeUnit"] = "ms";
        return all;
    }
    std::string text() const { return boost::json::serialize(json()); }

private:
    struct kept_slice {
        const char* name;
        clock::time_point began;
        clock::duration lasted;
        std::uint64_t thread;
    };
    struct kept_count {
        clock::time_point at;
        std::string name;
        std::size_t frame, pool, heap;
    };

    static double microseconds(clock::duration time) { return std::chrono::duration<double, std::micro>(time).count(); }
    boost::json::object event(const char* kind, boost::json::string_view name, clock::time_point at) const {
        boost::json::object e;
        e["ph"] = kind;
        e["name"] = name;
        e["pid"] = 1;
        e["ts"] = microseconds(at - began_);
        return e;
    }
    void add(const kept_slice& ended) {
        const std::lock_guard lock(mutex_);
        slices_.push_back(ended);
        if (slices_.size() > most_) slices_.pop_front(), ++gone_;
    }

    std::size_t most_;
    clock::time_point began_ = clock::now();
    mutable std::mutex mutex_;
    std::deque<kept_slice> slices_;
    std::deque<kept_count> counts_;
    std::uint64_t gone_ = 0;
};

}  // namespace report
}  // namespace alloy
