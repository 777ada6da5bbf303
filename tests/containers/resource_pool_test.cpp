// The resource_pool: the bound holds whatever threads do, objects are used again, and are one thread's at a time.
#include <atomic>
#include <new>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

#include <alloy/containers/resource_pool.hpp>

#include "../support/catch.hpp"
#include "../support/compositions.hpp"
#include "../support/death.hpp"

namespace {

using strict = alloy::allocator<test::strict_upstream>;

struct counted {
    int* alive;
    int value;
    counted(int& a, int v) : alive(&a), value(v) {
        if (v < 0) throw std::runtime_error("no");
        ++a;
    }
    counted(const counted&) = delete;
    ~counted() { --*alive; }
};

}  // namespace

TEST_CASE("a resource_pool lends at most so many, and lends them again", "[resource_pool]") {
    strict memory;
    int alive = 0;
    {
        alloy::resource_pool<counted, 2, strict> pool{memory};
        REQUIRE((pool.bound() == 2 && pool.lent() == 0));
        auto a = pool.acquire(alive, 1);
        auto b = pool.acquire(alive, 2);
        REQUIRE((a && b && a->value == 1 && (*b).value == 2 && alive == 2 && pool.lent() == 2));
        REQUIRE_FALSE(pool.acquire(alive, 3));
        REQUIRE(pool.acquire(alive, 3).get() == nullptr);
        const counted* const place = a.get();
        a->value = 7;
        a.reset();
        a.reset();
        REQUIRE((!a && alive == 2 && pool.lent() == 1));
        const std::size_t requests = memory.upstream().requests, used = memory.used();
        for (int i = 0; i < 100; ++i) {
            auto again = pool.acquire(alive, 100);
            REQUIRE((again.get() == place && again->value == 7));  // as it was given back
        }
        REQUIRE((memory.upstream().requests == requests && memory.used() == used));
        a = pool.acquire(alive, 3);
        auto moved = std::move(a);
        REQUIRE((moved.get() == place && !a && pool.lent() == 2));
        moved = std::move(b);  // gives the first one back
        REQUIRE((moved->value == 2 && !b && pool.lent() == 1 && alive == 2));
        moved.discard();
        moved.discard();
        REQUIRE((!moved && alive == 1 && pool.lent() == 0));
        pool.trim();
        REQUIRE((alive == 0 && pool.lent() == 0 && memory.used() == 0));
        auto fresh = pool.acquire(alive, 9);
        REQUIRE(fresh->value == 9);
        pool.trim();
        REQUIRE((fresh->value == 9 && alive == 1));
    }
    REQUIRE((alive == 0 && memory.used() == 0));
}

TEST_CASE("a constructor that throws and memory that is missing leave the place free", "[resource_pool][fault-6][fault-7]") {
    strict memory;
    int alive = 0;
    alloy::resource_pool<counted, 1, strict> pool{memory};
    memory.upstream().refuse_at = 1;
    memory.upstream().refuse_on = true;
    REQUIRE_FALSE(pool.acquire(alive, 1));
    memory.upstream().refuse_at = 0;
    for (int i = 0; i < 3; ++i) REQUIRE_THROWS_AS(pool.acquire(alive, -1), std::runtime_error);
    REQUIRE((pool.lent() == 0 && alive == 0 && memory.used() == 0));
    auto a = pool.acquire(alive, 1);
    REQUIRE((a->value == 1 && !pool.acquire(alive, 2)));
}

TEST_CASE("a resource_pool that ends before its handles ends the program", "[resource_pool][death][fault-19]") {
    CHECK(test::dying_words([] {
              strict memory;
              int alive = 0;
              alloy::resource_pool<counted, 1, strict>::handle kept;
              alloy::resource_pool<counted, 1, strict> pool{memory};
              kept = pool.acquire(alive, 1);
          }) == "alloy: a resource_pool ended while objects of it were lent; let it live longer than its handles\n");
}

TEST_CASE("the bound holds, and each object is one thread's", "[resource_pool][concurrent][fault-25]") {
    using memory_type = alloy::allocator<alloy::threading::spin_locked>;
    struct shared {
        int uses = 0;  // a plain one: ThreadSanitizer sees two threads at it
    };
    memory_type memory;
    alloy::resource_pool<shared, 3, memory_type> pool{memory};
    std::atomic<int> out = 0, most = 0, wrong = 0, served = 0, ready = 0;
    constexpr int workers = 6;
    std::vector<std::thread> threads;
    for (int t = 0; t < workers; ++t)
        threads.emplace_back([&, t] {
            ++ready;
            while (ready < workers) std::this_thread::yield();
            for (int i = 0; i < 2000; ++i) {
                auto mine = pool.acquire();
                if (!mine) {
                    std::this_thread::yield();
                    continue;
                }
                const int now = ++out;
                for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {}
                if (now > 3 || pool.lent() > 3) ++wrong;
                ++mine->uses;
                ++served;
                --out;
                if (i % 100 == t) mine.discard();
                if (i % 70 == t) pool.trim();
            }
        });
    for (std::thread& t : threads) t.join();
    CHECK(wrong == 0);
    CHECK((most >= 1 && most <= 3 && served > 0 && pool.lent() == 0));
    std::vector<decltype(pool.acquire())> all;
    for (int i = 0; i < 4; ++i) all.push_back(pool.acquire());
    CHECK((all[2] && !all[3]));
}
