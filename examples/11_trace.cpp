/// Records what an allocator is asked for, and reads it again.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>
#include <alloy/trace/reader.hpp>

namespace {

// [record]
struct physics_allocator : alloy::allocator<alloy::tagging::named<"physics">, alloy::tracking::recorded<>> {};

bool record(const char* path) {
    physics_allocator memory;
    if (!memory.tracking().start(path)) return false;
    for (int step = 0; step < 100; ++step) {
        auto frame = memory.frame();
        auto contacts = frame.make_span<float>(64);
        auto body = memory.make_pooled<double>(contacts[0]);
        if (step == 50) memory.mark("half-way");
    }
    return memory.tracking().stop();
}
// [/record]

}  // namespace

int main() {
    const char* const path = "alloy_example.trace";
    if (!record(path)) return 1;
    std::ifstream file(path, std::ios::binary);
    const std::vector<unsigned char> bytes{std::istreambuf_iterator<char>(file), {}};
    std::remove(path);

    alloy::trace::reader trace(bytes);
    std::size_t frames = 0, taken = 0;
    for (alloy::trace::event e; trace.next(e);) {
        frames += e.what == alloy::trace::op::open;
        if (e.what == alloy::trace::op::take) taken += e.bytes;
        if (e.what == alloy::trace::op::text && e.small == 0) std::printf("%.*s, after %zu frames\n", static_cast<int>(e.text.size()), e.text.data(), frames);
    }
    if (trace.wrong()) return std::printf("%s\n", trace.wrong()->text().c_str()), 1;
    std::printf("%zu bytes: %zu frames, %zu bytes in them, %zu objects\n", bytes.size(), frames, taken, static_cast<std::size_t>(trace.objects()));
    return frames == 100 && taken == 100 * 64 * sizeof(float) && trace.objects() == 100 ? 0 : 1;
}
