// Random programs over a pool_map against std::unordered_map: the same elements, the same stale handles, destructors once.
#include <cstdint>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <vector>

#include <rapidcheck.h>

#include <alloy/containers/pool_map.hpp>

#include "../support/catch.hpp"
#include "../support/compositions.hpp"

namespace {

struct element {
    int* alive;
    std::uint64_t value;
    element(int& a, std::uint64_t v) : alive(&a), value(v) { ++a; }
    element(const element&) = delete;
    ~element() { --*alive; }
};
using memory_type = alloy::allocator<test::strict_upstream>;
using map_type = alloy::pool_map<element, memory_type>;

class model {
public:
    void step(unsigned what, std::size_t which, std::size_t n) {
        switch (what) {
            case 0: return insert(1 + n % 90);
            case 1: return erase(which);
            case 2:  // in a row, so that chunks become empty
                for (std::size_t i = 0; i < n % 90; ++i) erase(which + i);
                return;
            case 3: return pin(which);
            case 4: return unpin(which);
            case 5: return map_.trim();
            case 6: return static_cast<void>(map_.reserve(n));
            case 7: return n % 8 == 0 ? clear() : erase(which);
            case 8: return refuse(n);
            default: return move();
        }
    }
    void check() {
        RC_ASSERT(map_.size() == live_.size());
        for (const auto& [number, h] : handles_) {
            const element* const found = map_.find(h);
            const auto expected = live_.find(number);
            RC_ASSERT((found != nullptr) == (expected != live_.end()));
            if (found) RC_ASSERT(found->value == expected->second);
        }
        std::size_t met = 0;
        for (auto i = map_.begin(); i != map_.end(); ++i, ++met) {
            const auto expected = live_.find(i.name().number());
            RC_ASSERT(expected != live_.end());
            RC_ASSERT(i->value == expected->second);
        }
        RC_ASSERT(met == live_.size());
        std::unordered_map<const element*, int> zombies;  // erased, but pinned
        for (const auto& [pinned, value, number] : pins_) {
            RC_ASSERT(pinned->value == value);
            if (!live_.count(number)) zombies[pinned.get()] = 1;
        }
        RC_ASSERT(static_cast<std::size_t>(alive_) == live_.size() + zombies.size());
        RC_ASSERT(memory_.upstream().wrong == 0u);
    }
    void finish() {
        { map_type gone(std::move(map_)); }
        RC_ASSERT(alive_ == 0);
        RC_ASSERT(memory_.used() == 0u);
        for (const auto& p : pins_) RC_ASSERT(!std::get<0>(p));
    }

private:
    void insert(std::size_t n) {
        for (; n > 0; --n) {
            const auto h = map_.emplace(alive_, ++values_);
            RC_ASSERT(handles_.emplace(h.number(), h).second);  // never given before
            order_.push_back(h);
            live_[h.number()] = values_;
        }
    }
    void erase(std::size_t which) {
        if (order_.empty()) return;
        const auto h = order_[which % order_.size()];
        RC_ASSERT(map_.erase(h) == (live_.erase(h.number()) == 1));
    }
    void pin(std::size_t which) {
        if (order_.empty()) return;
        const auto h = order_[which % order_.size()];
        auto pinned = map_.pin(h);
        const auto expected = live_.find(h.number());
        RC_ASSERT(static_cast<bool>(pinned) == (expected != live_.end()));
        if (pinned) pins_.emplace_back(std::move(pinned), expected->second, h.number());
    }
    void unpin(std::size_t which) {
        if (!pins_.empty()) pins_.erase(pins_.begin() + static_cast<std::ptrdiff_t>(which % pins_.size()));
    }
    void clear() {
        map_.clear();
        live_.clear();
    }
    void refuse(std::size_t n) {
        memory_.upstream().refuse_at = memory_.upstream().requests + 1 + n % 3;
        memory_.upstream().refuse_on = true;
        const std::size_t used = memory_.used();
        if (!map_.try_reserve(map_.size() + 64 * (n % 20))) RC_ASSERT(memory_.used() == used);
        memory_.upstream().refuse_at = 0;
    }
    void move() {
        map_type there(std::move(map_));
        RC_ASSERT((map_.empty() && map_.begin() == map_.end()));
        map_ = std::move(there);
    }

    memory_type memory_;
    int alive_ = 0;
    map_type map_{memory_};
    std::uint64_t values_ = 0;
    std::unordered_map<std::uint64_t, std::uint64_t> live_;
    std::unordered_map<std::uint64_t, map_type::handle> handles_;
    std::vector<map_type::handle> order_;
    std::vector<std::tuple<map_type::pinned, std::uint64_t, std::uint64_t>> pins_;
};

}  // namespace

TEST_CASE("random programs keep the pool_map and std::unordered_map the same", "[pool_map][fault-41]") {
    const bool kept = rc::check([] {
        model program;
        const auto steps = *rc::gen::container<std::vector<std::tuple<unsigned, std::size_t, std::size_t>>>(
            rc::gen::tuple(rc::gen::inRange(0u, 10u), rc::gen::inRange<std::size_t>(0, 1000), rc::gen::inRange<std::size_t>(0, 400)));
        for (const auto& [what, which, n] : steps) {
            program.step(what, which, n);
            program.check();
        }
        program.finish();
    });
    CHECK(kept);
}
