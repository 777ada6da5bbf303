#pragma once
/// What Vulkan allocates in the program's own memory, from an allocator's pool and heap: `alloy::vulkan_memory host{memory};`, then
/// `vkCreateInstance(&info, host, &instance)`, and the same for every call that takes VkAllocationCallbacks.
///
/// Needs <vulkan/vulkan_core.h>. Alignments are kept, and so are the rules of reallocation: null allocates, size 0 frees, and where there is no memory the
/// old one stays as it is. Where there is none Vulkan gets null, whatever the fallback, and answers VK_ERROR_OUT_OF_HOST_MEMORY.
/// It counts what was asked for by scope, and what drivers say they allocate by themselves.
/// Cost: the alignment in front of each allocation, which is freed without its size; three relaxed additions to count one.
/// Invariant: what was created with it is destroyed with it, before it ends, and the allocator outlives it. Vulkan calls back on the threads that call Vulkan:
/// where several do, the allocator's threading policy must be concurrent. A checking policy that throws ends the program here.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <vulkan/vulkan_core.h>

#include <alloy/adaptors/sized.hpp>

namespace alloy::inline ALLOY_ABI {

template <class A>
class vulkan_memory {
public:
    static constexpr std::size_t scopes = VK_SYSTEM_ALLOCATION_SCOPE_INSTANCE + 1;
    /// Since the beginning.
    struct count {
        std::uint64_t allocations = 0;  ///< reallocations too
        std::uint64_t bytes = 0;        ///< asked for
        std::uint64_t refused = 0;      ///< of these not given
    };

    explicit vulkan_memory(A& memory) noexcept : memory_(memory) {}
    vulkan_memory(const vulkan_memory&) = delete;
    vulkan_memory& operator=(const vulkan_memory&) = delete;

    const VkAllocationCallbacks* callbacks() const noexcept { return &callbacks_; }
    operator const VkAllocationCallbacks*() const noexcept { return &callbacks_; }  // implicit, as Vulkan's calls take it

    /// What was asked for in a scope; all zero for a scope that this header does not know.
    count asked(VkSystemAllocationScope scope) const noexcept {
        if (!knows(scope)) return {};
        const counters& c = counters_[scope];
        return {c.allocations.load(std::memory_order_relaxed), c.bytes.load(std::memory_order_relaxed), c.refused.load(std::memory_order_relaxed)};
    }
    /// Bytes that drivers said they hold besides, mostly memory for code.
    std::size_t internal_bytes() const noexcept { return internal_.load(std::memory_order_relaxed); }

private:
    struct counters {
        std::atomic<std::uint64_t> allocations{0}, bytes{0}, refused{0};
    };
    static bool knows(VkSystemAllocationScope scope) noexcept { return static_cast<std::size_t>(scope) < scopes; }
    static const vulkan_memory& of(const void* self) noexcept { return *static_cast<const vulkan_memory*>(self); }

    void* counted(void* at, std::size_t bytes, VkSystemAllocationScope scope) const noexcept {
        if (!knows(scope)) return at;
        counters& c = counters_[scope];
        c.allocations.fetch_add(1, std::memory_order_relaxed);
        c.bytes.fetch_add(bytes, std::memory_order_relaxed);
        if (!at) c.refused.fetch_add(1, std::memory_order_relaxed);
        return at;
    }

    static VKAPI_ATTR void* VKAPI_CALL allocate(void* self, std::size_t bytes, std::size_t alignment, VkSystemAllocationScope scope) {
        return of(self).counted(sized(of(self).memory_).allocate(bytes, alignment), bytes, scope);
    }
    static VKAPI_ATTR void* VKAPI_CALL reallocate(void* self, void* original, std::size_t bytes, std::size_t alignment, VkSystemAllocationScope scope) {
        const sized blocks(of(self).memory_);
        if (!original) return allocate(self, bytes, alignment, scope);
        if (bytes == 0) {
            blocks.release(original);
            return nullptr;
        }
        if (alignment <= detail::sized_word::of(original).alignment()) return of(self).counted(blocks.resize(original, bytes), bytes, scope);
        void* const at = allocate(self, bytes, alignment, scope);  // another alignment than before, which Vulkan forbids and costs nothing to bear
        if (at) {
            const std::size_t before = blocks.size(original);
            std::memcpy(at, original, before < bytes ? before : bytes);
            blocks.release(original);
        }
        return at;
    }
    static VKAPI_ATTR void VKAPI_CALL free(void* self, void* at) { sized(of(self).memory_).release(at); }
    static VKAPI_ATTR void VKAPI_CALL internal_allocated(void* self, std::size_t bytes, VkInternalAllocationType, VkSystemAllocationScope) {
        of(self).internal_.fetch_add(bytes, std::memory_order_relaxed);
    }
    static VKAPI_ATTR void VKAPI_CALL internal_freed(void* self, std::size_t bytes, VkInternalAllocationType, VkSystemAllocationScope) {
        of(self).internal_.fetch_sub(bytes, std::memory_order_relaxed);
    }

    A& memory_;
    VkAllocationCallbacks callbacks_{this, &allocate, &reallocate, &free, &internal_allocated, &internal_freed};
    mutable counters counters_[scopes];
    mutable std::atomic<std::size_t> internal_{0};
};

}  // namespace alloy
