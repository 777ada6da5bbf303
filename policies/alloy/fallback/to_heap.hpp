#pragma once
/// What growth refuses to a frame comes from the allocator's own heap; what that has not either, raises.
///
/// Cost: nothing while blocks suffice; then what a heap allocation costs, and 32 bytes of header. The bytes are charged, and go back with the frame.
/// Choose it with `growth::fixed` or `in_place`, for frames that may outgrow their block once in a while. A budget's refusal stays one.
#include <alloy/contracts/fallback.hpp>

namespace alloy::fallback {

struct to_heap : raise {
    static constexpr bool asks_heap = true;
};

}  // namespace alloy::fallback
