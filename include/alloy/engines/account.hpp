#pragma once
/// Bytes handed out, by tag, and what bounds on used bytes allow still: one account for all where engines are shared; else one for each thread, and a
/// central one, from which threads draw.
///
/// Cost: nothing where tags do not switch and nothing bounds used bytes. Only its thread writes to an account that is a thread's own; sums over all
/// are exact where nobody is at work, though each alone may be negative, since what one thread made another may have freed. Order: relaxed. A counter
/// is no more than a number; whoever wants exact sums has joined the others, or holds the lock under which they wrote.
#include <cstddef>
#include <cstdint>

#include <alloy/contracts/budget.hpp>
#include <alloy/contracts/tagging.hpp>
#include <alloy/contracts/threading.hpp>
#include <alloy/core/layout.hpp>
#include <alloy/core/metrics.hpp>

namespace alloy::inline ALLOY_ABI {

/// What handed out bytes are part of.
enum class part_of_use : std::uint8_t { frame, pool, heap };

namespace detail {

/// A number that one thread at a time writes and, where IsRead, others read meanwhile.
template <bool IsRead>
class tally {
public:
    constexpr tally() noexcept = default;
    constexpr explicit tally(std::size_t first) noexcept : value_(first) {}
    [[gnu::always_inline]] void add(std::size_t more) noexcept {
        if constexpr (IsRead)
            __atomic_store_n(&value_, value_ + more, __ATOMIC_RELAXED);
        else
            value_ += more;
    }
    std::size_t get() const noexcept {
        if constexpr (IsRead)
            return __atomic_load_n(&value_, __ATOMIC_RELAXED);
        else
            return value_;
    }

private:
    std::size_t value_ = 0;
};

/// Under which bounds the bytes of each tag are.
template <class Tagging, class Budget>
struct bounds_by_tag {
    static constexpr std::size_t tags = names_are_constant<Tagging> ? Tagging::count : 1;
    std::uint64_t in_frames[tags]{}, of_objects[tags]{};
    constexpr bounds_by_tag() noexcept {
        for (std::size_t t = 0; t < tags; ++t)
            for (std::size_t b = 0; b < bound_count<Budget>; ++b) {
                bool is_under = *Budget::bounds[b].tag == '\0';
                if constexpr (names_are_constant<Tagging>) is_under = is_part_of(Tagging::name(t), Budget::bounds[b].tag);
                if (!is_under) continue;
                in_frames[t] |= std::uint64_t{1} << b;
                if (!Budget::bounds[b].frames_alone) of_objects[t] |= std::uint64_t{1} << b;
            }
    }
};

}  // namespace detail

/// Whether there are bounds that objects of pool and heap are under.
template <class Budget>
inline constexpr bool bounds_objects = [] {
    bool any = false;
    if constexpr (Budget::bounds_used)
        for (const used_bound& b : Budget::bounds) any = any || !b.frames_alone;
    return any;
}();

/// Bytes by tag. For the pool they are kept as what is left of a credit, so that one subtraction counts an object and says whether bounds allow it:
/// credit is drawn from the bounds' rooms, many bytes at a time, and goes back when something else would be refused for want of it. Without bounds
/// nothing is drawn, and credit is what is used, below zero.
template <class Tagging, class Budget, bool IsRead, bool Counts = Tagging::switches || bounds_objects<Budget>>
class tag_tallies {
public:
    [[gnu::always_inline]] static constexpr void add(part_of_use, std::size_t, std::size_t) noexcept {}
    [[gnu::always_inline]] static constexpr void subtract(part_of_use, std::size_t, std::size_t) noexcept {}
};
template <class Tagging, class Budget, bool IsRead>
class tag_tallies<Tagging, Budget, IsRead, true> {
    static constexpr std::size_t drawing = bounds_objects<Budget> ? Tagging::count : 1;

public:
    [[gnu::always_inline]] void add(part_of_use part, std::size_t tag, std::size_t more) noexcept {
        if (part == part_of_use::pool)
            credit_[tag].add(0 - more);
        else
            (part == part_of_use::frame ? frame_ : heap_)[tag].add(more);
    }
    [[gnu::always_inline]] void subtract(part_of_use part, std::size_t tag, std::size_t less) noexcept { add(part, tag, 0 - less); }
    tag_bytes read(std::size_t tag) const noexcept {
        return {frame_[tag].get(), drawn_[drawing > 1 ? tag : 0] - credit_[tag].get(), heap_[tag].get()};
    }
    /// What an account that goes has counted.
    void add_all(const tag_tallies& other) noexcept {
        for (std::size_t tag = 0; tag < Tagging::count; ++tag) {
            const tag_bytes bytes = other.read(tag);
            frame_[tag].add(bytes.frame);
            credit_[tag].add(0 - bytes.pool);
            heap_[tag].add(bytes.heap);
        }
    }

