/// Coroutines whose frames lie in an allocator: who it is, that nothing else is asked, that everything goes back.
#include <coroutine>
#include <cstdlib>
#include <exception>
#include <memory>
#include <new>
#include <stdexcept>
#include <utility>

#include <alloy/adaptors/coroutine.hpp>
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#include "../support/catch.hpp"
#include "../support/counting_new.hpp"

namespace {

struct mine : alloy::allocator<> {};
struct scarce : alloy::allocator<alloy::fallback::null, alloy::budget::hard<16 * alloy::KiB>> {};
struct strict : alloy::allocator<alloy::budget::hard<0>> {};

template <class Base>
class generator_of {
public:
    struct promise_type : Base {
        int value = 0;
        std::exception_ptr failed;
        generator_of get_return_object() noexcept { return generator_of(std::coroutine_handle<promise_type>::from_promise(*this)); }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        std::suspend_always yield_value(int v) noexcept { return value = v, std::suspend_always(); }
        void return_void() noexcept {}
        void unhandled_exception() { failed = std::current_exception(); }
    };
    explicit generator_of(std::coroutine_handle<promise_type> coroutine) noexcept : coroutine_(coroutine) {}
    generator_of(generator_of&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
    ~generator_of() {
        if (coroutine_) coroutine_.destroy();
    }
    bool next() {
        coroutine_.resume();
        if (coroutine_.promise().failed) std::rethrow_exception(coroutine_.promise().failed);
        return !coroutine_.done();
    }
    int value() const { return coroutine_.promise().value; }

private:
    std::coroutine_handle<promise_type> coroutine_;
};
using generator = generator_of<alloy::allocated_by<mine>>;

class maybe {
public:
    struct promise_type : alloy::try_allocated_by<scarce> {
        maybe get_return_object() noexcept { return maybe(std::coroutine_handle<promise_type>::from_promise(*this)); }
        static maybe get_return_object_on_allocation_failure() noexcept { return maybe(nullptr); }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        void return_void() noexcept {}
        void unhandled_exception() noexcept {}
    };
    explicit maybe(std::coroutine_handle<promise_type> coroutine) noexcept : coroutine_(coroutine) {}
    maybe(maybe&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
    ~maybe() {
        if (coroutine_) coroutine_.destroy();
    }
    bool began() const noexcept { return coroutine_ != nullptr; }

private:
    std::coroutine_handle<promise_type> coroutine_;
};

// Not inlined: a compiler that sees a coroutine's whole life may keep its frame on the stack.
[[gnu::noinline]] generator first(mine&, int from, int to) {
    for (int i = from; i < to; ++i) co_yield i;
}
[[gnu::noinline]] generator last(int from, int to, mine&) {
    for (int i = from; i < to; ++i) co_yield i;
}
[[gnu::noinline]] generator tagged(mine&, std::allocator_arg_t, mine&, int from, int to) {
    for (int i = from; i < to; ++i) co_yield i;
}
[[gnu::noinline]] generator fails(mine&, int after) {
    for (int i = 0; i < after; ++i) co_yield i;
    throw std::runtime_error("in the body");
}
[[gnu::noinline]] maybe begin(scarce&) { co_return; }
[[gnu::noinline]] generator_of<alloy::allocated_by<scarce>> returns(scarce&) { co_yield 1; }
[[gnu::noinline]] generator_of<alloy::allocated_by<strict>> raises(strict&) { co_yield 1; }

struct scene {
    int factor;
    [[gnu::noinline]] generator scaled(int to, mine&) const {
        for (int i = 0; i < to; ++i) co_yield i * factor;
    }
    [[gnu::noinline]] generator scaled(std::allocator_arg_t, mine&, int to) {
        for (int i = 0; i < to; ++i) co_yield i * factor;
    }
};
/// An allocator whose own coroutines lie in itself.
struct world : mine {
    [[gnu::noinline]] generator upto(int to) {
        for (int i = 0; i < to; ++i) co_yield i;
    }
};

int sum(generator g) {
    int total = 0;
    while (g.next()) total += g.value();
    return total;
}

}  // namespace

TEST_CASE("a coroutine's frame lies in the allocator among its arguments, and nothing else is asked for memory") {
    mine memory;
    sum(first(memory, 0, 1));  // the first slab comes from upstream
    const auto before = test::news();
    {
        auto g = first(memory, 1, 5);
        CHECK(memory.used() > 0);
        CHECK(sum(std::move(g)) == 10);
    }
    CHECK(memory.used() == 0);
    {
        auto g = last(1, 5, memory);
        CHECK(memory.used() > 0);
        CHECK(sum(std::move(g)) == 10);
    }
    CHECK(memory.used() == 0);
    CHECK(test::news() == before);
}

TEST_CASE("what stands behind std::allocator_arg is asked, whoever stands before it") {
    mine other, memory;
    auto g = tagged(other, std::allocator_arg, memory, 1, 4);
    CHECK(memory.used() > 0);
    CHECK(other.used() == 0);
    CHECK(sum(std::move(g)) == 6);
    CHECK(memory.used() == 0);
}

TEST_CASE("member coroutines find the allocator, and an allocator's own lie in itself") {
    mine memory;
    scene s{3};
    {
        auto g = s.scaled(4, memory);
        auto h = s.scaled(std::allocator_arg, memory, 4);
        CHECK(memory.used() > 0);
        CHECK(sum(std::move(g)) == 18);
        CHECK(sum(std::move(h)) == 18);
    }
    CHECK(memory.used() == 0);
    world w;
    {
        auto g = w.upto(4);
        CHECK(w.used() > 0);
        CHECK(sum(std::move(g)) == 6);
    }
    CHECK(w.used() == 0);
}

TEST_CASE("a lambda that is a coroutine finds it, too") {
    mine memory;
    auto count = [](mine&, int to) __attribute__((noinline))->generator {
        for (int i = 0; i < to; ++i) co_yield i;
    };
    {
        auto g = count(memory, 4);
        CHECK(memory.used() > 0);
        CHECK(sum(std::move(g)) == 6);
    }
    CHECK(memory.used() == 0);
}

TEST_CASE("an exception in the body, and a coroutine that is dropped half way, give their frames back") {
    mine memory;
    CHECK_THROWS_AS(sum(fails(memory, 3)), std::runtime_error);
    CHECK(memory.used() == 0);
    {
        auto g = first(memory, 0, 100);
        CHECK(g.next());
        CHECK(memory.used() > 0);
    }
    CHECK(memory.used() == 0);
}

TEST_CASE("where there is no memory: std::bad_alloc, whatever the fallback, or what the promise has for that") {
    scarce none;
    {
        const maybe made = begin(none);
        CHECK(made.began());
        CHECK(none.used() > 0);
    }
    CHECK(none.used() == 0);
    none.trim();
    void* const all = none.allocate(1, 1);  // a slab of another class: nothing is left
    REQUIRE(all);
    CHECK_FALSE(begin(none).began());
    CHECK_THROWS_AS(returns(none), std::bad_alloc);
    strict raising;
    CHECK_THROWS_AS(raises(raising), alloy::out_of_memory);
}
