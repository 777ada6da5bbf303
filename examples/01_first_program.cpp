/// A type per subsystem, a frame per turn: what is made in the frame goes with it.
// [readme]
#include <cstdio>

#include <alloy/allocator.hpp>
#include <alloy/containers.hpp>
#include <alloy/policies.hpp>

struct physics_allocator : alloy::allocator<alloy::tagging::named<"physics">, alloy::growth::geometric<256 * alloy::KiB>,
                                            alloy::budget::hard<16 * alloy::MiB>> {};

int main() {
    physics_allocator memory;
    auto frame = memory.frame();                     // ends with the scope, and with it all that is made in it
    auto weights = frame.make_span<float>(1000);     // zeros, side by side
    alloy::frame_vector<int> hits{frame};            // a std::vector in the frame
    for (int i = 0; i < 10; ++i) hits.push_back(i);
    std::printf("%s: %zu bytes used, %zu held\n", memory.name(), memory.used(), memory.held());
    return weights[999] == 0.0F && hits.back() == 9 && memory.used() >= 4000 ? 0 : 1;
}
// [/readme]
