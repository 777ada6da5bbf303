#pragma once
/// The end of a program whose use of memory is wrong: one sentence on stderr, then abort.
#include <cstdio>
#include <cstdlib>

#if defined(__cpp_exceptions)
#define ALLOY_DETAIL_EXCEPTIONS 1
#else
#define ALLOY_DETAIL_EXCEPTIONS 0
#endif

namespace alloy::detail {

/// Says what went wrong and how to mend it, and ends the program.
[[noreturn, gnu::cold, gnu::noinline]] inline void die(const char* fault, const char* cure) noexcept {
    std::fprintf(stderr, "alloy: %s; %s\n", fault, cure);
    std::abort();
}

}  // namespace alloy::detail
