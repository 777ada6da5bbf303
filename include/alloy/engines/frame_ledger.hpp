#pragma once
/// Which bytes of open frames were handed out, to which tag they belong, and what a budget of used bytes allows still.
///
/// Cost: nothing per allocation. Bytes are the difference of two cursors, taken where a tag, a frame or a window changes; a bound is a limit that
/// lies nearer. Where neither tags nor used bytes are asked for, all of this is empty.
/// Invariant: what is attributed to a tag is in the ledger of the lease that asked for it, and goes when that goes.
#include <cstddef>
#include <cstdint>
#include <utility>

#include <alloy/core/lease.hpp>
#include <alloy/engines/attribution.hpp>

namespace alloy::inline ALLOY_ABI {

template <class Policies>
class frame_ledger : public frame_attribution<Policies> {
    using base = frame_attribution<Policies>;
    using tagging_type = typename Policies::tagging_type;

public:
    using base::accounts, base::bounds_used, base::room, base::tag;
    using typename base::account_type;
    /// Whether the window is hidden from the common fast path: under a lock, counted, or guarded, each allocation must be seen.
    static constexpr bool hides =
        Policies::sharing == sharing::under_lock || watches<typename Policies::tracking_type, frame_allocation> || Policies::checking_type::guards;
    /// Bytes of a lease's ledger, which lies in its own memory.
    static constexpr std::size_t size = round_up(tagging_type::count * sizeof(std::size_t), quantum);

    frame_ledger(Policies& policies, account_type& account, arena_base& arena) noexcept : base(policies, account), arena_(arena) {}

    static detail::record& record(lease& l) noexcept { return static_cast<detail::record&>(l); }
    /// The window that a lease works in.
    static window& work(lease& l) noexcept {
        if constexpr (hides)
            return record(l).hidden;
        else
            return l.open_;
    }

    static bool has(lease& l) noexcept { return record(l).ledger != nullptr; }
    bool reserve(lease& l, window& w) noexcept {
        if (has(l)) return true;
        void* at;
        if (!w.bump(size, quantum, at)) return false;
        auto* ledger = static_cast<std::size_t*>(at);
        for (std::size_t i = 0; i < tagging_type::count; ++i) ledger[i] = 0;
        record(l).ledger = ledger;
        w.settled = w.cursor;
        return true;
    }
    /// The tag under which what was taken from this window is attributed: a cursor's is the one that was current when it was opened.
    std::size_t tag_of(lease& l, const window& w) noexcept {
        if constexpr (accounts)
            if (l.lent_ && &w != &work(l)) return record(l).lent_tag;
        return tag();
    }
    void settle(lease& l, window& w, std::size_t of_tag) noexcept {
        const std::size_t bytes = w.unsettled();
        l.used_ += bytes;
        w.settled = w.cursor;
        if constexpr (accounts) {
            if (bytes == 0) return;
            record(l).ledger[of_tag] += bytes;
            this->use(of_tag, bytes);
        }
    }
    void settle_all() noexcept {
        for (lease* l = arena_.innermost; l; l = l->outer_) settle(*l, work(*l), tag());
    }
    void unuse(lease& l) noexcept {
        if (!has(l)) return;
        for (std::size_t i = 0; i < tagging_type::count; ++i)
            if (const std::size_t bytes = std::exchange(record(l).ledger[i], 0)) base::unuse(i, bytes);
    }
    void merge(lease& from, lease& to) noexcept {
        if (!record(from).ledger) return;
        if (!record(to).ledger) {
            record(to).ledger = record(from).ledger;
        } else {
            for (std::size_t i = 0; i < tagging_type::count; ++i) record(to).ledger[i] += record(from).ledger[i];
        }
    }
    /// Moves the limit of the window to what the budget allows; only the arena_.innermost lease may use that without asking.
    void bound(lease& l) noexcept {
        if constexpr (bounds_used) {
            window& w = work(l);
            const std::size_t left = &l == arena_.innermost ? room(tag()) : 0, free = w.end - w.cursor;
            w.limit = w.cursor + (left < free ? left : free);
            if (&l != arena_.innermost) bound(*arena_.innermost);
        }
    }
    std::size_t used_by(lease& l) noexcept { return l.used_ + work(l).unsettled() + l.kept_.unsettled(); }
    std::size_t used_by_all() noexcept {
        std::size_t bytes = 0;
        for (lease* l = arena_.innermost; l; l = l->outer_) bytes += used_by(*l);
        return bytes;
    }

private:
    arena_base& arena_;
};

}  // namespace alloy
