#pragma once
/// Everything belongs to one tag, the allocator's name.
///
/// Cost: nothing; the name stands in reports and errors. Choose it for an allocator per subsystem.
#include <cstddef>

#include <alloy/contracts/tagging.hpp>
#include <alloy/core/fixed_string.hpp>

namespace alloy::tagging {

template <fixed_string Name>
struct named {
    using axis = tagging::axis;
    static constexpr std::size_t count = 1;
    static constexpr bool switches = false;
    static constexpr const char* name(std::size_t) noexcept { return text.c_str(); }

private:
    static constexpr auto text = Name;
};

}  // namespace alloy::tagging
