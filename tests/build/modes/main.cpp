#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef SHARES
int sum(alloy::frame_ref frame);
int main() {
    alloy::allocator<> memory;
    auto frame = memory.frame();
    return sum(frame) == 2 ? 0 : 1;
}
#else
bool runs_out();
int main() {
    if (!runs_out()) return 1;
    alloy::allocator<alloy::growth::fixed<256>> memory;
    auto frame = memory.frame();
    try {
        static_cast<void>(frame.allocate(10'000, 8));
    } catch (const alloy::out_of_memory&) {
        return 0;
    }
    return 1;
}
#endif
