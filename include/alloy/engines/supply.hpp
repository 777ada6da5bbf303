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

/// `Engines` knows all engines of the allocator: `reclaim()` gives idle memory back and says whether any went, `held()` counts all, `count(bytes, blocks)`
/// is told what changes; `payer()` is the cache that it is charged to, where budgets are kept per
/// thread; null where it is charged to nobody.
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
        for ([[maybe_unused]] unsigned races = 0;;) {
            asked.granted = asked.most;
            if constexpr (budget_type::bounds_held) {
                const std::size_t grant = charged(asked.least, asked.most);
                asked.granted = round_down(grant, asked.unit);
                if (asked.granted < grant) release(grant - asked.granted);
                if (asked.granted < asked.least) {
                    if (asked.granted > 0) release(asked.granted);
                    if (engines_.reclaim()) continue;
                    const held_bound met = bound();
                    if (detail::is_shared_budget<budget_type> && grant == 0 && met.left >= asked.least && ++races < most_races) continue;  // another allocator gave back meanwhile
                    tell(block_event::kind::over_budget, asked.least);
                    return refuse(error, refusal::budget, asked.least, met.left, met.whose);
                }
            }
            if (void* at = aligned(from(asked.granted), asked)) {
                held_ += asked.granted;
                engines_.count(asked.granted, 1);
                changed(block_event::kind::taken, asked.granted);
                return at;
            }
            release(asked.granted);
            tell(block_event::kind::refused, asked.granted);
            if (engines_.reclaim()) continue;
            return refuse(error, refusal::upstream, asked.least, 0);
        }
    }
    /// The most, or else the least; from upstream, or else from what the fallback has of its own.
    void* take(supply_request& asked, alloc_error& error) noexcept {
        if (void* at = take_from_upstream(asked, error)) return at;
        if (error.reason != refusal::upstream) return nullptr;
        return help(asked, error);
    }
    /// The same from upstream alone.
    void* take_from_upstream(supply_request& asked, alloc_error& error) noexcept {
        const auto upstream = [&](std::size_t n) -> void* {
            if constexpr (upstream_type::gives)
                return policies_.upstream.allocate(n, asked.alignment);
            else
                return nullptr;
        };
        if (void* at = take(asked, error, upstream)) return at;
        if (error.reason != refusal::upstream) return nullptr;
        if (asked.most == asked.least) return nullptr;
        asked.most = asked.least;
        return take(asked, error, upstream);
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
            while (charged(bytes, bytes) != bytes)
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
        engines_.count(0 - bytes, static_cast<std::size_t>(-1));
        release(bytes);
        changed(block_event::kind::given_back, bytes);
    }
    /// Memory that was charged as the larger of both has another size now.
    void resized(std::size_t before, std::size_t now) noexcept {
        held_ += now - before;
        engines_.count(now - before, 0);
        if (now < before) release(before - now);
        changed(now > before ? block_event::kind::taken : block_event::kind::given_back, now > before ? now - before : before - now);
    }
    /// Whom this is charged to.
    void* payer() noexcept { return engines_.payer(); }
    /// Takes a charge back.
    void release([[maybe_unused]] std::size_t bytes) noexcept {
        if constexpr (budget_account<budget_type>::is_split) {
            if (auto* const thread = engines_.payer()) policies_.budget.give_back(thread->account, bytes);
        } else if constexpr (budget_type::bounds_held)
            policies_.budget.give_back(bytes);
    }
    void tell([[maybe_unused]] block_event::kind what, [[maybe_unused]] std::size_t bytes) noexcept {
        if constexpr (watches<typename Policies::tracking_type, block_event>) policies_.tracking.on(block_event{what, bytes, engines_.held()});
    }

    /// An object for another thread has come home, in so many bytes.
    void tell_ended([[maybe_unused]] const void* message, [[maybe_unused]] std::size_t bytes) noexcept {
        if constexpr (watches<typename Policies::tracking_type, transfer_event>)
            policies_.tracking.on(transfer_event{transfer_event::kind::ended, message, bytes, 0});
    }

private:
    static constexpr unsigned most_races = 100;  // with other allocators that give back to a shared budget when this one has been refused

    void changed(block_event::kind what, std::size_t bytes) noexcept {
        if constexpr (detail::watches_held<budget_type>) policies_.budget.on_held(engines_.held());
        tell(what, bytes);
    }
    std::size_t charged(std::size_t least, std::size_t most) noexcept {
        if constexpr (budget_account<budget_type>::is_split) {
            auto* const thread = engines_.payer();
            return thread ? policies_.budget.grant(thread->account, least, most) : most;
        } else
            return policies_.budget.grant(least, most);
    }
    held_bound bound() noexcept {
        if constexpr (detail::is_shared_budget<budget_type>)
            return policies_.budget.tightest();
        else if constexpr (budget_account<budget_type>::is_split)
            return {nullptr, policies_.budget.left(engines_.payer()->account)};
        else
            return {nullptr, policies_.budget.left()};
    }
    static void* refuse(alloc_error& error, refusal reason, std::size_t asked, std::size_t left, const char* whose = nullptr) noexcept {
        error = {reason, whose ? whose : Policies::tagging_type::name(0), asked, left};
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

/// The same for what lies outside the allocator's engines: takes the lock of what threads share, where that is not held, and, where so asked, nothing of the
/// fallback's.
template <class Supply, class Threading, bool Locks, bool FromUpstream = false>
class supply_apart {
    using guard = holding<Locks, Threading>;

public:
    static constexpr std::size_t unit = Supply::unit;
    supply_apart(Supply supply, Threading& threading) noexcept : supply_(supply), threading_(threading) {}
    void* take(supply_request& asked, alloc_error& error) noexcept {
        const guard lock(threading_);
        if constexpr (FromUpstream)
            return supply_.take_from_upstream(asked, error);
        else
            return supply_.take(asked, error);
    }
    void give_back(void* at, std::size_t bytes, std::size_t alignment, block_origin origin) noexcept {
        const guard lock(threading_);
        supply_.give_back(at, bytes, alignment, origin);
    }
    void tell_ended(const void* message, std::size_t bytes) noexcept {
        const guard lock(threading_);
        supply_.tell_ended(message, bytes);
    }

private:
    Supply supply_;
    Threading& threading_;
};

}  // namespace alloy
