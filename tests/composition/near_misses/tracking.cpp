/// Axis tracking: the minimal model is accepted; each archetype derives from it, breaks one requirement and is refused. What is private is missing:
/// a concept looks from outside.
#include <cstddef>

#include <alloy/contracts/checking.hpp>
#include <alloy/contracts/tracking.hpp>

namespace {

using namespace alloy;
using std::size_t;

struct model {
    using axis = alloy::tracking::axis;
    static constexpr bool watches_blocks = false, watches_frames = false, watches_refusals = false, counts_allocations = false;
};
static_assert(tracking_policy<model>);

class no_axis : public model {
    using model::axis;
};
struct axis_of_another : model {
    using axis = alloy::checking::axis;
};
class no_watches_blocks : public model {
    using model::watches_blocks;
};
struct watches_blocks_not_constant : model {
    static inline bool watches_blocks = false;
};
class no_watches_frames : public model {
    using model::watches_frames;
};
struct watches_frames_not_constant : model {
    static inline bool watches_frames = false;
};
class no_watches_refusals : public model {
    using model::watches_refusals;
};
struct watches_refusals_not_constant : model {
    static inline bool watches_refusals = false;
};
class no_counts_allocations : public model {
    using model::counts_allocations;
};
struct counts_allocations_not_constant : model {
    static inline bool counts_allocations = false;
};
static_assert(!tracking_policy<no_axis>);
static_assert(!tracking_policy<axis_of_another>);
static_assert(!tracking_policy<no_watches_blocks>);
static_assert(!tracking_policy<watches_blocks_not_constant>);
static_assert(!tracking_policy<no_watches_frames>);
static_assert(!tracking_policy<watches_frames_not_constant>);
static_assert(!tracking_policy<no_watches_refusals>);
static_assert(!tracking_policy<watches_refusals_not_constant>);
static_assert(!tracking_policy<no_counts_allocations>);
static_assert(!tracking_policy<counts_allocations_not_constant>);

struct claims_to_watch_blocks : model {
    static constexpr bool watches_blocks = true;
};
struct of_blocks : claims_to_watch_blocks {
    void on_block(const block_event&) noexcept;
};
struct on_block_may_throw : claims_to_watch_blocks {
    void on_block(const block_event&);
};
struct on_block_of_another_event : claims_to_watch_blocks {
    void on_block(const frame_event&) noexcept;
};
static_assert(block_watcher<of_blocks> && tracking_policy<of_blocks>);
static_assert(!block_watcher<claims_to_watch_blocks> && !tracking_policy<claims_to_watch_blocks>);
static_assert(!block_watcher<on_block_may_throw> && !tracking_policy<on_block_may_throw>);
static_assert(!block_watcher<on_block_of_another_event> && !tracking_policy<on_block_of_another_event>);

struct claims_to_watch_frames : model {
    static constexpr bool watches_frames = true;
};
struct of_frames : claims_to_watch_frames {
    void on_frame(const frame_event&) noexcept;
};
struct on_frame_may_throw : claims_to_watch_frames {
    void on_frame(const frame_event&);
};
struct on_frame_of_another_event : claims_to_watch_frames {
    void on_frame(const block_event&) noexcept;
};
static_assert(frame_watcher<of_frames> && tracking_policy<of_frames>);
static_assert(!frame_watcher<claims_to_watch_frames> && !tracking_policy<claims_to_watch_frames>);
static_assert(!frame_watcher<on_frame_may_throw> && !tracking_policy<on_frame_may_throw>);
static_assert(!frame_watcher<on_frame_of_another_event> && !tracking_policy<on_frame_of_another_event>);

struct claims_to_watch_refusals : model {
    static constexpr bool watches_refusals = true;
};
struct of_refusals : claims_to_watch_refusals {
    void on_refusal(const alloc_error&) noexcept;
};
struct on_refusal_may_throw : claims_to_watch_refusals {
    void on_refusal(const alloc_error&);
};
struct on_refusal_that_changes_the_error : claims_to_watch_refusals {
    void on_refusal(alloc_error&) noexcept;
};
static_assert(refusal_watcher<of_refusals> && tracking_policy<of_refusals>);
static_assert(!refusal_watcher<claims_to_watch_refusals> && !tracking_policy<claims_to_watch_refusals>);
static_assert(!refusal_watcher<on_refusal_may_throw> && !tracking_policy<on_refusal_may_throw>);
static_assert(!refusal_watcher<on_refusal_that_changes_the_error> && !tracking_policy<on_refusal_that_changes_the_error>);

struct claims_to_count : model {
    static constexpr bool counts_allocations = true;
};
struct of_allocations : claims_to_count {
    void on_allocation(size_t, size_t) noexcept;
};
struct on_allocation_may_throw : claims_to_count {
    void on_allocation(size_t, size_t);
};
struct on_allocation_without_alignment : claims_to_count {
    void on_allocation(size_t) noexcept;
};
static_assert(allocation_counter<of_allocations> && tracking_policy<of_allocations>);
static_assert(!allocation_counter<claims_to_count> && !tracking_policy<claims_to_count>);
static_assert(!allocation_counter<on_allocation_may_throw> && !tracking_policy<on_allocation_may_throw>);
static_assert(!allocation_counter<on_allocation_without_alignment> && !tracking_policy<on_allocation_without_alignment>);

}  // namespace
