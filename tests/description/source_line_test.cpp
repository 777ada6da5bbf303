/// A leak report that names lines of source; compiled with debug information, and linked with libbacktrace.
#include <string>

#include <alloy/allocator.hpp>
#include <alloy/checking/guarded.hpp>
#include <alloy/policies.hpp>
#include <alloy/report/leaks.hpp>
#include <alloy/report/source_line.hpp>

#include "../support/catch.hpp"

TEST_CASE("a leak report may name the lines where objects were made", "[report]") {
    alloy::allocator<alloy::checking::guarded<>> memory;
    constexpr int line = __LINE__ + 1;
    auto kept = memory.make_pooled<int>(1);
    const std::string text = alloy::report::leaks(memory, alloy::report::source_line);
    INFO(text);
    CHECK(text.find("source_line_test.cpp:" + std::to_string(line)) != std::string::npos);
    CHECK(alloy::report::source_line(nullptr) == "unknown");
    CHECK_FALSE(alloy::report::source_line(&kept).empty());  // no code
}
