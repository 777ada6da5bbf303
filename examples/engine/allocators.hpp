#pragma once
/// The engine's memory: one allocator type per subsystem, each with its reason.
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

namespace engine {

/// A map is loaded once and its geometry lives in the heap until the program ends: whole pages, and a budget that a hostile file cannot exceed. What was
/// read from the file lies in a frame, and goes back to the system where loading ends.
struct map_allocator : alloy::allocator<alloy::upstream::pages<>, alloy::growth::released<alloy::growth::geometric<>>, alloy::budget::hard<8 * alloy::MiB>,
                                        alloy::tagging::named<"map">, alloy::tracking::boundary_metrics, alloy::lifetime::frame, alloy::lifetime::heap> {
    static constexpr std::size_t budget_bytes = 8 * alloy::MiB;
};

/// Things, and the puffs where they hit a wall, come and go one by one and are small: a pool, and nothing else. Workers make puffs and the main thread ends
/// them, so each thread has a part of the pool, and slots go home.
struct thing_allocator : alloy::allocator<alloy::threading::thread_cached, alloy::budget::hard<256 * alloy::KiB>, alloy::tagging::named<"things">,
                                          alloy::tracking::boundary_metrics, alloy::lifetime::pool> {
    static constexpr std::size_t budget_bytes = 256 * alloy::KiB;
};

/// Contacts differ from frame to frame, so it grows, and joins its blocks into one where a frame ends. Each worker has frames of its own.
struct physics_allocator : alloy::allocator<alloy::threading::thread_cached, alloy::growth::coalesced<alloy::growth::geometric<4 * alloy::KiB>>,
                                            alloy::budget::hard<1 * alloy::MiB>, alloy::tagging::named<"physics">, alloy::tracking::boundary_metrics,
                                            alloy::lifetime::frame> {
    static constexpr std::size_t budget_bytes = 1 * alloy::MiB;
};

/// Each worker sorts its part of the draw list in a frame, and sends it to the render thread in packets of the pool.
struct draw_allocator : alloy::allocator<alloy::threading::thread_cached, alloy::growth::geometric<32 * alloy::KiB>, alloy::budget::hard<4 * alloy::MiB>,
                                         alloy::tagging::named<"draw">, alloy::tracking::boundary_metrics, alloy::lifetime::frame, alloy::lifetime::pool> {
    static constexpr std::size_t budget_bytes = 4 * alloy::MiB;
};

/// The render thread's own. The previous frame's draw list stays readable while the next one is built: two buffers.
struct render_allocator : alloy::allocator<alloy::growth::geometric<64 * alloy::KiB>, alloy::budget::hard<2 * alloy::MiB>,
                                           alloy::tagging::named<"render">, alloy::tracking::boundary_metrics, alloy::lifetime::frames<2>> {
    static constexpr std::size_t budget_bytes = 2 * alloy::MiB;
};

/// No heap at all: thinking has a fixed share of memory, and where it is used up, a thing just does not think this frame.
struct ai_allocator : alloy::allocator<alloy::growth::in_place<32 * alloy::KiB>, alloy::upstream::none, alloy::fallback::null,
                                       alloy::tagging::named<"ai">, alloy::tracking::boundary_metrics, alloy::lifetime::frame> {
    static constexpr std::size_t budget_bytes = 32 * alloy::KiB;
};

}  // namespace engine
