#pragma once
/// A code address as the line of source that it was compiled from: "load_level at level.cpp:42". For leak reports: `report::leaks(memory, report::source_line)`.
///
/// By Boost.Stacktrace and libbacktrace, which g++ brings: define BOOST_STACKTRACE_USE_BACKTRACE for the whole program, compile with -g, and link with -lbacktrace and
/// -ldl. Without the macro, or without debug information, it says what place_of_code says.
/// Cost: when a report is made, some milliseconds to read the debug information, then little for each address; nothing before.
#include <cstdint>
#include <string>

#include <boost/stacktrace/frame.hpp>

#include <alloy/report/place_of_code.hpp>

namespace alloy::inline ALLOY_ABI {
namespace report {

/// What was recorded of a call is where it returns to, the byte behind it.
[[nodiscard]] inline std::string source_line(const void* code) {
    if (!code) return "unknown";
    const boost::stacktrace::frame call(reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(code) - 1));
    const std::string file = call.source_file();
    if (file.empty()) return place_of_code(code);
    return call.name() + " at " + file + ':' + std::to_string(call.source_line());
}

}  // namespace report
}  // namespace alloy
