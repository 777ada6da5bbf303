// Run under Valgrind's memcheck, which the checking policies tell what may not be touched: each argument is a touch that it must report, "none" is the
// twin without one. See tests/CMakeLists.txt.
#include <cstring>

#include <alloy/allocator.hpp>
#include <alloy/checking/guarded.hpp>
#include <alloy/policies.hpp>

namespace {

template <class T>
T hidden(T value) {
    asm volatile("" : "+r"(value) : : "memory");
    return value;
}
volatile char sink;
void read(const char* at) { sink = *hidden(at); }

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const auto wanted = [&](const char* what) { return std::strcmp(argv[1], what) == 0; };
    struct poisoned : alloy::allocator<alloy::checking::poisoned<>> {};
    struct guarded : alloy::allocator<alloy::checking::guarded<>> {};
    poisoned marks;
    guarded fences;

    char* in_frame;
    {
        auto frame = marks.frame();
        in_frame = frame.make_span<char>(100).data();
        read(in_frame);
    }
    if (wanted("after_frame")) read(in_frame + 50);
    char* const in_pool = static_cast<char*>(marks.allocate(64, 8));
    std::memset(in_pool, 1, 64);
    marks.deallocate(in_pool, 64, 8);
    if (wanted("after_free")) read(in_pool + 32);
    {
        auto fenced = fences.make_pooled<char[]>(40);
        read(fenced.get());
        if (wanted("overrun")) read(fenced.get() + 40);
        if (wanted("underrun")) read(fenced.get() - 1);
    }
    {
        auto frame = fences.frame();
        auto span = frame.make_span<char>(40);
        if (wanted("overrun_in_frame")) read(span.data() + 41);
    }
    if (wanted("uninitialised")) {  // a slot that is used again means nothing until it is written
        const char* again = hidden(static_cast<char*>(marks.allocate(64, 8)));
        if (again[32] == 1) sink = 1;
    }
    marks.trim();
    fences.trim();
    return 0;
}
