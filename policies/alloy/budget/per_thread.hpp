#pragma once
/// At most N bytes held by each thread: its frames, its part of the pool, the heap allocations that it made.
///
/// Cost: one word per thread; one more, with its padding, in front of each heap allocation, which says whom to give the bytes back to. Nothing per allocation
/// otherwise. Choose it where no job may starve the others. Bytes belong to the thread's cache: a thread that ends leaves them to the next, with what it holds.
/// Needs a threading policy with an engine per thread.
#include <cstddef>

#include <alloy/contracts/budget.hpp>

namespace alloy::budget {

template <std::size_t N>
class per_thread {
public:
    using axis = budget::axis;
    static constexpr bool bounds_held = true, bounds_used = false, is_split = true;
    struct account {
        std::size_t charged = 0;
    };
    static constexpr std::size_t grant(account& of, std::size_t least, std::size_t most) noexcept {
        const std::size_t room = left(of);
        if (least > room) return 0;
        const std::size_t granted = most < room ? most : room;
        of.charged += granted;
        return granted;
    }
    static constexpr void give_back(account& of, std::size_t bytes) noexcept { of.charged -= bytes; }
    static constexpr std::size_t left(const account& of) noexcept { return N - of.charged; }
    static constexpr std::size_t limit() noexcept { return N; }
};

}  // namespace alloy::budget
