// Threads build a frame together, and one owner ends it while they stand still; last frame's data stays readable beside it.
#include <array>
#include <cstdio>
#include <functional>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include <alloy/allocator.hpp>
#include <alloy/frame_barrier.hpp>
#include <alloy/policies.hpp>

constexpr std::size_t workers = 3;

// [world]
struct world_allocator : alloy::allocator<alloy::threading::spin_locked, alloy::lifetime::frames<2>> {};

struct world {
    world_allocator memory;
    alloy::lease* frame = &memory.begin_frame();         // the owner's; workers allocate in it
    std::array<std::span<int>, workers> last{}, next{};  // what each worker made in the frame before, and in this one
    alloy::frame_barrier barrier;
};
// [/world]

// [worker]
static void work(world& at, std::size_t me, alloy::frame_barrier::seat seat) {
    do {
        const std::span<int> mine = at.frame->make_span<int>(4);
        const std::span<int> neighbour = at.last[(me + 1) % workers];  // nobody writes there any more
        for (std::size_t i = 0; i < mine.size(); ++i) mine[i] = 1 + (neighbour.empty() ? 0 : neighbour[i]);
        at.next[me] = mine;
    } while (seat.arrive_and_wait());  // until the owner has ended the frame; false after stop()
}
// [/worker]

int main() {
    world at;
    bool ok = true;
    // [owner]
    std::vector<std::thread> threads;
    for (std::size_t me = 0; me < workers; ++me) threads.emplace_back(work, std::ref(at), me, at.barrier.join());

    for (int n = 1; n <= 5; ++n)
        at.barrier.complete([&] {  // runs on this thread, when each worker has arrived
            for (const std::span<int> made : at.next)
                for (int value : made) ok = ok && value == n;
            const alloy::frame_summary ended = at.memory.end_frame();
            std::printf("frame %d: %zu bytes by %zu workers\n", n, ended.used, at.barrier.seats());
            at.frame = &at.memory.begin_frame();
            at.last = std::exchange(at.next, {});
            if (n == 5) at.barrier.stop();
        });
    for (std::thread& t : threads) t.join();  // before the barrier and the memory go
    // [/owner]
    ok = ok && at.memory.end_frame().closed && at.barrier.completed() == 5 && at.barrier.seats() == 0;
    return ok ? 0 : 1;
}
