#pragma once
/// What all of Alloy's polymorphic resources share. Base is the standard's memory_resource, or a library's that has its members.
///
/// Invariant: a resource is equal to another of its kind over the same memory; without RTTI, which says what another is, only to itself.
#include <cstddef>
#include <new>

#include <alloy/core/raise.hpp>

namespace alloy::inline ALLOY_ABI::detail {

template <class Self, class Memory, class Base>
class resource_over : public Base {
protected:
    explicit resource_over(Memory& memory) noexcept : memory_(memory) {}
    Memory& memory_;

private:
    void* do_allocate(std::size_t bytes, std::size_t alignment) final {
        if (void* p = memory_.allocate(bytes, alignment)) [[likely]] return p;
        throw_or_die<std::bad_alloc>("a pmr container ran out of memory");
    }
    bool do_is_equal(const Base& other) const noexcept final {
#if defined(__cpp_rtti)
        const auto* same = dynamic_cast<const Self*>(&other);
        return same && &same->memory_ == &memory_;
#else
        return this == &other;
#endif
    }
};

}  // namespace alloy
