#pragma once
/// Metrics picked one by one: `metrics<metric::boundary, metric::count>`.
///
/// Cost: `boundary` adds no instruction to an allocation, since it looks where frames end and blocks change. The others see each allocation: at most two
/// instructions each through the frame itself, an indirect call through a `frame_ref`; see <alloy/contracts/tracking.hpp> for the pool.
/// Choose `boundary_metrics` for a table in a HUD or log; the others while looking for something.
/// A metric of your own is an observer with a `name` and `write(memory_metrics&) const noexcept`. Invariant: metrics are told in the order of their names, so
/// that one type means one set.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include <alloy/contracts/tracking.hpp>
#include <alloy/core/metrics.hpp>
#include <alloy/tracking/observed.hpp>

namespace alloy {

namespace metric {

/// Peaks, upstream requests, refusals, frames, and what blocks had left at their ends.
struct boundary {
    static constexpr const char* name = "boundary";
    void on(const block_event& event) noexcept {
        if (event.what == block_event::kind::given_back) return;
        if (event.what == block_event::kind::over_budget) return void(++seen_.over_budget);
        ++seen_.upstream_requests;
        if (event.what == block_event::kind::refused) ++seen_.upstream_refused;
        if (event.held > seen_.peak_held) seen_.peak_held = event.held;
    }
    void on(const rest_event& event) noexcept { seen_.block_rests += event.bytes; }
    void on(const frame_event& event) noexcept {
        if (event.used > seen_.peak_used_in_frames) seen_.peak_used_in_frames = event.used;
        seen_.frames += event.outermost && event.what == frame_event::kind::closed;
    }
    void on(const alloc_error&) noexcept { ++seen_.refusals; }
    void write(memory_metrics& to) const noexcept {
        to.peak_used_in_frames = seen_.peak_used_in_frames;
        to.peak_held = seen_.peak_held;
        to.upstream_requests = seen_.upstream_requests;
        to.upstream_refused = seen_.upstream_refused;
        to.over_budget = seen_.over_budget;
        to.refusals = seen_.refusals;
        to.frames = seen_.frames;
        to.block_rests = seen_.block_rests;
    }

private:
    struct {
        std::size_t peak_used_in_frames = 0, peak_held = 0;
        std::uint64_t upstream_requests = 0, upstream_refused = 0, over_budget = 0, refusals = 0, frames = 0, block_rests = 0;
    } seen_;
};

/// How many allocations; an object that is resized where it lies is none, here and in what follows.
struct count {
    static constexpr const char* name = "count";
    void on(const frame_allocation&) noexcept { ++allocations_; }
    void on(const object_made& event) noexcept { allocations_ += !event.is_resize; }
    void on(const transfer_event& event) noexcept { allocations_ += event.what == transfer_event::kind::made; }
    void write(memory_metrics& to) const noexcept { to.allocations = allocations_; }

private:
    std::uint64_t allocations_ = 0;
};

/// How many bytes were asked for, padding not included.
struct requested {
    static constexpr const char* name = "requested";
    void on(const frame_allocation& event) noexcept { bytes_ += event.bytes; }
    void on(const object_made& event) noexcept { bytes_ += event.is_resize ? 0 : event.bytes; }
    void on(const transfer_event& event) noexcept { bytes_ += event.what == transfer_event::kind::made ? event.bytes : 0; }
    void write(memory_metrics& to) const noexcept { to.requested = bytes_; }

private:
    std::uint64_t bytes_ = 0;
};

/// How many bytes lie unused beside what was asked for: alignment and rounding in frames, the rest of their slots for objects of the pool.
struct padding {
    static constexpr const char* name = "padding";
    void on(const frame_allocation& event) noexcept { bytes_ += event.padding; }
    void on(const object_made& event) noexcept { bytes_ += event.is_resize ? 0 : event.padding; }
    void write(memory_metrics& to) const noexcept { to.padding = bytes_; }

private:
    std::uint64_t bytes_ = 0;
};

/// How many were asked of which size, by powers of two.
struct sizes {
    static constexpr const char* name = "sizes";
    void on(const frame_allocation& event) noexcept { add(event.bytes); }
    void on(const object_made& event) noexcept {
        if (!event.is_resize) add(event.bytes);
    }
    void on(const transfer_event& event) noexcept {
        if (event.what == transfer_event::kind::made) add(event.bytes);
    }
    void write(memory_metrics& to) const noexcept { to.sizes = seen_; }

private:
    [[gnu::always_inline]] void add(std::size_t bytes) noexcept { ++seen_.count[size_histogram::index(bytes)]; }
    size_histogram seen_;
};

/// How many objects of pool and heap are alive, were at most, and were freed.
struct live {
    static constexpr const char* name = "live";
    void on(const object_made& event) noexcept {
        if (!event.is_resize && ++live_ > peak_) peak_ = live_;
    }
    void on(const object_freed& event) noexcept {
        live_ -= !event.is_resize;
        freed_ += !event.is_resize;
    }
    void write(memory_metrics& to) const noexcept {
        to.live = live_;
        to.peak_live = peak_;
        to.freed = freed_;
    }

private:
    std::uint64_t live_ = 0, peak_ = 0, freed_ = 0;
};

}  // namespace metric

namespace tracking {
namespace detail {
template <class A, class B>
using named_before = std::bool_constant<(std::string_view{A::name} < std::string_view{B::name})>;
}  // namespace detail

template <class... Ms>
using metrics = boost::mp11::mp_rename<boost::mp11::mp_sort<boost::mp11::mp_unique<boost::mp11::mp_list<Ms...>>, detail::named_before>, observed>;

using boundary_metrics = metrics<metric::boundary>;

}  // namespace tracking
}  // namespace alloy
