#pragma once
/// A type for each set of lifetimes, from which a benchmark is generated.
#include <alloy/allocator.hpp>

namespace lifetimes {

struct frames : alloy::allocator<alloy::lifetime::frame> {};
struct pool : alloy::allocator<alloy::lifetime::pool> {};
struct heap : alloy::allocator<alloy::lifetime::heap> {};
struct all : alloy::allocator<> {};

}  // namespace lifetimes
