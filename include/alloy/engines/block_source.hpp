#pragma once
/// Where an engine's blocks come from and go back to: growth says how large, the budget how much, upstream gives, the fallback
/// helps out, tracking is told. Every path that fails leaves all of them as they were.
#include <cstddef>
#include <utility>

#include <alloy/core/block.hpp>
#include <alloy/core/error.hpp>
#include <alloy/core/lease.hpp>
#include <alloy/engines/supply.hpp>

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

template <class Engines>
class block_source {
    using policies_type = typename Engines::policies_type;
    using fallback_type = typename policies_type::fallback_type;
    using growth_type = typename policies_type::growth_type;
    using checking_type = typename policies_type::checking_type;
    using upstream_type = typename policies_type::upstream_type;
    using shared = holding<policies_type::sharing == sharing::engine_per_thread, typename policies_type::threading_type>;
    using supply_type = supply<policies_type, Engines>;

public:
    using provided_type = provided_bytes<fallback_type::provides>;
    block_source(Engines engines, arena_base& arena, provided_type& provided) noexcept : policies_(engines.policies()), engines_(engines), arena_(arena), provided_(provided) {}

    /// A block in which `bytes` so aligned fit: an idle one, or a new one, which for a side request is as small as a first block. Null with the
    /// reason in `error`.
    block* take(std::size_t bytes, std::size_t alignment, bool is_side, std::size_t elsewhere, alloc_error& error) noexcept {
        if (block* idle = arena_.spare.take_smallest_if([&](const block& b) { return b.fits(bytes, alignment); })) return reused(idle);
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
        const std::size_t least = supply_type::whole(needed), wanted = supply_type::whole(grown);
        if (block* b = from_upstream(least, wanted, error)) return b;
        if (error.reason != refusal::upstream) return nullptr;
        if (wanted > least)  // less may still be there
            if (block* b = from_upstream(least, least, error)) return b;
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
    /// The same, where the lock is held. Whether any block went.
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

    /// Marks what a block's user had of it as free; an idle block that is used again was not written meanwhile.
    void mark_free(block* b, std::uintptr_t used_to) noexcept {
        if constexpr (checking_type::poisons && !ALLOY_DETAIL_ASAN) {
            b->marked = used_to - b->begin();
            policies_.checking.on_free(pointer(b->begin()), b->marked);
        }
        detail::poison(b->begin(), used_to);
    }
    block* reused(block* b) noexcept {
        if constexpr (checking_type::poisons && !ALLOY_DETAIL_ASAN)
            if (b && b->marked != 0) policies_.checking.on_reuse(pointer(b->begin()), std::exchange(b->marked, 0), policies_type::tagging_type::name(0));
        return b;
    }

private:
    static block* refuse(alloc_error& error, refusal reason, std::size_t asked, std::size_t left) noexcept {
        error = {reason, policies_type::tagging_type::name(0), asked, left};
        return nullptr;
    }
    supply_type source() noexcept { return {policies_, engines_, arena_.held}; }
    static block* made(void* at, std::size_t bytes, block_origin origin) noexcept {
        if (!at) return nullptr;
        block* b = ::new (at) block{nullptr, bytes, origin};
        detail::poison(b->begin(), b->end());
        return b;
    }
    block* from_upstream(std::size_t least, std::size_t most, alloc_error& error) noexcept {
        supply_request asked{least, most, alignof(block), supply_type::unit};
        void* const at = source().take(asked, error, [this](std::size_t bytes) -> void* {
            static_cast<void>(this);  // which clang warns of where upstream gives nothing
            if constexpr (!upstream_type::gives)
                return nullptr;
            else if constexpr (growth_type::reserves)
                return policies_.upstream.reserve(bytes);
            else
                return policies_.upstream.allocate(bytes, alignof(block));
        });
        return made(at, asked.granted, block_origin::upstream);
    }
    block* help(std::size_t needed, refusal why, alloc_error& error) noexcept {
        refuse(error, why, needed, 0);
        supply_request asked{needed, needed, alignof(block), alignof(block), block_origin::fallback};
        void* at = nullptr;
        if constexpr (fallback_type::provides) {
            at = source().help(asked, error);
            if (at) provided_.bytes += asked.granted;
        } else if constexpr (fallback_type::asks_heap) {
            alloc_error second;
            asked.granted = needed;
            at = engines_.heap_gives(needed, second);
            if (!at && second.reason == refusal::budget) error = second;
        }
        return made(at, asked.granted, block_origin::fallback);
    }
    void hand_back(block* b) noexcept {
        const std::size_t bytes = b->bytes;
        const block_origin origin = b->origin;
        reused(b);
        detail::unpoison(b->begin(), bytes - sizeof(block));
        if (origin == block_origin::in_place) return;
        if constexpr (fallback_type::asks_heap)
            if (origin == block_origin::fallback) return engines_.heap_takes_back(b);
        if constexpr (fallback_type::provides)
            if (origin == block_origin::fallback) provided_.bytes -= bytes;
        source().give_back(b, bytes, alignof(block), origin);
    }

    policies_type& policies_;
    Engines engines_;
    arena_base& arena_;
    provided_type& provided_;
};

}  // namespace alloy
