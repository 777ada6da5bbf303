#pragma once
/// Plain calls return null, or an empty span, when memory or budget runs out.
///
/// Cost: nothing; callers must look. Choose it where exceptions are off and running out is an ordinary event.
#include <alloy/contracts/fallback.hpp>

namespace alloy::fallback {

struct null {
    using axis = fallback::axis;
    static constexpr bool retries = false, provides = false, asks_heap = false;
    static constexpr void give_up(const alloc_error&) noexcept {}
};

}  // namespace alloy::fallback
