#pragma once
/// The engine's memory: a plan of all of it, and one allocator type per subsystem, each with its reason.
#include <alloy/allocator.hpp>
#include <alloy/plan.hpp>
#include <alloy/policies.hpp>

namespace engine {

using alloy::KiB, alloy::MiB;

// [plan]
/// Who may have how much: no limit stands anywhere else. What does not fit in its whole does not compile, and the error says by how many bytes.
/// No map of freedoom1.wad needs more than five sixths of any part, on eight workers.
inline constexpr auto plan = alloy::plan<8 * MiB>(                                                //
    alloy::part<"map", 3 * MiB>(alloy::part<"file", 1 * MiB>, alloy::part<"geometry", 1 * MiB>),  // the rest is for what is held and not used
    alloy::part<"things", 256 * KiB>, alloy::part<"ai", 32 * KiB>, alloy::part<"physics", 256 * KiB>,
    alloy::part<"draw", 2560 * KiB>(alloy::part<"view", 64 * KiB>, alloy::part<"sorting", 1 * MiB>, alloy::part<"packets", 512 * KiB>),
    alloy::part<"render", 1536 * KiB>);

/// What all of them hold together.
struct whole : alloy::budget::group<"engine", plan.bytes()> {};

/// What an allocator may hold, and what may be used under each of its tags, which are called as the plan calls them.
template <alloy::fixed_string Part>
using holds = alloy::budget::shared<whole, alloy::budget::hard<plan.bytes<Part>()>>;
template <alloy::fixed_string... Tags>
using limits = alloy::budget::per_tag<alloy::budget::limit<Tags, plan.bytes<Tags>()>...>;
// [/plan]

/// A map is loaded once and its geometry lives in the heap until the program ends: whole pages, and a budget that a hostile file cannot exceed. What was
/// read from the file lies in a frame, and goes back to the system where loading ends.
struct map_allocator : alloy::allocator<alloy::upstream::pages<>, alloy::growth::released<alloy::growth::geometric<>>,
                                        alloy::tagging::scoped<"map/file", "map/geometry">,
                                        alloy::budget::all<holds<"map">, limits<"map/file", "map/geometry">>,
                                        alloy::tracking::boundary_metrics, alloy::lifetime::frame, alloy::lifetime::heap> {};

/// Things, and the puffs where they hit a wall, come and go one by one and are small: a pool, and nothing else. Workers make puffs and the main thread ends
/// them, so each thread has a part of the pool, and slots go home. Tags tell puffs from things; a limit for each would cost a lock per object.
struct thing_allocator : alloy::allocator<alloy::threading::thread_cached, alloy::tagging::scoped<"things", "things/puffs">, holds<"things">,
                                          alloy::tracking::boundary_metrics, alloy::lifetime::pool> {};

/// No heap at all: thinking has a fixed share of memory, and where it is used up, a thing just does not think this frame.
struct ai_allocator : alloy::allocator<alloy::growth::in_place<plan.bytes<"ai">()>, alloy::upstream::none, alloy::fallback::null,
                                       alloy::tagging::named<"ai">, limits<"ai">, alloy::tracking::boundary_metrics, alloy::lifetime::frame> {};

/// Contacts differ from frame to frame, so it grows, and joins its blocks into one where a frame ends. Each worker has frames of its own. What it holds is
/// bounded, and not what is used, since contacts are made through a cursor: one that had to count would be slower.
struct physics_allocator : alloy::allocator<alloy::threading::thread_cached, alloy::growth::coalesced<alloy::growth::geometric<4 * KiB>>,
                                            alloy::tagging::scoped<"physics">, holds<"physics">, alloy::tracking::boundary_metrics,
                                            alloy::lifetime::frame> {};

/// Each worker sorts its part of the draw list in a frame, and sends it to the render thread in packets of the pool; all read one view of the main thread's.
/// Three subsystems in one allocator, none of which can take what belongs to the others: in frames that costs nothing, and packets are few.
struct draw_allocator : alloy::allocator<alloy::threading::thread_cached, alloy::growth::geometric<32 * KiB>,
                                         alloy::tagging::scoped<"draw/view", "draw/sorting", "draw/packets">,
                                         alloy::budget::all<holds<"draw">, limits<"draw/view", "draw/sorting", "draw/packets">>,
                                         alloy::tracking::boundary_metrics, alloy::lifetime::frame, alloy::lifetime::pool> {};

/// The render thread's own. The previous frame's draw list stays readable while the next one is built: two buffers.
struct render_allocator : alloy::allocator<alloy::growth::geometric<64 * KiB>, alloy::tagging::named<"render">, holds<"render">,
                                           alloy::tracking::boundary_metrics, alloy::lifetime::frames<2>> {};

}  // namespace engine
