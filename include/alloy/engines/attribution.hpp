#pragma once
/// To which tag used bytes belong, and what a budget of used bytes allows it still. Empty where neither is asked for.
///
/// Bytes of frames are settled with the account of the engine that they lie in, bytes of objects with the central one. Where engines are apart, an
/// engine draws room from the central account when it has none, more than it needs, and gives back at the end of a frame what it did not use: so
/// bounds are never exceeded, and a thread that is in a frame may hold room back that another would need.
#include <cstddef>
#include <cstdint>

#include <alloy/core/error.hpp>
#include <alloy/core/layout.hpp>
#include <alloy/engines/policy_set.hpp>

namespace alloy::inline ALLOY_ABI {

template <class Policies>
class attribution {
    using budget_type = typename Policies::budget_type;
    using tagging_type = typename Policies::tagging_type;
    static constexpr bool is_apart = Policies::sharing == sharing::engine_per_thread;

public:
    using account_type = typename Policies::thread_account;
    static constexpr bool bounds_used = budget_type::bounds_used;
    /// Whether used bytes are attributed to tags where those change.
    static constexpr bool accounts = tagging_type::switches || bounds_used;

    explicit attribution(Policies& policies) noexcept : policies_(policies) {}

    [[gnu::always_inline]] std::size_t tag() const noexcept { return policies_.tag_now.get(); }
    const char* whose() const noexcept { return tagging_type::name(tag()); }

    // Objects of pool and heap; the lock is held ---------------------------------------------------------------------------------------

    /// Whether the bounds allow a slot of the pool under the tag, which is counted then. One subtraction and a test, where credit is left.
    [[gnu::always_inline]] bool spend(std::size_t of_tag, std::size_t slot) const noexcept {
        if constexpr (bounds_objects<budget_type>)
            if (policies_.central.tags.credit(of_tag) < slot) [[unlikely]]
                return false;
        policies_.central.tags.add(part_of_use::pool, of_tag, slot);
        return true;
    }
    /// The same, with credit drawn where there is none; else `error` says which bound does not allow it. Frames have been settled.
    bool draw_and_spend(std::size_t of_tag, std::size_t slot, [[maybe_unused]] alloc_error& error) const noexcept {
        if constexpr (bounds_objects<budget_type>)
            if (const std::size_t credit = policies_.central.tags.credit(of_tag); credit < slot) {
                const std::size_t least = slot - credit;
                std::size_t more = room_for_objects(of_tag) / parts;
                if (more > most_credit) more = most_credit;
                if (more < least || !take(of_tag, more, error)) {
                    more = least;
                    if (!take(of_tag, least, error) && !(return_credit(of_tag) && take(of_tag, least, error))) return false;
                }
                policies_.central.tags.draw(of_tag, more);
            }
        policies_.central.tags.add(part_of_use::pool, of_tag, slot);
        return true;
    }
    void unspend(std::size_t of_tag, std::size_t slot) const noexcept { policies_.central.tags.subtract(part_of_use::pool, of_tag, slot); }

    /// The same for an allocation of the heap.
    bool charge(std::size_t of_tag, std::size_t bytes, [[maybe_unused]] alloc_error& error) const noexcept {
        if constexpr (bounds_objects<budget_type>)
            if (!take(of_tag, bytes, error) && !(return_credit() && take(of_tag, bytes, error))) return false;
        policies_.central.tags.add(part_of_use::heap, of_tag, bytes);
        return true;
    }
    void release(std::size_t of_tag, std::size_t bytes) const noexcept {
        give(of_tag, bytes);
        policies_.central.tags.subtract(part_of_use::heap, of_tag, bytes);
    }

    /// Gives credit of all tags, but for one, back to the bounds. Whether there was any.
    bool return_credit(std::size_t but_of = SIZE_MAX) const noexcept {
        bool any = false;
        if constexpr (bounds_objects<budget_type>)
            for (std::size_t t = 0; t < tagging_type::count; ++t)
                if (const std::size_t credit = policies_.central.tags.credit(t); credit > 0 && t != but_of) {
                    policies_.central.tags.draw(t, 0 - credit);
                    give(t, credit);
                    any = true;
                }
        return any;
    }
    /// Bytes that objects under a tag of the bound have for credit.
    std::size_t credit_under(std::size_t bound) const noexcept {
        std::size_t sum = 0;
        if constexpr (bounds_objects<budget_type>)
            for (std::size_t t = 0; t < tagging_type::count; ++t)
                if (bounds_of(t, false) >> bound & 1) sum += policies_.central.tags.credit(t);
        return sum;
    }

protected:
    static std::uint64_t bounds_of(std::size_t of_tag, bool in_frames) noexcept {
        static constexpr detail::bounds_by_tag<tagging_type, budget_type> table{};
        const std::size_t row = table.tags > 1 ? of_tag : 0;
        return in_frames ? table.in_frames[row] : table.of_objects[row];
    }
    static alloc_error refused_by(std::size_t bound, std::size_t of_tag, std::size_t asked, std::size_t left) noexcept {
        const used_bound& b = budget_type::bounds[bound];
        return {b.frames_alone ? refusal::frame_budget : refusal::budget, *b.tag ? b.tag : tagging_type::name(of_tag), asked, left};
    }

    static constexpr std::size_t parts = 8;  ///< of what is left, one is drawn at a time
    static constexpr std::size_t most_credit = 16 * 1024;

