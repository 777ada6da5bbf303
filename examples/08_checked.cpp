// The same program, checked: a policy of the type finds what was done wrong, and tells a function of ours.
#include <cstdio>

#include <alloy/allocator.hpp>
#include <alloy/checking/guarded.hpp>
#include <alloy/policies.hpp>

// [declaration]
int mistakes = 0;
void note(const alloy::misuse& noticed) {
    std::printf("noticed: %s: %s, %zu bytes; %s\n", noticed.whose, noticed.what, noticed.bytes, noticed.cure);
    ++mistakes;
}

struct fast_allocator : alloy::allocator<alloy::tagging::named<"fast">> {};
struct checked_allocator : alloy::allocator<alloy::tagging::named<"checked">, alloy::checking::guarded<alloy::checking::report::call<&note>>> {};
// [/declaration]

int main() {
    fast_allocator unwatched;  // side by side with the other: no global switch, and nothing of it costs anything here
    auto number = unwatched.make_pooled<int>(1);

    {
        checked_allocator memory;
        void* p = memory.allocate(24, 8);
        memory.deallocate(p, 32, 8);              // 1: another size; refused
        static_cast<char*>(p)[24] = 'x';          // 2: beyond the end; noticed by the next line
        memory.deallocate(p, 24, 8);
        memory.deallocate(p, 24, 8);              // 3: a second time
        memory.end_frame();                       // 4: none was begun
        static_cast<void>(memory.allocate(100));  // 5: never given back; noticed when the allocator ends
    }
    return mistakes == 5 && *number == 1 ? 0 : 1;
}
