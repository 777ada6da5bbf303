#pragma once
/// A std::pmr::memory_resource chosen at run time; the default resource where none is given.
///
/// Cost: one word, and a virtual call per block. What the resource throws becomes a refusal.
/// Choose it to put an allocator on top of memory that somebody else manages: `make_allocator(upstream::resource{&mine})`.
/// The resource must outlive the allocator, and be as concurrent as it.
#include <cstddef>
#include <memory_resource>

#include <alloy/contracts/upstream.hpp>
#include <alloy/core/fault.hpp>

namespace alloy::upstream {

class resource {
public:
    using axis = upstream::axis;
    static constexpr bool gives = true, is_stateless = false, reserves = false, reallocates = false;
    static constexpr std::size_t granularity = 16;

    constexpr resource() noexcept = default;
    constexpr explicit resource(std::pmr::memory_resource* from) noexcept : from_(from) {}

    void* allocate(std::size_t bytes, std::size_t alignment) noexcept {
        if (!from_) from_ = std::pmr::get_default_resource();
#if ALLOY_DETAIL_EXCEPTIONS
        try {
            return from_->allocate(bytes, alignment);
        } catch (...) {
            return nullptr;
        }
#else
        return from_->allocate(bytes, alignment);
#endif
    }
    void deallocate(void* at, std::size_t bytes, std::size_t alignment) noexcept { from_->deallocate(at, bytes, alignment); }

private:
    std::pmr::memory_resource* from_ = nullptr;
};

}  // namespace alloy::upstream
