/// Coroutines in a pool: a generator whose frames come from the allocator that it is called with.
#include <coroutine>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <utility>
#include <vector>

#include <alloy/adaptors/coroutine.hpp>
#include <alloy/allocator.hpp>

struct script_allocator : alloy::allocator<> {};

class generator {
public:
    // [generator]
    struct promise_type : alloy::allocated_by<script_allocator> {
        int value = 0;
        generator get_return_object() noexcept { return generator(std::coroutine_handle<promise_type>::from_promise(*this)); }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        std::suspend_always yield_value(int v) noexcept { return value = v, std::suspend_always(); }
        void return_void() noexcept {}
        void unhandled_exception() { throw; }
    };
    // [/generator]
    explicit generator(std::coroutine_handle<promise_type> coroutine) noexcept : coroutine_(coroutine) {}
    generator(generator&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
    ~generator() {
        if (coroutine_) coroutine_.destroy();
    }
    bool next() {
        coroutine_.resume();
        return !coroutine_.done();
    }
    int value() const { return coroutine_.promise().value; }

private:
    std::coroutine_handle<promise_type> coroutine_;
};

// [use]
static generator count(script_allocator&, int from, int to) {  // the first argument is what its frame comes from
    for (int i = from; i < to; ++i) co_yield i;
}
struct patrol {
    int step;
    generator places(int n, script_allocator&) const {  // so is this one's last
        for (int i = 0; i < n; ++i) co_yield i * step;
        throw std::runtime_error("the patrol has ended");
    }
};
// [/use]

int main() {
    script_allocator memory;
    int sum = 0;
    bool ended = false;
    std::size_t used = 0;
    {
        const patrol guard{10};
        std::vector<generator> running;
        running.push_back(count(memory, 1, 5));
        running.push_back(guard.places(3, memory));
        used = memory.used();
        while (running[0].next()) sum += running[0].value();
        try {
            while (running[1].next()) sum += running[1].value();
        } catch (const std::runtime_error&) {
            ended = true;
        }
    }
    std::printf("two coroutines took %zu bytes of the pool, %zu are left; the sum is %d\n", used, memory.used(), sum);
    return sum == 40 && ended && used > 0 && memory.used() == 0 ? 0 : 1;
}
