#pragma once
/// A string that can be a template argument: `tagging::named<"physics">`.
#include <cstddef>

#include <alloy/core/abi.hpp>

namespace alloy::inline ALLOY_ABI {

template <std::size_t Size>
struct fixed_string {
    char text[Size]{};

    consteval fixed_string(const char (&literal)[Size]) {  // implicit, so that a literal can be written
        for (std::size_t i = 0; i < Size; ++i) text[i] = literal[i];
    }
    constexpr const char* c_str() const noexcept { return text; }
    static constexpr std::size_t size() noexcept { return Size - 1; }
    friend constexpr bool operator==(const fixed_string&, const fixed_string&) = default;
};

}  // namespace alloy
