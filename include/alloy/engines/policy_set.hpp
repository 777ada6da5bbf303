#pragma once
/// The policies of one allocator, side by side; those without state take no byte. What engines share: budget, upstream, tracking.
#include <alloy/contracts/budget.hpp>
#include <alloy/contracts/checking.hpp>
#include <alloy/contracts/fallback.hpp>
#include <alloy/contracts/growth.hpp>
#include <alloy/contracts/retention.hpp>
#include <alloy/contracts/tagging.hpp>
#include <alloy/contracts/threading.hpp>
#include <alloy/contracts/tracking.hpp>
#include <alloy/contracts/upstream.hpp>

namespace alloy {

template <threading_policy Threading, growth_policy Growth, tagging_policy Tagging, budget_policy Budget, retention_policy Retention,
          fallback_policy Fallback, upstream_policy Upstream, tracking_policy Tracking, checking_policy Checking>
struct policy_set {
    using threading_type = Threading;
    using growth_type = Growth;
    using tagging_type = Tagging;
    using budget_type = Budget;
    using retention_type = Retention;
    using fallback_type = Fallback;
    using upstream_type = Upstream;
    using tracking_type = Tracking;
    using checking_type = Checking;

    static constexpr alloy::sharing sharing = Threading::sharing;

    constexpr policy_set() = default;
    /// Each policy is what pick(axis*) returns; a threading policy has no settings, and a lock does not move.
    template <class Pick>
    constexpr explicit policy_set(const Pick& pick)
        : growth(pick(static_cast<typename Growth::axis*>(nullptr))),
          tagging(pick(static_cast<typename Tagging::axis*>(nullptr))),
          budget(pick(static_cast<typename Budget::axis*>(nullptr))),
          retention(pick(static_cast<typename Retention::axis*>(nullptr))),
          fallback(pick(static_cast<typename Fallback::axis*>(nullptr))),
          upstream(pick(static_cast<typename Upstream::axis*>(nullptr))),
          tracking(pick(static_cast<typename Tracking::axis*>(nullptr))),
          checking(pick(static_cast<typename Checking::axis*>(nullptr))) {}
    policy_set(const policy_set&) = delete;
    policy_set& operator=(const policy_set&) = delete;

    [[no_unique_address]] Threading threading{};
    [[no_unique_address]] Growth growth{};
    [[no_unique_address]] Tagging tagging{};
    [[no_unique_address]] Budget budget{};
    [[no_unique_address]] Retention retention{};
    [[no_unique_address]] Fallback fallback{};
    [[no_unique_address]] Upstream upstream{};
    [[no_unique_address]] Tracking tracking{};
    [[no_unique_address]] Checking checking{};
};

/// Holds the threading policy's lock for a scope, where Needed; nothing otherwise.
template <bool Needed, class Threading>
class [[nodiscard]] holding {
public:
    explicit holding(Threading& threading) noexcept : threading_(threading) {
        if constexpr (Needed) threading_.lock();
    }
    holding(const holding&) = delete;
    ~holding() {
        if constexpr (Needed) threading_.unlock();
    }

private:
    Threading& threading_;
};

}  // namespace alloy
