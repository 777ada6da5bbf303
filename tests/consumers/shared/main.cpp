/// A stranger's program over Alloy.
#include <cstdio>

#include <alloy/containers.hpp>
#include <alloy/policies.hpp>

#include "allocators.hpp"

int main() {
    studio::level_allocator memory;
    {
        auto frame = memory.frame();
        alloy::frame_vector<int> numbers{frame};
        for (int i = 0; i < 1000; ++i) numbers.push_back(i);
        if (numbers.back() != 999) return 1;
    }
    studio::sound_allocator sound;
    if (sound.frame().try_allocate(2 * alloy::MiB)) return 2;
    const auto seen = memory.metrics();
    std::printf("%s: %zu bytes in %zu blocks, %zu at most used\n", memory.name(), seen.held, seen.blocks, seen.peak_used_in_frames);
    return seen.held >= 1024 + 2048 && seen.blocks >= 3 && seen.peak_used_in_frames >= 4000 ? 0 : 3;
}
