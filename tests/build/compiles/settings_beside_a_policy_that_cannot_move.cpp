/// A policy that can neither be copied nor moved, as one with a lock or an atomic, is built in place beside one with a setting.
#include <alloy/policies.hpp>
#include <alloy/settings.hpp>
#include <alloy/upstream/resource.hpp>

struct pinned_tracking {
    using axis = alloy::tracking::axis;
    using watches = alloy::events<alloy::block_event>;
    constexpr pinned_tracking() noexcept = default;
    pinned_tracking(const pinned_tracking&) = delete;
    pinned_tracking& operator=(const pinned_tracking&) = delete;
    void on(const alloy::block_event&) noexcept { ++blocks; }
    int blocks = 0;
};

int blocks_of_a_frame() {
    auto memory = alloy::make_allocator<alloy::allocator<pinned_tracking, alloy::upstream::resource>>(alloy::upstream::resource{});
    auto frame = memory.frame();
    return frame.make<int>(1) ? memory.tracking().blocks : 0;
}
