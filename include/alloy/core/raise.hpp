#pragma once
/// How adaptors that may not return null say that there is nothing.
#include <alloy/core/fault.hpp>

namespace alloy::inline ALLOY_ABI::detail {

/// Throws an Error; without exceptions says `what` and ends the program.
template <class Error>
[[noreturn, gnu::cold, gnu::noinline]] inline void throw_or_die([[maybe_unused]] const char* what) {
#if ALLOY_DETAIL_EXCEPTIONS
    throw Error();
#else
    die(what, "give the allocator more memory, or ask through a try_ function first");
#endif
}

}  // namespace alloy::detail