    [[gnu::always_inline]] std::size_t credit(std::size_t tag) const noexcept { return credit_[tag].get(); }
    void draw(std::size_t tag, std::size_t bytes) noexcept {
        drawn_[drawing > 1 ? tag : 0] += bytes;
        credit_[tag].add(bytes);
    }

private:
    detail::tally<IsRead> credit_[Tagging::count]{}, frame_[Tagging::count]{}, heap_[Tagging::count]{};
    std::size_t drawn_[drawing]{};
};

/// Room under each bound.
template <class Budget, bool IsCentral, sharing Sharing, std::size_t Count = bound_count<Budget>>
class bound_rooms {
    static constexpr bool is_apart = Sharing == sharing::engine_per_thread;

public:
    constexpr bound_rooms() noexcept {
        for (std::size_t b = 0; b < Count; ++b) room_[b] = !is_apart || IsCentral != Budget::bounds[b].frames_alone ? Budget::bounds[b].bytes : 0;
    }
    static constexpr std::size_t count = Count;

    std::size_t room(std::size_t bound) const noexcept {
        if constexpr (is_apart)
            return __atomic_load_n(&room_[bound], __ATOMIC_RELAXED);
        else
            return room_[bound];
    }
    void use(std::size_t bound, std::size_t bytes) noexcept { unuse(bound, 0 - bytes); }
    /// Gives room back.
    void unuse(std::size_t bound, std::size_t bytes) noexcept {
        if constexpr (is_apart && IsCentral)
            __atomic_fetch_add(&room_[bound], bytes, __ATOMIC_RELAXED);
        else if constexpr (is_apart)
            __atomic_store_n(&room_[bound], room_[bound] + bytes, __ATOMIC_RELAXED);
        else
            room_[bound] += bytes;
    }
    /// Takes between `least` and `most` bytes of the room, and says how many; 0 where there are not so many.
    std::size_t take(std::size_t bound, std::size_t least, std::size_t most) noexcept {
        std::size_t left = room(bound);
        for (;;) {
            if (left < least) return 0;
            const std::size_t taken = most < left ? most : left;
            if constexpr (is_apart && IsCentral) {
                if (!__atomic_compare_exchange_n(&room_[bound], &left, left - taken, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) continue;
            } else {
                room_[bound] = left - taken;
            }
            return taken;
        }
    }

private:
    std::size_t room_[Count]{};
};
template <class Budget, bool IsCentral, sharing Sharing>
class bound_rooms<Budget, IsCentral, Sharing, 0> {
public:
    static constexpr std::size_t count = 0;
};

/// `IsCentral`: what all threads have in common, and the only one where engines are shared.
template <class Tagging, class Budget, sharing Sharing, bool IsCentral>
struct account {
    [[no_unique_address]] tag_tallies<Tagging, Budget, Sharing == sharing::engine_per_thread> tags;
    [[no_unique_address]] bound_rooms<Budget, IsCentral, Sharing> rooms;
};

}  // namespace alloy::inline ALLOY_ABI
