#pragma once
/// Whole pages from the system (mmap), touched by nobody before.
///
/// Cost: a system call per block and a page fault per page first touched; with `huge` the system is asked for pages of 2 MiB.
/// Choose it for large blocks that live long, for memory that must go back to the system when freed, for reservations, and for large heap objects
/// that grow, which get new addresses instead of copies.
/// Invariant: memory is zero when first given.
#include <cstddef>

#include <sys/mman.h>

#include <alloy/contracts/upstream.hpp>

namespace alloy::upstream {

enum class page_size : unsigned char { normal, huge };
inline constexpr page_size huge = page_size::huge;

template <page_size Size = page_size::normal>
struct pages {
    using axis = upstream::axis;
    static constexpr bool gives = true, is_stateless = true, reserves = true, reallocates = true;
    static constexpr std::size_t page = 4096;
    static constexpr std::size_t granularity = Size == page_size::huge ? std::size_t{2} << 20 : page;

    static void* allocate(std::size_t bytes, std::size_t alignment) noexcept {
        if (alignment <= page) return map(bytes, 0);
        if (bytes > max_bytes - alignment) return nullptr;
        void* const at = map(bytes + alignment, 0);  // what lies before and behind goes back at once
        if (!at) return nullptr;
        const std::size_t before = padding(address(at), alignment);
        if (before > 0) ::munmap(at, before);
        if (before < alignment) ::munmap(pointer(address(at) + before + bytes), alignment - before);
        return pointer(address(at) + before);
    }
    static void deallocate(void* at, std::size_t bytes, std::size_t) noexcept { ::munmap(at, bytes); }
    /// Pages are given other addresses rather than copied.
    static void* reallocate(void* at, std::size_t bytes, std::size_t new_bytes) noexcept {
        void* const there = ::mremap(at, bytes, new_bytes, MREMAP_MAYMOVE);
        return there == MAP_FAILED ? nullptr : there;
    }
    static void* reserve(std::size_t bytes) noexcept { return map(bytes, MAP_NORESERVE); }
    static void decommit(void* at, std::size_t bytes) noexcept {
        const std::size_t skipped = padding(address(at), page);
        if (bytes > skipped) ::madvise(pointer(address(at) + skipped), bytes - skipped, MADV_DONTNEED);
    }

private:
    static void* map(std::size_t bytes, int flags) noexcept {
        void* at = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
        if (at == MAP_FAILED) return nullptr;
        if constexpr (Size == page_size::huge) ::madvise(at, bytes, MADV_HUGEPAGE);
        return at;
    }
};

}  // namespace alloy::upstream
