/// Three connections for eight threads: whoever gets none does something else, and there are never four.
#include <atomic>
#include <cstdio>
#include <thread>
#include <vector>

#include <alloy/allocator.hpp>
#include <alloy/containers/resource_pool.hpp>
#include <alloy/policies.hpp>

static std::atomic<int> open_now = 0, most_open = 0, opened = 0;

// [connection]
struct server_memory : alloy::allocator<alloy::threading::spin_locked, alloy::tracking::boundary_metrics> {};

struct connection {
    int sent = 0;
    bool broken = false;
    connection() {
        ++opened;
        const int now = ++open_now;
        for (int seen = most_open; now > seen && !most_open.compare_exchange_weak(seen, now);) {}
    }
    connection(const connection&) = delete;
    ~connection() { --open_now; }
};
using connections = alloy::resource_pool<connection, 3, server_memory>;

/// Whether it was sent.
static bool send(connections& pool, int message) {
    auto c = pool.acquire();
    if (!c) return false;          // all are in use
    ++c->sent;                     // this thread's alone
    std::this_thread::yield();     // the other side takes its time
    c->broken = message % 50 == 0;
    if (c->broken) c.discard();    // the next one is opened afresh
    return true;                   // else it is given back here
}
// [/connection]

int main() {
    server_memory memory;
    bool good = true;
    {
        connections pool(memory);
        std::atomic<int> sent = 0, refused = 0;
        std::vector<std::thread> threads;
        for (int t = 0; t < 8; ++t)
            threads.emplace_back([&, t] {
                for (int i = 1; i <= 5000; ++i) {
                    if (send(pool, t + i)) ++sent;
                    else ++refused;
                }
            });
        for (std::thread& t : threads) t.join();
        std::printf("%d sent, %d refused, %d connections opened, at most %d at once\n", sent.load(), refused.load(), opened.load(), most_open.load());
        good = good && sent + refused == 40000 && sent > 0 && most_open <= 3 && pool.lent() == 0;

        // Used again without a request to upstream, and refused beyond the bound.
        const auto requests = memory.metrics().upstream_requests;
        const int before = opened;
        {
            auto a = pool.acquire(), b = pool.acquire(), c = pool.acquire();
            good = good && a && b && c && !pool.acquire() && open_now == 3;
        }
        const int after = opened;
        for (int i = 1; i < 50; ++i) good = good && send(pool, i);
        good = good && after - before <= 3 && opened == after && memory.metrics().upstream_requests == requests;
    }
    return good && open_now == 0 && memory.used() == 0 ? 0 : 1;
}
