#pragma once
/// For checking policies in tests that make mistakes on purpose.
#include <alloy/core/misuse.hpp>

namespace test {

/// Hears of a misuse, and does nothing about it.
inline void hear(const alloy::misuse&) noexcept {}

}  // namespace test
