#pragma once
/// Whether the owner of some memory is at work with it. While it is not, another may take what lies idle there.
///
/// Cost: one compare-and-exchange where the owner begins, a store where it ends.
/// Invariant: at any time at most one of the owner and a visitor is there.
#include <sched.h>

#include <alloy/core/atomic.hpp>

namespace alloy::inline ALLOY_ABI {

template <bool Needed, class Memory = detail::machine>
class presence {
    enum state : unsigned char { away, at_work, visited };
    using order = detail::order;

public:
    constexpr presence() noexcept = default;

    /// The owner begins, if it has not yet; it waits for a visitor, who is gone after a few calls of upstream. Order: acquire, so that it sees what the
    /// visitor has taken.
    void begin() noexcept {
        if (is_here_) return;
        for (state seen = away; !state_.compare_exchange(seen, at_work, order::acquire, order::relaxed); seen = away) sched_yield();
        is_here_ = true;
    }
    /// Order: release, so that a visitor sees what the owner leaves.
    void end() noexcept {
        if (!is_here_) return;
        is_here_ = false;
        state_.store(away, order::release);
    }
    /// Whether the owner is away; then it stays away until leave(). Orders: as those of begin and end.
    bool visit() noexcept {
        state seen = away;
        return state_.compare_exchange(seen, visited, order::acquire, order::relaxed);
    }
    void leave() noexcept { state_.store(away, order::release); }

private:
    typename Memory::template atomic<state> state_{away};
    bool is_here_ = false;  // the owner's own
};

/// Where nobody visits.
template <class Memory>
class presence<false, Memory> {
public:
    static constexpr void begin() noexcept {}
    static constexpr void end() noexcept {}
};

}  // namespace alloy
