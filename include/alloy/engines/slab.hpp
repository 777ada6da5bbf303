#pragma once
/// A slab: aligned memory of one size, cut into equal slots, with its header in front; found from any pointer into it.
///
/// A region is what upstream gave at once: slabs side by side, the header of the first of which says how it goes back.
#include <cstddef>
#include <cstdint>

#include <alloy/core/block.hpp>
#include <alloy/core/poison.hpp>
#include <alloy/core/remote_list.hpp>
#include <alloy/engines/size_classes.hpp>

namespace alloy::inline ALLOY_ABI {

/// Bytes of a slab, and its alignment.
inline constexpr std::size_t slab_bytes = 16 * 1024;

/// A slot that is free: its first word is the way to the next one.
struct free_slot {
    free_slot* next;
};

struct slab {
    slab* next = nullptr;      ///< in the list of its class, or of idle slabs
    slab* region = nullptr;    ///< the first slab of the region
    std::uint32_t slot = 0;    ///< bytes of a slot
    std::uint32_t first = 0;   ///< where the first slot begins
    std::uint32_t slots = 0;   ///< how many there are
    std::uint32_t carved = 0;  ///< how many were ever handed out; those behind have not been touched
    std::uint32_t free = 0;    ///< of the carved ones, while free lists are counted
    std::uint16_t tag = 0;
    block_origin origin = block_origin::upstream;  ///< in the first slab: who gave the region
    slab* next_region = nullptr;                   ///< in the first slab, as what follows
    std::size_t bytes = 0;                         ///< of the region
    std::uint32_t opened = 0, idle = 0;            ///< how many of its slabs were ever opened; of them idle, while those are counted

    static slab& of(const void* p) noexcept { return *static_cast<slab*>(pointer(round_down(address(p), slab_bytes))); }
    std::uintptr_t slot_at(std::size_t i) const noexcept { return address(this) + first + i * slot; }
    bool full() const noexcept { return carved == slots; }

    /// Becomes a slab of empty slots of a class, behind a header of so many bytes.
    void assign(std::size_t size_class, std::size_t to_tag, std::size_t header) noexcept {
        slot = static_cast<std::uint32_t>(size_class::bytes(size_class));
        first = static_cast<std::uint32_t>(round_up(header, size_class::alignment(size_class)));
        slots = static_cast<std::uint32_t>((slab_bytes - first) / slot);
        carved = free = 0;
        tag = static_cast<std::uint16_t>(to_tag);
    }
};
static_assert(sizeof(slab) <= 64);

/// Whose a slab is, and where slots of it go that others free.
struct slab_owner {
    std::uint64_t number = 0;
    remote_list<>* inbox = nullptr;
};

/// A slab of which other threads free slots.
struct owned_slab : slab {
    slab_owner owner;
    countdown<> out;  ///< in the first slab: slots that are out when their allocator is gone; see message_post

    static owned_slab& of(const void* p) noexcept { return static_cast<owned_slab&>(slab::of(p)); }
};
static_assert(sizeof(owned_slab) <= 96);

}  // namespace alloy
