#pragma once
/// Metrics picked one by one: `metrics<metric::boundary, metric::count>`.
///
/// Cost: `boundary` adds no instruction to an allocation, since it looks where frames end and blocks change. `count` and `requested` see
/// each allocation: about two instructions each through the frame itself, an indirect call through a `frame_ref`.
/// Choose `boundary_metrics` for a table in a HUD or log; the others while looking for something.
#include <cstddef>
#include <type_traits>

#include <alloy/contracts/tracking.hpp>
#include <alloy/core/metrics.hpp>

namespace alloy {

namespace metric {

/// Peaks, upstream requests, refusals, frames.
struct boundary {
    static constexpr bool is_event = false;
    void on_block(const block_event& event) noexcept {
        if (event.what == block_event::kind::given_back) return;
        ++seen_.upstream_requests;
        if (event.what == block_event::kind::refused) ++seen_.upstream_refused;
        if (event.held > seen_.peak_held) seen_.peak_held = event.held;
    }
    void on_frame(const frame_event& event) noexcept {
        if (event.what == frame_event::kind::opened) return;
        if (event.used > seen_.peak_used) seen_.peak_used = event.used;
        seen_.frames += event.outermost;
    }
    void on_refusal() noexcept { ++seen_.refusals; }
    void write(memory_metrics& to) const noexcept {
        to.peak_used = seen_.peak_used > to.used ? seen_.peak_used : to.used;
        to.peak_held = seen_.peak_held;
        to.upstream_requests = seen_.upstream_requests;
        to.upstream_refused = seen_.upstream_refused;
        to.refusals = seen_.refusals;
        to.frames = seen_.frames;
    }

private:
    struct {
        std::size_t peak_used = 0, peak_held = 0;
        std::uint64_t upstream_requests = 0, upstream_refused = 0, refusals = 0, frames = 0;
    } seen_;
};

/// How many allocations.
struct count {
    static constexpr bool is_event = true;
    void on_allocation(std::size_t) noexcept { ++allocations_; }
    void write(memory_metrics& to) const noexcept { to.allocations = allocations_; }

private:
    std::uint64_t allocations_ = 0;
};

/// How many bytes were asked for, padding not included.
struct requested {
    static constexpr bool is_event = true;
    void on_allocation(std::size_t bytes) noexcept { bytes_ += bytes; }
    void write(memory_metrics& to) const noexcept { to.requested = bytes_; }

private:
    std::uint64_t bytes_ = 0;
};

}  // namespace metric

namespace tracking {

/// Named through `metrics<…>`, which brings its metrics into one order.
template <bool Boundary, bool Count, bool Requested>
class basic_metrics {
    struct none {};
    [[no_unique_address]] std::conditional_t<Boundary, metric::boundary, none> boundary_;
    struct none_either {};
    [[no_unique_address]] std::conditional_t<Count, metric::count, none_either> count_;
    struct nor_this {};
    [[no_unique_address]] std::conditional_t<Requested, metric::requested, nor_this> requested_;

public:
    using axis = tracking::axis;
    static constexpr bool watches_blocks = Boundary, watches_frames = Boundary, watches_refusals = Boundary;
    static constexpr bool counts_allocations = Count || Requested;

    void on_block(const block_event& event) noexcept
        requires Boundary
    {
        boundary_.on_block(event);
    }
    void on_frame(const frame_event& event) noexcept
        requires Boundary
    {
        boundary_.on_frame(event);
    }
    void on_refusal(const alloc_error&) noexcept
        requires Boundary
    {
        boundary_.on_refusal();
    }
    void on_allocation(std::size_t bytes, std::size_t) noexcept
        requires counts_allocations
    {
        if constexpr (Count) count_.on_allocation(bytes);
        if constexpr (Requested) requested_.on_allocation(bytes);
    }
    void write(memory_metrics& to) const noexcept {
        if constexpr (Boundary) boundary_.write(to);
        if constexpr (Count) count_.write(to);
        if constexpr (Requested) requested_.write(to);
    }
};

template <class... Metrics>
using metrics = basic_metrics<(std::is_same_v<Metrics, metric::boundary> || ...), (std::is_same_v<Metrics, metric::count> || ...),
                              (std::is_same_v<Metrics, metric::requested> || ...)>;

using boundary_metrics = metrics<metric::boundary>;

}  // namespace tracking
}  // namespace alloy
