#pragma once
/// A number for each thread that is never used again, as its address or the system's id would be.
#include <cstdint>

#include <alloy/core/abi.hpp>

namespace alloy::inline ALLOY_ABI::detail {

// Of default visibility, so that all modules that are linked together see the same ones.
[[gnu::visibility("default")]] inline constinit std::uint64_t threads_seen = 0;
[[gnu::visibility("default")]] inline constinit thread_local std::uint64_t this_thread = 0;

/// The calling thread's. Order: relaxed, since nothing but the number itself is passed on.
inline std::uint64_t thread_number() noexcept {
    if (this_thread == 0) this_thread = __atomic_add_fetch(&threads_seen, 1, __ATOMIC_RELAXED);
    return this_thread;
}

}  // namespace alloy::detail
