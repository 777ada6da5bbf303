#pragma once
/// Declare an allocator type: `struct physics : alloy::allocator<policies…> {};`. The framework with its defaults; policies are one
/// small header each under <alloy/<axis>/…>, or all of them in <alloy/policies.hpp>.
#include <alloy/core/size.hpp>
#include <alloy/host/basic_allocator.hpp>
#include <alloy/host/never_destroyed.hpp>
