// Compiled as its neighbour or otherwise: what it shares with it then does not link.
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef SHARES
int sum(alloy::frame_ref frame) { return *frame.make<int>(2); }
#else
/// An allocator of its own, used in this unit's own way.
bool runs_out() {
    alloy::allocator<alloy::growth::fixed<256>> memory;
    auto frame = memory.frame();
    return !frame.try_allocate(10'000, 8).has_value();
}
#endif
