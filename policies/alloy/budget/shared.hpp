#pragma once
/// What this allocator holds is charged to a group of allocators as well: `budget::shared<world_memory>`; and, beside, to a bound of its own:
/// `budget::shared<world_memory, budget::hard<64 * MiB>>`.
///
/// Cost: a word, and what Own takes; a compare-and-exchange per group where a block is taken, nothing per allocation. Choose it where subsystems share what
/// a machine has, and none is to take the rest. A refusal names the group that had least left. The allocator's own idle blocks go before it; those of
/// others under the same group do not: let them `trim()`.
/// Messages in flight when the allocator ends are charged to nobody from then on.
#include <cstddef>
#include <type_traits>

#include <alloy/budget/group.hpp>
#include <alloy/contracts/budget.hpp>

namespace alloy::inline ALLOY_ABI::detail {
/// One bound for the whole allocator, on what it holds alone; or none.
template <class Own>
concept own_bound = std::is_same_v<Own, budget::unlimited> || (budget_policy<Own> && held_budget<Own> && !budget_account<Own>::is_split && !Own::bounds_used && !watches_held<Own>);
/// No bound.
struct no_own {
    static constexpr std::size_t grant(std::size_t, std::size_t most) noexcept { return most; }
    static constexpr void give_back(std::size_t) noexcept {}
    static constexpr std::size_t left() noexcept { return budget::no_group::left(); }
    static constexpr std::size_t limit() noexcept { return budget::no_group::limit(); }
};
}  // namespace alloy::detail

namespace alloy::budget {

template <class Parent, class Own = unlimited>
class shared {
    using parent_group = std::conditional_t<parent<Parent>, Parent, no_group>;
    using own_type = std::conditional_t<alloy::detail::own_bound<Own> && !std::is_same_v<Own, unlimited>, Own, alloy::detail::no_own>;

public:
    using axis = budget::axis;
    using parent_type = Parent;
    static constexpr bool bounds_held = true, bounds_used = false, is_split = false, is_shared = true;

    constexpr shared() noexcept = default;
    /// A setting for make_allocator, where the bound of its own has one: `budget::shared<world_memory, budget::adjustable<>>{budget::adjustable<>{n}}`.
    constexpr explicit shared(const own_type& own) noexcept : own_(own) {}
    constexpr shared(const shared& setting) noexcept : own_(setting.own_) {}
    shared& operator=(const shared&) = delete;
    ~shared() { parent_group::give_back(charged_); }

    std::size_t grant(std::size_t least, std::size_t most) noexcept {
        static_assert(parent<Parent>, "alloy: budget::shared<Parent> needs a budget::group, or a class with its static functions; name a type derived from a budget::group");
        static_assert(!parent<Parent> || alloy::detail::own_bound<Own>,
                      "alloy: the Own of budget::shared<Parent, Own> must bound what one allocator holds; choose budget::hard or adjustable, or leave it out");
        const std::size_t mine = own_.grant(least, most);
        if (mine == 0) return 0;
        const std::size_t granted = parent_group::grant(least, mine);
        if (granted < mine) own_.give_back(mine - granted);
        charged_ += granted;
        return granted;
    }
    void give_back(std::size_t bytes) noexcept {
        charged_ -= bytes;
        own_.give_back(bytes);
        parent_group::give_back(bytes);
    }
    std::size_t left() noexcept { return tightest().left; }
    held_bound tightest() noexcept {
        const held_bound mine{nullptr, own_.left()}, outside = parent_group::tightest();
        return outside.left < mine.left ? outside : mine;
    }
    /// The smaller of both.
    std::size_t limit() noexcept { return own_.limit() < parent_group::limit() ? own_.limit() : parent_group::limit(); }
    /// The allocator's own bound.
    own_type& own() noexcept { return own_; }

private:
    [[no_unique_address]] own_type own_{};
    std::size_t charged_ = 0;
};

}  // namespace alloy::budget
