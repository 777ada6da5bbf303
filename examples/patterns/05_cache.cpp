/// A cache of working objects: what was used is used again, with the room that it has grown to, and never more than so many.
#include <cstdio>
#include <vector>

#include <alloy/adaptors/std_allocator.hpp>
#include <alloy/allocator.hpp>
#include <alloy/containers/resource_pool.hpp>
#include <alloy/policies.hpp>

// [cache]
struct ai_memory : alloy::allocator<alloy::tracking::metrics<alloy::metric::boundary, alloy::metric::count>, alloy::budget::hard<1 * alloy::MiB>> {};

/// What a search for a path needs; dear, since its arrays grow large.
struct search {
    template <class T>
    using vector = std::vector<T, alloy::std_allocator<T, ai_memory>>;
    vector<int> open, came_from;
    explicit search(ai_memory& memory) : open(memory), came_from(memory) {}
};
using search_cache = alloy::resource_pool<search, 4, ai_memory>;
// [/cache]

// [steps]
/// How many steps from here to there, or -1 where too many search at once: then it is asked again next frame.
static int steps(search_cache& cache, ai_memory& memory, int from, int to) {
    auto s = cache.acquire(memory);
    if (!s) return -1;
    s->open.clear();  // as it was given back: its capacity is there still
    s->came_from.assign(1000, -1);
    for (int at = from; at != to; at = (at * 3 + 1) % 1000) {
        s->open.push_back(at);
        s->came_from[static_cast<std::size_t>(at)] = at;
        if (s->open.size() > 500) break;
    }
    return static_cast<int>(s->open.size());
}
// [/steps]

int main() {
    ai_memory memory;
    bool good = true;
    {
        search_cache cache(memory);
        good = good && steps(cache, memory, 1, 40) == 3 && steps(cache, memory, 2, 2) == 0;
        steps(cache, memory, 5, -1);  // the longest there is
        const auto warm = memory.metrics();
        for (int i = 0; i < 10000; ++i) good = good && steps(cache, memory, i % 1000, 7) >= 0;
        const auto after = memory.metrics();
        good = good && after.allocations == warm.allocations && after.upstream_requests == warm.upstream_requests;  // reuse does not allocate

        // [bound]
        auto a = cache.acquire(memory), b = cache.acquire(memory), c = cache.acquire(memory), d = cache.acquire(memory);
        good = good && a && b && c && d && steps(cache, memory, 1, 40) == -1;  // a fifth is refused, not made
        d.reset();
        good = good && steps(cache, memory, 1, 40) == 3;
        // [/bound]
        const std::size_t used = memory.used();
        a.reset(), b.reset(), c.reset();
        cache.trim();
        std::printf("10000 searches, %llu allocations; %zu bytes cached, %zu after trim()\n", static_cast<unsigned long long>(after.allocations), used, memory.used());
    }
    return good && memory.used() == 0 ? 0 : 1;
}
