#pragma once
/// Names an element of a pool_map<T, A>, whatever its allocator. A header of its own, for those who keep handles and need not see the map.
#include <cstdint>

#include <alloy/core/abi.hpp>

namespace alloy::inline ALLOY_ABI {

template <class T, class A>
class pool_map;

/// Eight bytes, copied as any number is. A default one names nothing, and is never found. T may be incomplete.
template <class T>
class pool_handle {
public:
    constexpr pool_handle() noexcept = default;
    constexpr explicit operator bool() const noexcept { return generation_ != 0; }
    friend constexpr bool operator==(const pool_handle&, const pool_handle&) noexcept = default;
    /// Different for all handles that a map ever gives; 0 for none.
    constexpr std::uint64_t number() const noexcept { return std::uint64_t{generation_} << 32 | index_; }

private:
    template <class, class>
    friend class pool_map;
    constexpr pool_handle(std::uint32_t index, std::uint32_t generation) noexcept : index_(index), generation_(generation) {}

    std::uint32_t index_ = 0, generation_ = 0;
};

}  // namespace alloy