    Policies& policies_;

private:
    std::size_t room_for_objects(std::size_t of_tag) const noexcept {
        std::size_t least = SIZE_MAX;
        for (std::uint64_t left = bounds_of(of_tag, false); left != 0; left &= left - 1)
            if (const std::size_t room = policies_.central.rooms.room(static_cast<std::size_t>(__builtin_ctzll(left))); room < least) least = room;
        return least;
    }
    /// Takes the bytes from the room of each bound that the tag is under, or from none.
    bool take(std::size_t of_tag, std::size_t bytes, alloc_error& error) const noexcept {
        const std::uint64_t bounds = bounds_of(of_tag, false);
        for (std::uint64_t left = bounds; left != 0; left &= left - 1) {
            const auto b = static_cast<std::size_t>(__builtin_ctzll(left));
            if (policies_.central.rooms.take(b, bytes, bytes) == bytes) continue;
            error = refused_by(b, of_tag, bytes, policies_.central.rooms.room(b));
            for (std::uint64_t done = bounds & ~left; done != 0; done &= done - 1)
                policies_.central.rooms.unuse(static_cast<std::size_t>(__builtin_ctzll(done)), bytes);
            return false;
        }
        return true;
    }
    void give([[maybe_unused]] std::size_t of_tag, [[maybe_unused]] std::size_t bytes) const noexcept {
        if constexpr (bounds_objects<budget_type>)
            for (std::uint64_t left = bounds_of(of_tag, false); left != 0; left &= left - 1)
                policies_.central.rooms.unuse(static_cast<std::size_t>(__builtin_ctzll(left)), bytes);
    }
};

/// The same for the frames of one engine.
template <class Policies>
class frame_attribution : public attribution<Policies> {
    using base = attribution<Policies>;
    static constexpr bool is_apart = Policies::sharing == sharing::engine_per_thread;

public:
    using base::bounds_used;
    using typename base::account_type;

    frame_attribution(Policies& policies, account_type& mine) noexcept : base(policies), mine_(mine) {}

    /// What the engine may still use under a tag without asking, bytes.
    std::size_t room(std::size_t of_tag) const noexcept {
        std::size_t least = SIZE_MAX;
        if constexpr (bounds_used)
            for (std::uint64_t left = this->bounds_of(of_tag, true); left != 0; left &= left - 1) {
                const std::size_t room = mine_.rooms.room(static_cast<std::size_t>(__builtin_ctzll(left)));
                if (room < least) least = room;
            }
        return round_down(least, quantum);
    }
    /// Sees to it that so many bytes may be used under the tag; else `error` says which bound does not allow it.
    bool draw(std::size_t of_tag, std::size_t bytes, alloc_error& error) const noexcept {
        if constexpr (bounds_used) {
            if (draw_now(of_tag, bytes, error)) return true;
            if constexpr (!bounds_objects<typename Policies::budget_type>) return false;
            const holding<is_apart, typename Policies::threading_type> lock(this->policies_.threading);
            return this->return_credit() && draw_now(of_tag, bytes, error);
        }
        return true;
    }
    void use(std::size_t of_tag, std::size_t bytes) const noexcept {
        if constexpr (bounds_used)
            for (std::uint64_t left = this->bounds_of(of_tag, true); left != 0; left &= left - 1)
                mine_.rooms.use(static_cast<std::size_t>(__builtin_ctzll(left)), bytes);
        mine_.tags.add(part_of_use::frame, of_tag, bytes);
    }
    void unuse(std::size_t of_tag, std::size_t bytes) const noexcept {
        if constexpr (bounds_used)
            for (std::uint64_t left = this->bounds_of(of_tag, true); left != 0; left &= left - 1)
                mine_.rooms.unuse(static_cast<std::size_t>(__builtin_ctzll(left)), bytes);
        mine_.tags.subtract(part_of_use::frame, of_tag, bytes);
    }
    /// Gives back what was drawn and not used.
    void park() const noexcept {
        if constexpr (bounds_used && is_apart)
            for (std::size_t b = 0; b < mine_.rooms.count; ++b)
                if (!Policies::budget_type::bounds[b].frames_alone)
                    if (const std::size_t room = mine_.rooms.room(b)) {
                        mine_.rooms.use(b, room);
                        this->policies_.central.rooms.unuse(b, room);
                    }
    }

private:
    bool draw_now(std::size_t of_tag, std::size_t bytes, alloc_error& error) const noexcept {
        for (std::uint64_t left = this->bounds_of(of_tag, true); left != 0; left &= left - 1) {
            const auto b = static_cast<std::size_t>(__builtin_ctzll(left));
            const std::size_t room = mine_.rooms.room(b);
            if (bytes <= round_down(room, quantum)) continue;
            std::size_t there = 0;
            if constexpr (is_apart) {
                auto& central = this->policies_.central.rooms;
                there = central.room(b);
                const std::size_t more = bytes - room, share = round_down(there / base::parts, quantum);
                if (const std::size_t drawn = central.take(b, more, more > share ? more : share)) {
                    mine_.rooms.unuse(b, drawn);
                    continue;
                }
            }
            return error = this->refused_by(b, of_tag, bytes, room + there), false;
        }
        return true;
    }

    account_type& mine_;
};

}  // namespace alloy::inline ALLOY_ABI
