#pragma once
/// Where an engine's blocks come from and go back to: growth says how large, the budget how much, upstream gives, the fallback
/// helps out, tracking is told. Every path that fails leaves all of them as they were.
#include <cstddef>

#include <alloy/core/block.hpp>
#include <alloy/core/error.hpp>
#include <alloy/core/lease.hpp>
#include <alloy/engines/policy_set.hpp>

namespace alloy::inline ALLOY_ABI {

/// Of the bytes held, those that the fallback provided: growth does not count them.
template <bool Needed>
struct provided_bytes {
    std::size_t bytes = 0;
};
template <>
struct provided_bytes<false> {
    static constexpr std::size_t bytes = 0;
};

template <class Policies>
class block_source {
    using budget_type = typename Policies::budget_type;
    using fallback_type = typename Policies::fallback_type;
    using growth_type = typename Policies::growth_type;
    using tracking_type = typename Policies::tracking_type;
    using upstream_type = typename Policies::upstream_type;
    using shared = holding<Policies::sharing == sharing::engine_per_thread, typename Policies::threading_type>;

public:
    using provided_type = provided_bytes<fallback_type::provides>;
    block_source(Policies& policies, arena_base& arena, provided_type& provided) noexcept : policies_(policies), arena_(arena), provided_(provided) {}

    /// A block in which `bytes` so aligned fit: an idle one, or a new one, which for a side request is as small as a first block. Null with the
    /// reason in `error`.
    block* take(std::size_t bytes, std::size_t alignment, bool is_side, std::size_t elsewhere, alloc_error& error) noexcept {
        if (block* idle = arena_.spare.take_smallest_if([&](const block& b) { return b.fits(bytes, alignment); })) return idle;
        const std::size_t needed = block_bytes(bytes, alignment);
        if (needed > max_bytes) return refuse(error, refusal::too_large, bytes, max_bytes);
        const shared lock(policies_.threading);
        std::size_t grown = policies_.growth.next(arena_.held - provided_.bytes - elsewhere, needed);
        if (grown < needed) return help(needed, refusal::growth, error);
        if (is_side) {
            const std::size_t first = policies_.growth.next(0, needed);
            if (first >= needed && first < grown) grown = first;
        }
        std::size_t idle = 0;  // all of it too small; where together it is more than the new block, frames have outgrown it
        for (const block* b = arena_.spare.front(); b; b = b->next) idle += b->origin == block_origin::upstream ? b->bytes : 0;
        if (idle > grown) drop_idle(0);
        const auto upstream = [this](std::size_t n) { return from_upstream(n); };
        const std::size_t least = whole(needed), wanted = whole(grown);
        if (block* b = charged(least, wanted, error, upstream, block_origin::upstream)) return b;
        if (error.reason != refusal::upstream) return nullptr;
        if (wanted > least)  // less may still be there
            if (block* b = charged(least, least, error, upstream, block_origin::upstream)) return b;
        return help(needed, refusal::upstream, error);
    }

    /// Gives a block back to where it came from.
    void give_back(block* b) noexcept {
        const shared lock(policies_.threading);
        hand_back(b);
    }

    /// Gives idle blocks back until no more than `keep` bytes are held; memory in place stays.
    void give_idle_back(std::size_t keep) noexcept {
        const shared lock(policies_.threading);
        drop_idle(keep);
    }

private:
    static block* refuse(alloc_error& error, refusal reason, std::size_t asked, std::size_t left) noexcept {
        error = {reason, Policies::tagging_type::name(0), asked, left};
        return nullptr;
    }
    /// What upstream gives comes in whole units, and is charged so.
    static constexpr std::size_t unit = upstream_type::granularity > alignof(block) ? upstream_type::granularity : alignof(block);
    static constexpr std::size_t whole(std::size_t bytes) noexcept {
        return bytes > max_bytes - unit ? bytes : round_up(bytes, unit);
    }
    void* from_upstream(std::size_t bytes) noexcept {
        if constexpr (!upstream_type::gives)
            return nullptr;
        else if constexpr (growth_type::reserves)
            return policies_.upstream.reserve(bytes);
        else
            return policies_.upstream.allocate(bytes, alignof(block));
    }
    /// Memory that the budget allows and from(bytes) gives. Idle blocks are given back before anything is refused.
    template <class From>
    block* charged(std::size_t needed, std::size_t wanted, alloc_error& error, From from, block_origin origin) noexcept {
        for (;;) {
            std::size_t granted = wanted;
            if constexpr (budget_type::bounds_held) {
                const std::size_t grant = policies_.budget.grant(needed, wanted);
                granted = round_down(grant, origin == block_origin::upstream ? unit : alignof(block));
                if (granted < grant) policies_.budget.give_back(grant - granted);
                if (granted < needed) {
                    if (drop_idle(0)) continue;
                    return refuse(error, refusal::budget, needed, policies_.budget.left());
                }
            }
            if (void* at = from(granted)) {
                arena_.held += granted;
                if constexpr (fallback_type::provides)
                    if (origin == block_origin::fallback) provided_.bytes += granted;
                tell(block_event::kind::taken, granted);
                block* b = ::new (at) block{nullptr, granted, origin};
                detail::poison(b->begin(), b->end());
                return b;
            }
            if constexpr (budget_type::bounds_held) policies_.budget.give_back(granted);
            tell(block_event::kind::refused, granted);
            if (drop_idle(0)) continue;
            return refuse(error, refusal::upstream, needed, 0);
        }
    }
    void hand_back(block* b) noexcept {
        const std::size_t bytes = b->bytes;
        detail::unpoison(b->begin(), bytes - sizeof(block));
        if (b->origin == block_origin::in_place) return;
        if (b->origin == block_origin::upstream) {
            if constexpr (upstream_type::gives) policies_.upstream.deallocate(b, bytes, alignof(block));
        } else {
            if constexpr (fallback_type::provides) {
                policies_.fallback.take_back(b, bytes, alignof(block));
                provided_.bytes -= bytes;
            }
        }
        arena_.held -= bytes;
        if constexpr (budget_type::bounds_held) policies_.budget.give_back(bytes);
        tell(block_event::kind::given_back, bytes);
    }
    /// Whether any block went.
    bool drop_idle(std::size_t keep) noexcept {
        bool any = false;
        while (arena_.held > keep) {
            block* b = arena_.spare.take_if([](const block& idle) { return idle.origin != block_origin::in_place; });
            if (!b) break;
            hand_back(b);
            any = true;
        }
        return any;
    }
    block* help(std::size_t needed, refusal why, alloc_error& error) noexcept {
        if constexpr (fallback_type::provides) {
            alloc_error second;
            block* b = charged(needed, needed, second, [&](std::size_t n) { return policies_.fallback.provide(n, alignof(block)); },
                               block_origin::fallback);
            if (b) return b;
            if (second.reason == refusal::budget) {
                error = second;
                return nullptr;
            }
        }
        return refuse(error, why, needed, 0);
    }
    void tell(block_event::kind what, std::size_t bytes) noexcept {
        if constexpr (tracking_type::watches_blocks) policies_.tracking.on_block(block_event{what, bytes, arena_.held});
    }

    Policies& policies_;
    arena_base& arena_;
    provided_type& provided_;
};

}  // namespace alloy
