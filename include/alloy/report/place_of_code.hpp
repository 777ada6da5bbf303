#pragma once
/// A code address as the C library can name it: "./game(load_level+0x8a) [0x55d7c3a0bcca]". addr2line and debuggers turn it into a line of source; functions have
/// names where the program was linked with -rdynamic.
#include <cstdlib>
#include <string>
#if __has_include(<execinfo.h>)
#include <execinfo.h>
#endif

#include <alloy/format.hpp>

namespace alloy::inline ALLOY_ABI {
namespace report {

[[nodiscard]] inline std::string place_of_code(const void* code) {
    if (!code) return "unknown";
#if __has_include(<execinfo.h>)
    void* addresses[] = {const_cast<void*>(code)};
    if (char** const named = ::backtrace_symbols(addresses, 1)) {
        std::string text = named[0];
        std::free(static_cast<void*>(named));
        return text;
    }
#endif
    return alloy::detail::formatting::format("{}", code);
}

}  // namespace report
}  // namespace alloy
