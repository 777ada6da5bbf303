#pragma once
/// The heap engine: each allocation straight from upstream, with a header that knows its size, its tag and its neighbours.
///
/// Cost: 32 bytes in front of each allocation (or its alignment, if that is larger), and what upstream takes for one.
/// Choose it for what is large and lasts. All of it goes back to upstream when the allocator is destroyed.
/// Invariant: headers form one ring through the engine; `bytes` is what upstream gave and gets back.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <utility>

#include <alloy/core/poison.hpp>
#include <alloy/engines/attribution.hpp>
#include <alloy/engines/supply.hpp>

namespace alloy::inline ALLOY_ABI {

/// In front of an allocation of the heap.
struct heap_header {
    heap_header* before = nullptr;
    heap_header* behind = nullptr;
    std::size_t bytes = 0;      ///< of the whole, this header included
    std::uint32_t front = 0;    ///< from the beginning of the whole to the allocation, bytes
    std::uint16_t tag = 0;
    block_origin origin = block_origin::upstream;
    bool is_stray = false;      ///< so small now that its size says pool

    void* object() noexcept { return this + 1; }
    void* whole() noexcept { return pointer(address(object()) - front); }
    std::size_t room() const noexcept { return bytes - front; }
    static heap_header& of(void* object) noexcept { return static_cast<heap_header*>(object)[-1]; }
};
static_assert(sizeof(heap_header) == 32);

template <class Policies>
class tracked_heap {
    using upstream_type = typename Policies::upstream_type;
    static constexpr bool is_split = budget_account<typename Policies::budget_type>::is_split;
    /// In front of an allocation that is aligned as blocks are: the header, and in front of that whom it was charged to, where budgets are per thread.
    static constexpr std::size_t least_front = sizeof(heap_header) + (is_split ? alignof(block) : 0);

public:
    /// The tag of what an engine of the allocator holds, which is used by what lies in it.
    static constexpr std::uint16_t nobody = 0xFFFF;

    constexpr tracked_heap() noexcept = default;
    tracked_heap(const tracked_heap&) = delete;

    /// `bytes` so aligned, or null with the reason in `error`. Used bytes are attributed to the tag, unless it is `nobody`.
    template <class Supply>
    void* allocate(Policies& policies, std::size_t bytes, std::size_t alignment, std::size_t tag, Supply supply, alloc_error& error) noexcept {
        const attribution<Policies> ledger(policies);
        const std::size_t front = alignment <= alignof(block) ? least_front : alignment > 2 * sizeof(heap_header) ? alignment : 2 * sizeof(heap_header);
        if (front > max_front || bytes > max_bytes - Supply::unit - front) return Policies::refuse(error, refusal::too_large, bytes, max_bytes);
        const std::size_t whole = Supply::whole(front + bytes);
        if (tag != nobody && !ledger.charge(tag, whole, error)) return nullptr;
        supply_request asked{whole, whole, alignment_of(front), Supply::unit};
        void* const at = supply.take(asked, error);
        if (!at) {
            if (tag != nobody) ledger.release(tag, whole);
            return nullptr;
        }
        auto* const h = ::new (pointer(address(at) + front - sizeof(heap_header))) heap_header;
        h->bytes = whole;
        h->front = static_cast<std::uint32_t>(front);
        h->tag = static_cast<std::uint16_t>(tag);
        h->origin = asked.origin;
        if constexpr (is_split) charged_to(h->object()) = supply.payer();
        link(*h);
        detail::poison(address(h->object()) + bytes, address(at) + whole);
        return h->object();
    }
    template <class Supply>
    void deallocate(Policies& policies, void* object, Supply supply) noexcept {
        heap_header& h = heap_header::of(object);
        unlink(h);
        if (h.tag != nobody) attribution<Policies>(policies).release(h.tag, h.bytes);
        detail::unpoison(address(object), h.room());
        supply.give_back(h.whole(), h.bytes, alignment_of(h.front), h.origin);
    }
    /// The same allocation with another size, elsewhere perhaps, where upstream can do that, or where it stands. Null, with nothing changed,
    /// where that needs a new one.
    template <class Supply>
    void* resize(Policies& policies, void* object, std::size_t bytes, Supply supply) noexcept {
        heap_header& h = heap_header::of(object);
        const std::size_t front = h.front, before = h.bytes;
        if (bytes > max_bytes - Supply::unit - front) return nullptr;
        const std::size_t whole = Supply::whole(front + bytes);
        const bool stands = whole == before || (whole < before && before - whole <= before / 2);
        if constexpr (upstream_type::reallocates) {
            if (whole != before && h.origin == block_origin::upstream && front == least_front) {
                const attribution<Policies> ledger(policies);
                if (whole > before) {
                    alloc_error nobody_asks;
                    if (!ledger.charge(h.tag, whole - before, nobody_asks)) return nullptr;
                    if (!supply.charge(whole - before)) return ledger.release(h.tag, whole - before), nullptr;
                }
                detail::unpoison(address(object), h.room());
                if (void* at = policies.upstream.reallocate(h.whole(), before, whole)) {
                    auto& moved = *static_cast<heap_header*>(at);
                    moved.bytes = whole;
                    relink(moved);
                    if (whole < before) ledger.release(moved.tag, before - whole);
                    supply.resized(before, whole);
                    detail::poison(address(moved.object()) + bytes, address(at) + whole);
                    return moved.object();
                }
                if (whole > before) {
                    supply.release(whole - before);
                    ledger.release(h.tag, whole - before);
                }
            }
        }
        if (!stands) return nullptr;
        return keep(object, bytes);
    }
    /// The same allocation, smaller than it says where there was no memory for a smaller one.
    static void* keep(void* object, std::size_t bytes) noexcept {
        heap_header& h = heap_header::of(object);
        detail::unpoison(address(object), bytes < h.room() ? bytes : h.room());
        if (bytes < h.room()) detail::poison(address(object) + bytes, address(object) + h.room());
        return object;
    }

