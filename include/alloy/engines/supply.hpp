#pragma once
/// Memory from upstream or the fallback, for every engine: charged before it is asked for, told to tracking, given back with exactly what was
/// asked. Every path that fails leaves all of them as they were.
#include <cstddef>

#include <alloy/core/block.hpp>
#include <alloy/core/error.hpp>
#include <alloy/core/layout.hpp>
#include <alloy/engines/policy_set.hpp>

namespace alloy::inline ALLOY_ABI {

/// One request: between `least` and `most` bytes, in whole `unit`s. `granted` says how many it became.
struct supply_request {
    std::size_t least, most, alignment, unit;
    block_origin origin = block_origin::upstream;
    std::size_t granted = 0;
};

/// `Engines` knows all engines of the allocator: `reclaim()` gives idle memory back and says whether any went, `held()` counts all.
template <class Policies, class Engines>
class supply {
    using budget_type = typename Policies::budget_type;
    using checking_type = typename Policies::checking_type;
    using fallback_type = typename Policies::fallback_type;
    using upstream_type = typename Policies::upstream_type;

public:
    /// What upstream gives comes in whole units, and is charged so.
    static constexpr std::size_t unit = upstream_type::granularity > alignof(block) ? upstream_type::granularity : alignof(block);
    static constexpr std::size_t whole(std::size_t bytes) noexcept { return bytes > max_bytes - unit ? bytes : round_up(bytes, unit); }

    supply(Policies& policies, Engines engines, std::size_t& held) noexcept : policies_(policies), engines_(engines), held_(held) {}

    /// Memory that the budget allows and from(bytes) gives; null with the reason in `error`. Idle memory goes back before anything is refused.
    template <class From>
    void* take(supply_request& asked, alloc_error& error, From from) noexcept {
        for (;;) {
            asked.granted = asked.most;
            if constexpr (budget_type::bounds_held) {
                const std::size_t grant = policies_.budget.grant(asked.least, asked.most);
                asked.granted = round_down(grant, asked.unit);
                if (asked.granted < grant) policies_.budget.give_back(grant - asked.granted);
                if (asked.granted < asked.least) {
                    if (asked.granted > 0) policies_.budget.give_back(asked.granted);
                    if (engines_.reclaim()) continue;
                    return refuse(error, refusal::budget, asked.least, policies_.budget.left());
                }
            }
            if (void* at = aligned(from(asked.granted), asked)) {
                held_ += asked.granted;
                tell(block_event::kind::taken, asked.granted);
                return at;
            }
            if constexpr (budget_type::bounds_held) policies_.budget.give_back(asked.granted);
            tell(block_event::kind::refused, asked.granted);
            if (engines_.reclaim()) continue;
            return refuse(error, refusal::upstream, asked.least, 0);
        }
    }
    /// The most, or else the least; from upstream, or else from what the fallback has of its own.
    void* take(supply_request& asked, alloc_error& error) noexcept {
        const auto upstream = [&](std::size_t n) -> void* {
            if constexpr (upstream_type::gives)
                return policies_.upstream.allocate(n, asked.alignment);
            else
                return nullptr;
        };
        if (void* at = take(asked, error, upstream)) return at;
        if (error.reason != refusal::upstream) return nullptr;
        if (asked.most > asked.least) {
            asked.most = asked.least;
            if (void* at = take(asked, error, upstream)) return at;
            if (error.reason != refusal::upstream) return nullptr;
        }
        return help(asked, error);
    }
    void* help([[maybe_unused]] supply_request& asked, [[maybe_unused]] alloc_error& error) noexcept {
        if constexpr (fallback_type::provides) {
            asked.most = asked.least;
            asked.origin = block_origin::fallback;
            alloc_error second;
            if (void* at = take(asked, second, [&](std::size_t n) { return policies_.fallback.provide(n, asked.alignment); })) return at;
            if (second.reason == refusal::budget) error = second;
        }
        return nullptr;
    }

    /// Charges for memory that grows where it stands, as take() does for new memory.
    bool charge([[maybe_unused]] std::size_t bytes) noexcept {
        if constexpr (budget_type::bounds_held)
            while (policies_.budget.grant(bytes, bytes) != bytes)
                if (!engines_.reclaim()) return false;
        return true;
    }
    void give_back(void* at, std::size_t bytes, std::size_t alignment, block_origin origin) noexcept {
        if (origin == block_origin::upstream) {
            if constexpr (upstream_type::gives) policies_.upstream.deallocate(at, bytes, alignment);
        } else {
            if constexpr (fallback_type::provides) policies_.fallback.take_back(at, bytes, alignment);
        }
        held_ -= bytes;
        if constexpr (budget_type::bounds_held) policies_.budget.give_back(bytes);
        tell(block_event::kind::given_back, bytes);
    }
    void tell([[maybe_unused]] block_event::kind what, [[maybe_unused]] std::size_t bytes) noexcept {
        if constexpr (Policies::tracking_type::watches_blocks) policies_.tracking.on_block(block_event{what, bytes, engines_.held()});
    }

private:
    static void* refuse(alloc_error& error, refusal reason, std::size_t asked, std::size_t left) noexcept {
        error = {reason, Policies::tagging_type::name(0), asked, left};
        return nullptr;
    }
    /// Memory that is not aligned as asked goes back, and counts as none.
    void* aligned(void* at, const supply_request& asked) noexcept {
        if (padding(address(at), asked.alignment) == 0) [[likely]] return at;
        if constexpr (checking_type::reports)
            policies_.checking.on_fault(misuse{misuse_kind::bad_upstream, "upstream gave memory that is not aligned as it was asked", "mend the upstream policy, or the fallback that provides",
                                               Policies::tagging_type::name(0), at, asked.granted, asked.alignment});
        if (asked.origin == block_origin::upstream) {
            if constexpr (upstream_type::gives) policies_.upstream.deallocate(at, asked.granted, asked.alignment);
        } else {
            if constexpr (fallback_type::provides) policies_.fallback.take_back(at, asked.granted, asked.alignment);
        }
        return nullptr;
    }

    Policies& policies_;
    Engines engines_;
    std::size_t& held_;
};

}  // namespace alloy
