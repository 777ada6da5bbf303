/// A policy of one's own: an upstream that counts what it gives. Its contract is the table in alloy/contracts/upstream.hpp.
#include <cstdio>
#include <cstdlib>

#include <alloy/allocator.hpp>

struct counted_malloc {
    using axis = alloy::upstream::axis;
    static constexpr bool gives = true, is_stateless = false, reserves = false, reallocates = false;
    static constexpr std::size_t granularity = 64;

    void* allocate(std::size_t bytes, std::size_t alignment) noexcept {
        void* at = std::aligned_alloc(alignment < 64 ? 64 : alignment, alloy::round_up(bytes, alignment < 64 ? 64 : alignment));
        if (at) ++blocks, ++given;
        return at;
    }
    void deallocate(void* at, std::size_t, std::size_t) noexcept {
        std::free(at);
        --blocks;
    }
    int blocks = 0, given = 0;
};
static_assert(alloy::upstream_policy<counted_malloc>);

int main() {
    alloy::allocator<counted_malloc> memory;
    for (int i = 0; i < 100; ++i) {
        auto frame = memory.frame();
        frame.make_span<char>(10'000);
    }
    const int given = memory.upstream().given, kept = memory.upstream().blocks;
    memory.trim();
    std::printf("100 frames asked for %d block(s), kept %d, after trim() %d\n", given, kept, memory.upstream().blocks);
    return given == 1 && kept == 1 && memory.upstream().blocks == 0 ? 0 : 1;
}
