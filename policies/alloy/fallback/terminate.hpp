#pragma once
/// The program ends with a sentence when memory or budget runs out.
///
/// Cost: nothing. Choose it where running out is a bug: callers need no check, and no exception can pass through.
#include <cstdio>
#include <cstdlib>

#include <alloy/contracts/fallback.hpp>

namespace alloy::fallback {

struct terminate {
    using axis = fallback::axis;
    static constexpr bool retries = false, provides = false, asks_heap = false;
    [[noreturn]] static void give_up(const alloc_error& error) noexcept {
        std::fprintf(stderr, "alloy: %s: %s: %zu bytes asked, %zu left; raise the bound or choose another fallback\n", error.whose, error.what(),
                     error.asked, error.left);
        std::abort();
    }
};

}  // namespace alloy::fallback
