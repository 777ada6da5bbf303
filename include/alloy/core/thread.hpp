#pragma once
/// Numbers that are never used again, as addresses and the system's thread ids are: one for each thread, and others for whoever asks.
#include <time.h>

#include <cstdint>

#include <alloy/core/abi.hpp>

namespace alloy::inline ALLOY_ABI::detail {

// Of default visibility, so that all modules that are linked together see the same ones.
[[gnu::visibility("default")]] inline constinit std::uint64_t numbers_given = 0;
[[gnu::visibility("default")]] inline constinit thread_local std::uint64_t this_thread = 0;

/// Where to begin: modules that do not see each other's variables count apart, and must not meet. Some 62 bits of when and where this was asked.
[[gnu::noinline]] inline std::uint64_t somewhere() noexcept {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    std::uint64_t bits = static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(now.tv_nsec);
    bits ^= reinterpret_cast<std::uintptr_t>(&numbers_given) << 20;
    bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9;  // each bit changes all (splitmix64)
    bits = (bits ^ bits >> 27) * 0x94d049bb133111eb;
    return (bits ^ bits >> 31) >> 2 | std::uint64_t{1} << 62;
}
/// One more than the last, and more than 1. Order: relaxed, since nothing but the number itself is passed on.
inline std::uint64_t next_number() noexcept {
    if (std::uint64_t none = 0; __atomic_load_n(&numbers_given, __ATOMIC_RELAXED) == none) [[unlikely]]
        __atomic_compare_exchange_n(&numbers_given, &none, somewhere(), false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    return __atomic_add_fetch(&numbers_given, 1, __ATOMIC_RELAXED);
}

/// The calling thread's.
inline std::uint64_t thread_number() noexcept {
    if (this_thread == 0) this_thread = next_number();
    return this_thread;
}

}  // namespace alloy::detail
