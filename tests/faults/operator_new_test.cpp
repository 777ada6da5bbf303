// A program whose global operator new is made of an Alloy allocator over malloc: everything here, the test framework included, lives in it.
#include <cstddef>
#include <map>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include <alloy/allocator.hpp>
#include <alloy/host/never_destroyed.hpp>
#include <alloy/policies.hpp>

#include "../support/catch.hpp"

namespace {
struct global_allocator : alloy::allocator<alloy::upstream::malloc, alloy::threading::spin_locked, alloy::fallback::null, alloy::lifetime::pool, alloy::lifetime::heap> {};
constinit alloy::never_destroyed<global_allocator> global;

/// In front of each object: delete does not always say how large it is.
constexpr std::size_t front = 16;
}  // namespace

void* operator new(std::size_t bytes) {
    if (bytes > alloy::max_bytes) throw std::bad_alloc();
    void* const at = global->allocate(front + bytes, 16);
    if (!at) throw std::bad_alloc();
    *static_cast<std::size_t*>(at) = bytes;
    return static_cast<char*>(at) + front;
}
void operator delete(void* p) noexcept {
    if (!p) return;
    void* const at = static_cast<char*>(p) - front;
    global->deallocate(at, front + *static_cast<std::size_t*>(at), 16);
}
void operator delete(void* p, std::size_t) noexcept { operator delete(p); }

TEST_CASE("an allocator over malloc serves as the global operator new", "[faults][fault-32]") {
    const std::size_t before = global->used();
    CHECK(before > 0);  // what the framework and statics have made so far
    {
        std::map<int, std::string> map;
        for (int i = 0; i < 1000; ++i) map.emplace(i, std::string(static_cast<std::size_t>(i), 'x'));
        CHECK(global->used() > before + 500'000);
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([] {
                std::vector<std::string> strings;
                for (std::size_t i = 0; i < 500; ++i) strings.emplace_back(i, 'y');
            });
        for (std::thread& t : threads) t.join();
        const volatile std::size_t most = SIZE_MAX / 2;
        CHECK_THROWS_AS(static_cast<void>(::operator new(most)), std::bad_alloc);
    }
    CHECK(global->used() < before + 100'000);
    auto another = std::make_unique<alloy::allocator<>>();  // whose blocks are objects of the global one
    CHECK(*another->make_heap<int>(5) == 5);
}
