// Run under Valgrind's memcheck, which tracking::valgrind_pool tells of each object: "after_free" and "leak" must be reported, and "none" must not, though it
// resizes, frees and takes again, and writes to all that it has. See tests/CMakeLists.txt.
#include <cstring>

#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>
#include <alloy/tracking/valgrind_pool.hpp>

namespace {

volatile char sink;
template <class Memory>
[[gnu::noinline]] char* filled(Memory& memory, std::size_t bytes) {
    auto* const p = static_cast<char*>(memory.allocate(bytes, 8));
    std::memset(p, 1, bytes);
    return p;
}
/// Whether what it was filled with is still there, which memcheck looks at as well.
bool keeps(const char* p, std::size_t bytes) {
    bool all = true;
    for (std::size_t i = 0; i < bytes; ++i) all &= p[i] == 1;
    return all;
}
template <class Memory>
bool run(const char* wanted) {
    Memory memory;
    char* small = filled(memory, 100);
    char* large = filled(memory, 5000);
    small = static_cast<char*>(memory.reallocate(small, 100, 90, 8));   // in its slot
    small = static_cast<char*>(memory.reallocate(small, 90, 200, 8));   // in another
    small = static_cast<char*>(memory.reallocate(small, 200, 3000, 8)); // in the heap
    large = static_cast<char*>(memory.reallocate(large, 5000, 4990, 8));
    if (!keeps(small, 90) || !keeps(large, 4990)) return false;
    memory.deallocate(small, 3000, 8);
    char* const freed = filled(memory, 64);
    memory.deallocate(freed, 64, 8);
    if (std::strcmp(wanted, "after_free") == 0) sink = freed[32];
    if (std::strcmp(wanted, "leak") == 0) static_cast<void>(filled(memory, 40));
    for (int i = 0; i < 1000; ++i) {
        auto one = memory.template make_pooled<long>(i);
        auto several = memory.template make_pooled<char[]>(300);
        several[299] = 1;
    }
    memory.deallocate(large, 4990, 8);
    memory.trim();
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    using watched = alloy::tracking::observed<alloy::tracking::valgrind_pool>;
    return run<alloy::allocator<watched>>(argv[1]) && run<alloy::allocator<watched, alloy::upstream::malloc>>(argv[1]) ? 0 : 1;
}
