/// Memory inside the object and no upstream: nothing here can reach the heap, and running out is a null pointer.
#include <cstdio>
#include <cstdlib>
#include <new>

#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

namespace {
int heap_calls = 0;
}
void* operator new(std::size_t bytes) {
    ++heap_calls;
    if (void* p = std::malloc(bytes)) return p;
    throw std::bad_alloc();
}
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
    ++heap_calls;
    return std::malloc(bytes);
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, const std::nothrow_t&) noexcept { std::free(p); }

struct ai_allocator : alloy::allocator<alloy::growth::in_place<4 * alloy::KiB>, alloy::upstream::none, alloy::fallback::null, alloy::lifetime::frame> {};
static ai_allocator memory;

int main() {
    int made = 0;
    auto frame = memory.frame();
    while (frame.make<double>(1.5)) ++made;
    std::printf("%d doubles in %zu bytes of object, %d calls of operator new\n", made, sizeof memory, heap_calls);
    return made > 400 && made <= 512 && heap_calls == 0 ? 0 : 1;
}
