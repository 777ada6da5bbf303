#pragma once
/// At most N bytes held, never exceeded for an instant.
///
/// Cost: one word; nothing per allocation, since only a new block is charged. A block is made smaller where no more is left, and idle
/// blocks are given back before a request is refused. Choose it for consoles, servers with quotas, and tests of what happens at the bound.
#include <cstddef>

#include <alloy/contracts/budget.hpp>

namespace alloy::budget {

template <std::size_t N>
class hard {
public:
    using axis = budget::axis;
    static constexpr bool bounds_held = true, bounds_used = false, is_split = false;
    constexpr std::size_t grant(std::size_t least, std::size_t most) noexcept {
        const std::size_t room = left();
        if (least > room) return 0;
        const std::size_t granted = most < room ? most : room;
        charged_ += granted;
        return granted;
    }
    constexpr void give_back(std::size_t bytes) noexcept { charged_ -= bytes; }
    constexpr std::size_t left() const noexcept { return N - charged_; }
    static constexpr std::size_t limit() noexcept { return N; }

private:
    std::size_t charged_ = 0;
};

}  // namespace alloy::budget
