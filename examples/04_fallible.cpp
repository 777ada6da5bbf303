/// Running out said as a value by try_ functions, and thrown by plain ones under the default fallback.
#include <cstdio>

#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

struct cache_allocator : alloy::allocator<alloy::tagging::named<"cache">, alloy::budget::hard<128 * alloy::KiB>> {};

int main() {
    cache_allocator memory;
    auto frame = memory.frame();
    const auto small = frame.try_make_span<int>(1000);
    const auto large = frame.try_make_span<int>(1'000'000);
    if (!small || (*small).size() != 1000 || large) return 1;
    const alloy::alloc_error error = large.error();
    std::printf("%s: %s; asked %zu bytes, left %zu\n", error.whose, error.what(), error.asked, error.left);
    bool thrown = false;
    try {
        frame.make_span<int>(1'000'000);
    } catch (const alloy::out_of_memory& e) {
        thrown = e.error().reason == alloy::refusal::budget;
    }
    return thrown && error.reason == alloy::refusal::budget && memory.held() <= 128 * alloy::KiB ? 0 : 1;
}
