/// heaptrack's calls, which this program defines as heaptrack would bring them.
#include <cstddef>
#include <map>

#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>
#include <alloy/tracking/heaptrack.hpp>

#include "../support/catch.hpp"

namespace {
std::map<void*, std::size_t>& seen() {
    static std::map<void*, std::size_t> objects;
    return objects;
}
}  // namespace

extern "C" {
[[gnu::visibility("default"), gnu::used]] void heaptrack_malloc(void* at, std::size_t bytes) { seen()[at] = bytes; }
[[gnu::visibility("default"), gnu::used]] void heaptrack_free(void* at) { seen().erase(at); }
}

TEST_CASE("heaptrack is told of objects where it is there", "[tracking][heaptrack]") {
    alloy::allocator<alloy::tracking::observed<alloy::tracking::heaptrack>, alloy::upstream::pages<>> memory;
    {
        auto small = memory.make_pooled<int>(1);
        auto large = memory.make_heap<char[]>(5000);
        CHECK(seen().size() == 2);
        CHECK(seen().at(small.get()) == sizeof(int));
        CHECK(seen().at(large.get()) == 5000);
    }
    CHECK(seen().empty());
}
