/// Views into an array of a frame: a pointer and a count, and no copy.
#include <cstdio>
#include <span>

#include <alloy/allocator.hpp>
#include <alloy/containers.hpp>
#include <alloy/policies.hpp>

struct particle {
    float height, brightness;
};

// [light]
static void light(std::span<particle> some) {
    for (particle& p : some) p.brightness = 1 - p.height / 1000;
}
static float brightest(std::span<const particle> some) {
    float most = 0;
    for (const particle& p : some) most = p.brightness > most ? p.brightness : most;
    return most;
}
// [/light]

int main() {
    alloy::allocator<alloy::tracking::metrics<alloy::metric::count>> memory;
    // [view]
    auto frame = memory.frame();
    const std::span<particle> all = frame.make_span<particle>(1000);
    for (std::size_t i = 0; i < all.size(); ++i) all[i].height = static_cast<float>(i);
    const std::span<particle> visible = all.subspan(100, 100);
    light(visible);
    const float seen = brightest(visible.last(50));
    // [/view]
    const std::size_t used = memory.used();
    const auto made = memory.metrics().allocations;

    // Runs of particles that are lit, as views: the list of views is in the frame, what they view stays where it is.
    // [runs]
    alloy::frame_vector<std::span<const particle>> runs{frame};
    for (std::size_t begin = 0, end = 0; begin < all.size(); begin = end) {
        for (end = begin + 1; end < all.size() && (all[end].brightness > 0) == (all[begin].brightness > 0);) ++end;
        if (all[begin].brightness > 0) runs.push_back(all.subspan(begin, end - begin));
    }
    // [/runs]
    std::printf("brightest of the last fifty: %.2f; %zu run of %zu particles\n", static_cast<double>(seen), runs.size(), runs.front().size());
    bool good = made == 1 && used >= 1000 * sizeof(particle) && used < 1100 * sizeof(particle);  // one array, however many views
    good = good && visible.data() == &all[100] && all[150].brightness == visible[50].brightness && all[99].brightness == 0;
    good = good && seen == 1 - 150.0F / 1000 && runs.size() == 1 && runs[0].data() == visible.data() && runs[0].size() == visible.size();
    return good ? 0 : 1;
}
