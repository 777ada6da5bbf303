#pragma once
/// The end of a program whose use of memory is wrong: one sentence on stderr, then abort.
#include <cstdio>
#include <cstdlib>

#include <alloy/core/abi.hpp>

namespace alloy::inline ALLOY_ABI::detail {

/// Says what went wrong and how to mend it, and ends the program.
[[noreturn, gnu::cold, gnu::noinline]] inline void die(const char* fault, const char* cure) noexcept {
    std::fprintf(stderr, "alloy: %s; %s\n", fault, cure);
    std::abort();
}

}  // namespace alloy::detail
