#pragma once
/// Where in the code something was asked for: an address that addr2line, a debugger, or a profiler turns into a file and a line.
#include <alloy/core/abi.hpp>

namespace alloy::inline ALLOY_ABI::detail {

/// The address of the code that this is inlined into; null on machines for which nobody has written how. Volatile, since compilers would take one call's
/// address for another's in the same function.
[[gnu::always_inline]] inline const void* code_here() noexcept {
    const void* at = nullptr;
#if defined(__x86_64__)
    asm volatile("lea 0(%%rip), %0" : "=r"(at));
#elif defined(__aarch64__)
    asm volatile("adr %0, ." : "=r"(at));
#endif
    return at;
}

}  // namespace alloy::inline ALLOY_ABI::detail
