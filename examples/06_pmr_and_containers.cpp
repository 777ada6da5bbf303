/// Standard containers in a frame: by type, or through std::pmr where an interface asks for it.
#include <cstdio>
#include <memory_resource>
#include <numeric>
#include <string>
#include <vector>

#include <alloy/allocator.hpp>
#include <alloy/containers.hpp>
#include <alloy/containers/growing_vector.hpp>
#include <alloy/memory_resource.hpp>

static int sum(const std::pmr::vector<int>& values) { return std::accumulate(values.begin(), values.end(), 0); }

int main() {
    alloy::allocator<> memory;
    auto frame = memory.frame();

    alloy::frame_map<int, alloy::frame_string> names{frame};
    names.emplace(2, alloy::frame_string("a string that is too long to be kept inside its object", frame));
    names.emplace(1, alloy::frame_string("first", frame));

    alloy::growing_frame_vector<int> squares{frame};
    for (int i = 0; i < 100; ++i) squares.push_back(i * i);

    auto resource = frame.resource();
    std::pmr::vector<int> values{&resource};
    for (int i = 1; i <= 100; ++i) values.push_back(i);

    std::printf("first name: %s, last square: %d, sum: %d, used: %zu bytes\n", names.begin()->second.c_str(), squares.back(), sum(values), memory.used());
    return names.begin()->second == "first" && squares.back() == 9801 && sum(values) == 5050 && memory.used() > 800 ? 0 : 1;
}
