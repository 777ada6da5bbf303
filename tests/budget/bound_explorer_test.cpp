// The bound that threads charge, in every order of their steps: see support/explorer.hpp. A bound of one byte is a lock that is tried, so what lies behind it must
// not be touched by two.
#include <alloy/core/atomic_bound.hpp>

#include "../support/catch.hpp"
#include "../support/explored.hpp"

namespace {
using test::expect;
using test::explore;
using test::order;

template <class Orders = test::as_written, std::size_t Limit = 1>
struct bounded {
    using memory = test::explored<Orders>;
    alloy::atomic_bound<memory> bound{Limit};
    std::uint64_t memory_behind = 0;
    int taken = 0;

    void use_once() {
        if (bound.grant(1, 1) == 0) return;
        memory::write(memory_behind, memory::read(memory_behind) + 1);
        bound.give_back(1);
    }
    void keep_some() {
        const std::size_t got = bound.grant(1, 2);
        expect(bound.charged() <= Limit, "more is charged than the bound");
        if (got > 1) bound.give_back(got - 1);
    }
    void shrink() { bound.set_limit(0); }
};
struct weak_compare_exchange : test::as_written {
    static constexpr order compare_exchange(order) { return order::relaxed; }
};
struct weak_add : test::as_written {
    static constexpr order add(order) { return order::relaxed; }
};
template <class Orders>
test::exploration use_in_turn() {
    using state = bounded<Orders>;
    return explore<state>({[](state& s) { s.use_once(); }, [](state& s) { s.use_once(); }},
                          [](state& s) { expect(s.bound.charged() == 0 && s.bound.peak() == 1, "what was charged is not what was given back"); });
}
}  // namespace

TEST_CASE("who is granted what another gave back comes after it", "[budget][explorer]") {
    const test::exploration right = use_in_turn<test::as_written>();
    INFO(right.fault);
    CHECK(right.fault.empty());
    CHECK(right.is_complete);
    CHECK(right.runs > 1);
    CHECK(use_in_turn<weak_compare_exchange>().fault.find("race") != std::string::npos);
    CHECK(use_in_turn<weak_add>().fault.find("race") != std::string::npos);
}

TEST_CASE("threads together are never granted more than the bound, and one of them always gets something", "[budget][explorer]") {
    using state = bounded<test::as_written, 3>;
    const test::exploration seen = explore<state>({[](state& s) { s.keep_some(); }, [](state& s) { s.keep_some(); }},
                                                  [](state& s) { expect(s.bound.charged() == 2 && s.bound.peak() <= 3 && s.bound.peak() >= 2, "what is charged is not what was kept"); });
    INFO(seen.fault);
    CHECK(seen.fault.empty());
    CHECK(seen.is_complete);
}

TEST_CASE("a limit may shrink while others are granted", "[budget][explorer]") {
    using state = bounded<test::as_written, 2>;
    const test::exploration seen = explore<state>({[](state& s) { s.keep_some(); }, [](state& s) { s.shrink(); }}, [](state& s) {
        expect(s.bound.left() == 0 && s.bound.charged() <= 1, "a limit below what is charged leaves something");
    });
    INFO(seen.fault);
    CHECK(seen.fault.empty());
    CHECK(seen.is_complete);
}
