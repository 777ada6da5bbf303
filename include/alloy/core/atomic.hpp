#pragma once
/// Atomic words over the compilers' builtins, and the memory that lock-free templates are written against.
///
/// <atomic> takes longer to include than all of Alloy. The templates take a `Memory`, so that a test may run the very same code over words of its own
/// through every order of steps.
#include <cstddef>

#include <alloy/core/abi.hpp>

#if ALLOY_DETAIL_ASAN
#define ALLOY_DETAIL_UNWATCHED [[gnu::noinline, gnu::no_sanitize_address]]
#else
#define ALLOY_DETAIL_UNWATCHED [[gnu::always_inline]]
#endif

namespace alloy::inline ALLOY_ABI::detail {

enum class order : int { relaxed = __ATOMIC_RELAXED, acquire = __ATOMIC_ACQUIRE, release = __ATOMIC_RELEASE, acq_rel = __ATOMIC_ACQ_REL };

template <class T>
class atomic {
public:
    constexpr atomic() noexcept = default;
    constexpr explicit atomic(T value) noexcept : value_(value) {}
    atomic(const atomic&) = delete;

    [[gnu::always_inline]] T load(order o) const noexcept { return __atomic_load_n(&value_, static_cast<int>(o)); }
    [[gnu::always_inline]] void store(T value, order o) noexcept { __atomic_store_n(&value_, value, static_cast<int>(o)); }
    [[gnu::always_inline]] T exchange(T value, order o) noexcept { return __atomic_exchange_n(&value_, value, static_cast<int>(o)); }
    /// Whether `expected` was there, and `desired` is now; else `expected` becomes what was.
    [[gnu::always_inline]] bool compare_exchange(T& expected, T desired, order won, order lost) noexcept {
        return __atomic_compare_exchange_n(&value_, &expected, desired, false, static_cast<int>(won), static_cast<int>(lost));
    }
    /// The sum.
    [[gnu::always_inline]] T add(T more, order o) noexcept { return __atomic_add_fetch(&value_, more, static_cast<int>(o)); }

private:
    T value_{};
};

/// The machine's own memory. Plain words that threads hand to each other go through read and write, which AddressSanitizer does not look at, since they
/// lie in memory that is free.
struct machine {
    template <class T>
    using atomic = detail::atomic<T>;
    template <class T>
    ALLOY_DETAIL_UNWATCHED static T read(const T& from) noexcept {
        return from;
    }
    template <class T>
    ALLOY_DETAIL_UNWATCHED static void write(T& to, T value) noexcept {
        to = value;
    }
    /// What a caller has promised; a test's memory looks.
    [[gnu::always_inline]] static void expects(bool, const char*) noexcept {}
};

}  // namespace alloy::detail
