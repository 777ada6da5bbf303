// Pool and heap under threads: objects made by one thread are freed by another, no byte is given twice, and the budget holds at every instant.
#include <atomic>
#include <cstring>
#include <mutex>
#include <thread>
#include <vector>

#include <alloy/adaptors/std_allocator.hpp>

#include "../support/catch.hpp"
#include "../support/pool_compositions.hpp"
#include "../support/threads.hpp"

namespace {
constexpr std::size_t bound = 256 * alloy::KiB;

using shared_compositions =
    std::tuple<alloy::allocator<alloy::threading::spin_locked>,  //
               alloy::allocator<alloy::threading::locked<std::mutex>, alloy::budget::hard<bound>, alloy::tracking::boundary_metrics>,
               alloy::allocator<alloy::threading::spin_locked, test::fenced, alloy::lifetime::pool, alloy::lifetime::heap>, 
               alloy::allocator<alloy::threading::thread_cached, alloy::upstream::malloc>, alloy::allocator<alloy::threading::thread_cached, alloy::budget::hard<4 * bound>>>;

using test::on_threads;
using test::workers;

struct parcel {
    unsigned char* at = nullptr;
    std::size_t bytes = 0;
    unsigned char fill = 0;
};

/// A place where threads leave what they made and take what others left.
class table {
public:
    parcel exchange(std::size_t i, const parcel& mine) {
        const std::lock_guard lock(mutexes_[i % 16]);
        return std::exchange(parcels_[i % 16], mine);
    }

private:
    std::mutex mutexes_[16];
    parcel parcels_[16];
};
}  // namespace

TEMPLATE_LIST_TEST_CASE("threads free what others made, and each byte is one object's", "[pool][heap][threads][concurrent]", shared_compositions) {
    TestType memory;
    table shared;
    std::atomic<int> wrong = 0;
    std::atomic<bool> over = false, ended = false;
    std::thread sampler([&] {
        while (!ended) {
            if constexpr (TestType::budget_type::bounds_held)
                if (memory.held() > memory.budget().limit()) over = true;
            static_cast<void>(memory.used() + memory.blocks());
            std::this_thread::yield();
        }
    });
    const auto look = [&](const parcel& p) {
        for (std::size_t b = 0; b < p.bytes; ++b) wrong += p.at[b] != p.fill;
    };
    on_threads([&](int t) {
        for (std::size_t i = 0; i < 1500; ++i) {
            parcel mine{nullptr, 1 + (i * 37 + static_cast<std::size_t>(t) * 11) % 1300, static_cast<unsigned char>(t * 50 + static_cast<int>(i % 50))};
            auto got = memory.try_allocate(mine.bytes, 8);
            if (!got) continue;
            mine.at = static_cast<unsigned char*>(*got);
            std::memset(mine.at, mine.fill, mine.bytes);
            parcel other = shared.exchange(i * 7 + static_cast<std::size_t>(t), mine);
            if (!other.at) continue;
            look(other);
            if (i % 3 == 0) {
                auto there = memory.try_reallocate(other.at, other.bytes, other.bytes / 2 + 1, 8);  // never fails
                wrong += !there;
                other.at = static_cast<unsigned char*>(*there);
                other.bytes = other.bytes / 2 + 1;
                look(other);
            }
            memory.deallocate(other.at, other.bytes, 8);
            if (i % 200 == 0) memory.trim();
        }
    });
    ended = true;
    sampler.join();
    for (std::size_t i = 0; i < 16; ++i)
        if (const parcel left = shared.exchange(i, {}); left.at) {
            look(left);
            memory.deallocate(left.at, left.bytes, 8);
        }
    CHECK(wrong == 0);
    CHECK_FALSE(over);
    CHECK(memory.used() == 0);
    memory.trim();
    CHECK(memory.held() == 0);
    if constexpr (requires { memory.checking().broken; }) CHECK(memory.checking().broken == 0);
}

TEMPLATE_LIST_TEST_CASE("handles and containers end on other threads than they began on", "[pool][heap][handles][threads][concurrent]", shared_compositions) {
    using allocator_type = typename TestType::allocator_type;
    TestType memory;
    std::vector<typename TestType::template pool_ptr<int>> made[workers];
    std::vector<std::vector<int, alloy::std_allocator<int, allocator_type>>> vectors[workers];
    on_threads([&](int t) {
        for (int i = 0; i < 300; ++i) made[t].push_back(memory.template make_pooled<int>(t));
        for (int i = 0; i < 10; ++i) vectors[t].emplace_back(100, t, alloy::std_allocator<int, allocator_type>{memory});
    });
    std::atomic<int> wrong = 0;
    on_threads([&](int t) {
        const int other = (t + 1) % workers;
        for (auto& p : made[other]) wrong += *p != other;
        for (auto& v : vectors[other])
            for (int n : v) wrong += n != other;
        made[other].clear();
        vectors[other].clear();
    });
    CHECK(wrong == 0);
    CHECK(memory.used() == 0);
}

TEST_CASE("a hard budget is refused only where there is no room, and nothing stays charged", "[pool][heap][budget][threads][concurrent][fault-25]") {
    alloy::allocator<alloy::threading::spin_locked, alloy::budget::hard<bound>> memory;
    std::atomic<int> refused = 0, met = 0;
    on_threads([&](int t) {
        for (int round = 0; round < 30; ++round) {
            std::vector<void*> mine;
            for (int i = 0; i < 40; ++i)
                if (auto p = memory.try_allocate(t % 2 == 0 ? 2000 : 600, 8)) {
                    mine.push_back(*p);
                    ++met;
                } else {
                    ++refused;
                }
            for (void* p : mine) memory.deallocate(p, t % 2 == 0 ? 2000 : 600, 8);
        }
    });
    CHECK(met + refused == workers * 30 * 40);
    CHECK(met > 0);
    CHECK(memory.used() == 0);
    memory.trim();
    CHECK(memory.held() == 0);
    CHECK(memory.budget().left() == bound);
    void* all = memory.allocate(bound - 32, 8);  // no refusal is for ever
    memory.deallocate(all, bound - 32, 8);
}

TEST_CASE("strays under a lock go back where they lie, whichever thread frees them", "[pool][heap][threads][concurrent][fault-44]") {
    alloy::allocator<alloy::threading::spin_locked, test::strict_upstream> memory;
    std::vector<void*> objects[workers];
    for (auto& mine : objects)
        for (int i = 0; i < 20; ++i) mine.push_back(memory.allocate(i % 2 == 0 ? 1500 : 24, 8));
    memory.upstream().refuse_at = 1;
    memory.upstream().refuse_on = true;
    on_threads([&](int t) {
        for (std::size_t i = 0; i < 20; ++i) objects[t][i] = memory.reallocate(objects[t][i], i % 2 == 0 ? 1500 : 24, 16, 8);
    });
    on_threads([&](int t) {
        for (void* p : objects[(t + 1) % workers]) memory.deallocate(p, 16, 8);
    });
    CHECK(memory.used() == 0);
    memory.trim();
    CHECK(memory.held() == 0);
}
