/// A type per subsystem, a frame per turn: what is made in the frame goes with it.
#include <cstdio>

#include <alloy/allocator.hpp>
#include <alloy/containers.hpp>
#include <alloy/policies.hpp>

struct physics_allocator : alloy::allocator<alloy::tagging::named<"physics">, alloy::growth::geometric<256 * alloy::KiB>,
                                            alloy::budget::hard<16 * alloy::MiB>> {};

int main() {
    physics_allocator memory;
    auto frame = memory.frame();
    auto weights = frame.make_span<float>(1000);
    alloy::frame_vector<int> hits{frame};
    for (int i = 0; i < 10; ++i) hits.push_back(i);
    const bool good = weights.size() == 1000 && weights[999] == 0.0F && hits.back() == 9;
    const alloy::frame_summary summary = frame.end();
    std::printf("%s used %zu bytes in %zu block(s)\n", memory.name(), static_cast<std::size_t>(summary.used), static_cast<std::size_t>(summary.blocks));
    return good && summary.used >= 4000 && memory.used() == 0 ? 0 : 1;
}
