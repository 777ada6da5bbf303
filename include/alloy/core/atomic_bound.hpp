#pragma once
/// A number of bytes, and a bound on it that no number of threads exceeds for an instant.
///
/// Cost: a compare-and-exchange where bytes are charged, and one more where the peak rises; an addition where they are given back.
/// Order: a charge acquires what giving back released. So whoever gives memory up before it says so is done with it when the bytes are charged again.
#include <cstddef>

#include <alloy/core/atomic.hpp>

namespace alloy::inline ALLOY_ABI {

template <class Memory = detail::machine>
class atomic_bound {
    using order = detail::order;

public:
    constexpr explicit atomic_bound(std::size_t limit) noexcept : limit_(limit) {}

    /// Charges between `least` and `most` bytes, as many as there is room for, and says how many; 0: there is no room, and nothing was charged.
    std::size_t grant(std::size_t least, std::size_t most) noexcept {
        std::size_t before = charged_.load(order::relaxed);
        for (;;) {
            const std::size_t room = room_beside(before);
            if (least > room) return 0;
            const std::size_t granted = most < room ? most : room;
            if (!charged_.compare_exchange(before, before + granted, order::acquire, order::relaxed)) continue;
            raise_peak(before + granted);
            return granted;
        }
    }
    void give_back(std::size_t bytes) noexcept { charged_.add(0 - bytes, order::release); }

    std::size_t charged() const noexcept { return charged_.load(order::relaxed); }
    std::size_t left() const noexcept { return room_beside(charged()); }
    /// The most that was ever charged.
    std::size_t peak() const noexcept { return peak_.load(order::relaxed); }
    std::size_t limit() const noexcept { return limit_.load(order::relaxed); }
    /// A limit below what is charged takes nothing away. A charge that another thread is at may still be by the limit before.
    void set_limit(std::size_t bytes) noexcept { limit_.store(bytes, order::relaxed); }

private:
    std::size_t room_beside(std::size_t charged) const noexcept {
        const std::size_t bound = limit();
        return bound > charged ? bound - charged : 0;
    }
    void raise_peak(std::size_t to) noexcept {
        std::size_t seen = peak_.load(order::relaxed);
        while (seen < to && !peak_.compare_exchange(seen, to, order::relaxed, order::relaxed)) {}
    }

    typename Memory::template atomic<std::size_t> charged_{0};
    typename Memory::template atomic<std::size_t> limit_;
    typename Memory::template atomic<std::size_t> peak_{0};
};

}  // namespace alloy
