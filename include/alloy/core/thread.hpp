#pragma once
/// Numbers that are never used again, as addresses and the system's thread ids are: one for each thread, and others for whoever asks.
#include <cstdint>

#include <alloy/core/abi.hpp>

namespace alloy::inline ALLOY_ABI::detail {

// Of default visibility, so that all modules that are linked together see the same ones.
[[gnu::visibility("default")]] inline constinit std::uint64_t numbers_given = 1;
[[gnu::visibility("default")]] inline constinit thread_local std::uint64_t this_thread = 0;

/// One more than the last, and more than 1. Order: relaxed, since nothing but the number itself is passed on.
inline std::uint64_t next_number() noexcept { return __atomic_add_fetch(&numbers_given, 1, __ATOMIC_RELAXED); }

/// The calling thread's.
inline std::uint64_t thread_number() noexcept {
    if (this_thread == 0) this_thread = next_number();
    return this_thread;
}

}  // namespace alloy::detail