    /// Remembers that the size of an allocation says pool now, though it is still here. Whether that is news.
    static bool stray(void* object) noexcept { return !std::exchange(heap_header::of(object).is_stray, true); }
    /// Whether this is one of them. Walks the ring.
    bool is_stray(const void* object) noexcept {
        for (heap_header* h = ring_.behind; h && h != &ring_; h = h->behind)
            if (h->is_stray && h->object() == object) return true;
        return false;
    }

    /// Gives all back; supply_of(object) says by which supply.
    template <class SupplyOf>
    void release(Policies& policies, SupplyOf supply_of) noexcept {
        while (ring_.behind && ring_.behind != &ring_) {
            void* const object = ring_.behind->object();
            deallocate(policies, object, supply_of(object));
        }
    }
    /// Whom an allocation was charged to, where budgets are kept per thread.
    static void*& charged_to(void* object) noexcept
        requires is_split
    {
        return *reinterpret_cast<void**>(static_cast<char*>(object) - least_front);
    }
    /// Bytes of allocations under a tag, headers included; how many there are. Walk the ring: for reports.
    std::size_t used(std::size_t tag) const noexcept {
        std::size_t bytes = 0;
        for (const heap_header* h = ring_.behind; h && h != &ring_; h = h->behind)
            if (h->tag == tag) bytes += h->bytes;
        return bytes;
    }
    std::size_t used() const noexcept { return held - used(nobody); }
    std::size_t count() const noexcept { return count_; }
    std::size_t held = 0;  ///< bytes of all allocations

private:
    static constexpr std::size_t max_front = std::size_t{1} << 31;

    /// Alignment that upstream was asked for.
    static constexpr std::size_t alignment_of(std::size_t front) noexcept { return front > least_front ? front : alignof(block); }
    void link(heap_header& h) noexcept {
        if (!ring_.behind) ring_.before = ring_.behind = &ring_;
        h.before = &ring_;
        h.behind = ring_.behind;
        relink(h);
        ++count_;
    }
    static void relink(heap_header& h) noexcept { h.before->behind = h.behind->before = &h; }
    void unlink(heap_header& h) noexcept {
        h.before->behind = h.behind;
        h.behind->before = h.before;
        --count_;
    }

    heap_header ring_;
    std::size_t count_ = 0;
};

}  // namespace alloy
