/// Scratch arrays of one frame: grown as they are filled, all gone at once when the frame ends.
#include <cstdint>
#include <cstdio>

#include <alloy/allocator.hpp>
#include <alloy/containers.hpp>
#include <alloy/containers/growing_vector.hpp>
#include <alloy/policies.hpp>

// [memory]
struct physics_memory : alloy::allocator<alloy::tagging::named<"physics">, alloy::growth::geometric<64 * alloy::KiB>, alloy::tracking::boundary_metrics> {};

struct vec3 {
    float x, y, z;
};
struct scratch {
    alloy::frame_vector<vec3> positions, velocities;
    alloy::growing_frame_vector<std::uint32_t> contacts;  // nobody knows how many; grows where it stands while it is the last in its frame
    explicit scratch(alloy::frame_ref frame) : positions(frame), velocities(frame), contacts(frame) {}
};
// [/memory]

static bool step(alloy::frame_ref frame, std::size_t bodies) {
    // [step]
    scratch s(frame);
    s.positions.reserve(bodies);  // known beforehand: nothing is outgrown
    s.velocities.reserve(bodies);
    for (std::size_t i = 0; i < bodies; ++i) {
        s.positions.push_back({static_cast<float>(i), 0, 0});
        s.velocities.push_back({1, 0, 0});
    }
    s.contacts.push_back(0);
    const std::uint32_t* const where = s.contacts.data();
    const std::size_t before = frame.used();
    for (std::uint32_t i = 1; i < 5 * bodies; ++i) s.contacts.push_back(i);
    // [/step]
    const std::size_t grown = frame.used() - before;
    bool good = s.contacts.data() == where;                           // in place
    good = good && grown < 2 * s.contacts.capacity() * sizeof(std::uint32_t);  // and nothing outgrown was left behind
    for (std::size_t i = 0; i < bodies; ++i) good = good && s.positions[i].x == static_cast<float>(i) && s.velocities[i].x == 1;
    for (std::uint32_t i = 0; i < 5 * bodies; ++i) good = good && s.contacts[i] == i;
    return good;
}

int main() {
    physics_memory memory;
    bool good = true;
    std::uint64_t requests = 0;
    for (int turn = 0; turn < 100; ++turn) {
        // [frame]
        {
            auto frame = memory.frame();
            good = step(frame, 1000) && good;
            good = good && memory.used() > 1000 * 2 * sizeof(vec3);
        }
        good = good && memory.used() == 0;  // the end of the frame freed all of it
        // [/frame]
        if (turn == 2) requests = memory.metrics().upstream_requests;
    }
    const auto seen = memory.metrics();
    std::printf("peak %zu bytes used; %llu blocks asked for in 100 frames\n", seen.peak_used_in_frames, static_cast<unsigned long long>(seen.upstream_requests));
    return good && seen.upstream_requests == requests ? 0 : 1;  // later frames use the same blocks
}
