#pragma once
/// Alloy's memory as std::pmr::memory_resources: `auto resource = frame.resource();` for a frame, `alloy::memory_resource resource{memory};` for an
/// allocator's pool and heap. `std::pmr::vector<int> v{&resource};`.
///
/// Cost: a virtual call per allocation, 2 to 4 times the allocation itself. Choose it where an interface asks for pmr.
/// do_allocate never gives null: where the fallback policy returns, it throws std::bad_alloc; without exceptions it ends the program. Equal for the
/// same frame or allocator; without RTTI, which says what another resource is, only to itself. Thread rules are those of the frame or allocator.
#include <cstddef>
#include <memory_resource>

#include <alloy/adaptors/resource_over.hpp>
#include <alloy/core/lease.hpp>

namespace alloy::inline ALLOY_ABI {

/// Memory until the frame ends; giving back does nothing.
class frame_resource final : public detail::resource_over<frame_resource, lease, std::pmr::memory_resource> {
    using base = detail::resource_over<frame_resource, lease, std::pmr::memory_resource>;
    friend base;

public:
    explicit frame_resource(frame_ref frame) noexcept : base(frame) {}

private:
    void do_deallocate(void*, std::size_t, std::size_t) override {}
};

/// Memory of an allocator's pool, and of its heap for what is larger.
template <class A>
class memory_resource final : public detail::resource_over<memory_resource<A>, A, std::pmr::memory_resource> {
    using base = detail::resource_over<memory_resource, A, std::pmr::memory_resource>;
    friend base;

public:
    explicit memory_resource(A& memory) noexcept : base(memory) {}

private:
    void do_deallocate(void* at, std::size_t bytes, std::size_t alignment) override { this->memory_.deallocate(at, bytes, alignment); }
};

}  // namespace alloy
