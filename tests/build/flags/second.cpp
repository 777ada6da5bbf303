#include <memory_resource>
#include <numeric>
#include <vector>

#include "program.hpp"

int test::sum_of_containers(alloy::frame_ref frame) {
    alloy::frame_vector<int> numbers{frame};
    alloy::growing_frame_vector<int> growing{frame};
    alloy::frame_map<int, int> squares{frame};
    alloy::frame_flat_map<int, int> cubes{frame};
    for (int i = 0; i < 100; ++i) {
        numbers.push_back(i);
        growing.push_back(i);
        squares[i] = i * i;
        cubes[i] = i * i * i;
    }
    alloy::frame_string text("a text that is too long for the string's own few bytes", frame);
    const auto pushed = alloy::try_push_back(numbers, 100);
    return std::accumulate(numbers.begin(), numbers.end(), 0) + growing[99] + squares[10] + cubes[3] + static_cast<int>(text.size()) + (pushed ? 1 : 0);
}

int test::sum_over_pmr(alloy::frame_ref frame) {
    auto resource = frame.resource(), same = frame.resource();
    std::pmr::vector<int> numbers({1, 2, 3, 4}, &resource);
    static_cast<void>(same);
    return std::accumulate(numbers.begin(), numbers.end(), 0);
}

std::size_t test::used_after_rollback(small_allocator& memory) {
    auto frame = memory.frame();
    frame.make_span<int>(10);
    auto attempt = frame.checkpoint();
    attempt.make_span<int>(3000);
    attempt.rollback();
    {
        auto cursor = frame.cursor();
        for (int i = 0; i < 8; ++i) cursor.make<int>(i);
    }
    return frame.end().used;
}

namespace {
struct counted {
    int& ended;
    explicit counted(int& n) noexcept : ended(n) {}
    counted(const counted&) = delete;
    ~counted() { ++ended; }
};
}  // namespace

bool test::counts_destructors() {
    int ended = 0;
    quiet_allocator memory;
    {
        auto frame = memory.frame();
        for (int i = 0; i < 5; ++i) frame.make<counted>(ended);
    }
    return ended == 5 && memory.metrics().frames == 1;
}
