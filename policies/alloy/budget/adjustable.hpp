#pragma once
/// At most as many bytes held as the limit says, which may change while the program runs: `memory.budget().set_limit(n)`.
///
/// Cost: two words; nothing per allocation, since only a block is charged. Choose it where the bound is known when the program runs: a setting, a quota, a
/// system that is short of memory. SIZE_MAX, the default, is no bound; 0 refuses everything.
/// A limit below what is held takes nothing away: requests are refused until less is held. `limit()` and `set_limit()` may be called by any thread at any
/// time; a request that another thread is at may still be met by the limit before.
#include <cstddef>
#include <cstdint>

#include <alloy/contracts/budget.hpp>

namespace alloy::budget {

template <std::size_t Initial = SIZE_MAX>
class adjustable {
public:
    using axis = budget::axis;
    static constexpr bool bounds_held = true, bounds_used = false, is_split = false;

    constexpr adjustable() noexcept = default;
    /// A setting for make_allocator: the first limit.
    constexpr explicit adjustable(std::size_t limit) noexcept : limit_(limit) {}

    std::size_t grant(std::size_t least, std::size_t most) noexcept {
        const std::size_t room = left();
        if (least > room) return 0;
        const std::size_t granted = most < room ? most : room;
        charged_ += granted;
        return granted;
    }
    void give_back(std::size_t bytes) noexcept { charged_ -= bytes; }
    std::size_t left() const noexcept {
        const std::size_t bound = limit();
        return bound > charged_ ? bound - charged_ : 0;
    }
    // Order: relaxed, since the limit says nothing of other memory.
    std::size_t limit() const noexcept { return __atomic_load_n(&limit_, __ATOMIC_RELAXED); }
    void set_limit(std::size_t bytes) noexcept { __atomic_store_n(&limit_, bytes, __ATOMIC_RELAXED); }

private:
    std::size_t limit_ = Initial;  // a plain word, since settings are copied
    std::size_t charged_ = 0;      // under the host's lock
};

}  // namespace alloy::budget
