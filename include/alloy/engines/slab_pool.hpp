#pragma once
/// The pool engine: slots of fixed sizes, in slabs, on last-in-first-out free lists.
///
/// Cost: taking and giving back a slot are what an intrusive free list does, and nothing more. Per object no byte besides what its class rounds up;
/// per slab of 16 KiB one header. Slots are put on the free list a page at a time, so memory that was never needed is never touched.
/// Empty slabs are found when somebody asks for them, by counting the free lists, and not at each free.
/// Invariant: a slot is handed out, on one free list, or has not been carved; slabs of a list are full but for the front one.
/// Where tags switch, each tag has slabs of its own: so the tag of a slot is known without a byte for it.
#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>

#include <alloy/contracts/threading.hpp>
#include <alloy/engines/slab.hpp>
#include <alloy/engines/supply.hpp>

namespace alloy::inline ALLOY_ABI {

template <class Policies>
class slab_pool {
    using checking_type = typename Policies::checking_type;
    using tagging_type = typename Policies::tagging_type;
    static constexpr std::size_t most_slabs = 64;  // of one region
    static constexpr std::size_t page = 4096;
    static constexpr bool has_owners = Policies::sharing == sharing::engine_per_thread;
    using slab_type = std::conditional_t<has_owners, owned_slab, slab>;

public:
    static constexpr std::size_t tags = tagging_type::switches ? tagging_type::count : 1;

private:
    static constexpr std::size_t lists = tags * size_class::count;
    free_slot* free_[lists]{};  // first, and the heads alone: a class is then an index that the processor scales without a further instruction

public:
    constexpr slab_pool() noexcept = default;
    slab_pool(const slab_pool&) = delete;

    /// The slot that was given back last, or null. Its first `bytes` may be used.
    [[gnu::always_inline]] void* pop(std::size_t size_class, std::size_t tag, std::size_t bytes) noexcept {
        free_slot*& head = free_[list(size_class, tag)];
        free_slot* const s = head;
        if (!s) [[unlikely]] return nullptr;
        detail::unpoison(address(s), sizeof(free_slot));
        head = s->next;
        detail::unpoison(address(s), bytes);
        return s;
    }
    [[gnu::always_inline]] void push(void* at, std::size_t size_class, std::size_t tag) noexcept {
        free_slot*& head = free_[list(size_class, tag)];
        auto* const s = static_cast<free_slot*>(at);
        s->next = head;
        head = s;
        detail::poison(address(at), address(at) + size_class::bytes(size_class));
    }
    /// Puts slots that were never used on an empty free list: the rest of a page, of a new slab where there is none. False, with the reason in
    /// `error`, where there is no memory.
    template <class Supply>
    bool carve(Policies& policies, std::size_t size_class, std::size_t tag, Supply supply, alloc_error& error, [[maybe_unused]] slab_owner owner = {}) noexcept {
        const std::size_t i = list(size_class, tag);
        slab* s = slabs_[i];
        if (!s || s->full()) {
            s = take_idle();
            if (!s) s = open_fresh(supply, error);
            if (!s) s = take_idle();  // before a request is refused, empty slabs are looked for
            if (!s) return false;
            s->assign(size_class, tag, sizeof(slab_type));
            if constexpr (has_owners) static_cast<owned_slab*>(s)->owner = owner;
            s->next = slabs_[i];
            slabs_[i] = s;
        }
        const std::uintptr_t begin = s->slot_at(s->carved), next_page = round_up(begin + 1, page);
        free_slot** link = &free_[i];
        free_slot* const before = *link;
        std::uintptr_t at = begin;
        do {
            detail::unpoison(at, sizeof(free_slot));
            auto* const slot = ::new (pointer(at)) free_slot{before};
            if constexpr (checking_type::poisons && !ALLOY_DETAIL_ASAN) policies.checking.on_free(slot + 1, s->slot - sizeof(free_slot));
            put_link(link, slot);
            link = &slot->next;
            at += s->slot;
            ++s->carved;
        } while (at < next_page && !s->full());
        static_cast<void>(policies);
        detail::poison(begin, at);
        return true;
    }

    /// Puts slots that other threads have freed on their free lists. seen(slot, tag, bytes) hears of each, before.
    template <class Seen>
    void take_in(chain_link* batches, Seen seen) noexcept {
        for_each_slot<detail::machine>(batches, [](void* slot) { return std::size_t{slab::of(slot).slot}; }, [&](void* slot) {
            const slab& s = slab::of(slot);
            seen(slot, std::size_t{s.tag}, std::size_t{s.slot});
            detail::unpoison(address(slot), sizeof(free_slot));
            push(slot, size_class::of(s.slot, quantum), tags > 1 ? s.tag : 0);
        });
    }

    /// Gives empty slabs back to upstream where their whole region is empty; the others may then serve any class. Whether any bytes went.
    template <class Supply>
    bool sweep(Policies& policies, Supply supply) noexcept {
        count_free();
        for (std::size_t i = 0; i < lists; ++i) {
            free_slot** link = &free_[i];
            for (free_slot* s = free_[i]; s;) {
                free_slot* const next = link_of(s);
                if (const slab& of = slab::of(s); of.free != of.carved) {
                    put_link(link, s);
                    link = &s->next;
                }
                s = next;
            }
            put_link(link, nullptr);
            for (slab** at = &slabs_[i]; *at;) {
                slab* const s = *at;
                if (s->free != s->carved) {
                    at = &s->next;
                    continue;
                }
                *at = s->next;
                unmark(policies, *s);
                s->next = idle_;
                idle_ = s;
            }
        }
        for (slab* r = regions_; r; r = r->next_region) r->idle = 0;
        for (const slab* s = idle_; s; s = s->next) ++s->region->idle;
        for (slab** at = &idle_; *at;) {
            if (const slab& r = *(*at)->region; r.idle == r.opened)
                *at = (*at)->next;
            else
                at = &(*at)->next;
        }
        bool any = false;
        for (slab** at = &regions_; *at;) {
            slab* const r = *at;
            if (r->idle != r->opened) {
                at = &r->next_region;
                continue;
            }
            *at = r->next_region;
            give_back(*r, supply);
            any = true;
        }
        return any;
    }
    /// Gives everything back, whatever is still in use.
    template <class Supply>
    void release(Policies& policies, Supply supply) noexcept {
        if constexpr (checking_type::poisons) {
            count_free();
            for (slab* first : slabs_)
                for (slab* s = first; s; s = s->next) unmark(policies, *s);
        }
        while (slab* r = regions_) {
            regions_ = r->next_region;
            give_back(*r, supply);
        }
    }

    /// Gives back each region of which no slot is in use. The others are nobody's now: a list of them, through `next_region`, with the number of their slots
    /// that are in use in `idle`.
    template <class Supply>
    slab* abandon(Supply supply) noexcept {
        count_free();
        for (slab* r = regions_; r; r = r->next_region) r->idle = 0;
        for (const slab* first : slabs_)
            for (const slab* s = first; s; s = s->next) s->region->idle += s->carved - s->free;
        slab* left = nullptr;
        while (slab* const r = regions_) {
            regions_ = r->next_region;
            if (r->idle == 0) {
                give_back(*r, supply);
            } else {
                r->next_region = left;
                left = r;
            }
        }
        return left;
    }

    /// Bytes of slots handed out under a tag. Walks all free lists: for reports.
    std::size_t used(std::size_t tag) noexcept {
        count_free();
        std::size_t bytes = 0;
        for (std::size_t c = 0; c < size_class::count; ++c)
            for (const slab* s = slabs_[list(c, tag)]; s; s = s->next) bytes += std::size_t{s->carved - s->free} * s->slot;
        return bytes;
    }
    std::size_t used() noexcept {
        std::size_t bytes = 0;
        for (std::size_t tag = 0; tag < tags; ++tag) bytes += used(tag);
        return bytes;
    }
    std::size_t regions() const noexcept {
        std::size_t n = 0;
        for (const slab* r = regions_; r; r = r->next_region) ++n;
        return n;
    }
    std::size_t held = 0;  ///< bytes of all regions

private:
    [[gnu::always_inline]] static std::size_t list(std::size_t size_class, std::size_t tag) noexcept { return tag * size_class::count + size_class; }

    // Links of free slots lie in memory that AddressSanitizer is told not to be touched.
    static free_slot* link_of(free_slot* s) noexcept {
        detail::unpoison(address(s), sizeof(free_slot));
        free_slot* const next = s->next;
        detail::poison(address(s), address(s) + sizeof(free_slot));
        return next;
    }
    void put_link(free_slot** at, free_slot* to) noexcept {
        const bool in_slab = address(at) < address(this) || address(at) >= address(this + 1);
        if (in_slab) detail::unpoison(address(at), sizeof(free_slot));
        *at = to;
        if (in_slab) detail::poison(address(at), address(at) + sizeof(free_slot));
    }

    slab* take_idle() noexcept {
        slab* const s = idle_;
        if (s) idle_ = s->next;
        return s;
    }
    /// A slab that was never used, of the region begun last or of a new one: as many slabs as are held already, within bounds.
    template <class Supply>
    slab* open_fresh(Supply& supply, alloc_error& error) noexcept {
        if (fresh_ == fresh_end_) {
            std::size_t slabs = held / slab_bytes;
            slabs = slabs < 1 ? 1 : slabs > most_slabs ? most_slabs : slabs;
            constexpr std::size_t unit = Supply::unit > slab_bytes ? Supply::unit : slab_bytes;
            supply_request asked{unit, round_up(slabs * slab_bytes, unit), slab_bytes, unit};
            void* const at = supply.take(asked, error);
            if (!at) return nullptr;
            slab* const r = ::new (at) slab_type;
            r->origin = asked.origin;
            r->bytes = asked.granted;
            r->next_region = regions_;
            regions_ = r;
            fresh_ = address(at);
            fresh_end_ = fresh_ + asked.granted;
            detail::poison(fresh_ + sizeof(slab_type), fresh_end_);
        }
        slab* const s = static_cast<slab*>(pointer(fresh_));
        if (s != regions_) {  // the first has its header already
            detail::unpoison(fresh_, sizeof(slab_type));
            ::new (static_cast<void*>(s)) slab_type;
        }
        fresh_ += slab_bytes;
        s->region = regions_;
        ++regions_->opened;
        return s;
    }
    template <class Supply>
    void give_back(slab& r, Supply& supply) noexcept {
        const std::size_t bytes = r.bytes;
        const block_origin origin = r.origin;
        if (fresh_end_ == address(&r) + bytes) fresh_ = fresh_end_ = 0;
        detail::unpoison(address(&r), bytes);
        supply.give_back(&r, bytes, slab_bytes, origin);
    }
    /// Memory that the checking policy has marked as free is looked at a last time.
    static void unmark([[maybe_unused]] Policies& policies, [[maybe_unused]] slab& s) noexcept {
        if constexpr (checking_type::poisons && !ALLOY_DETAIL_ASAN)
            if (s.free == s.carved)  // else some are in use, and which is not known
                for (std::size_t i = 0; i < s.carved; ++i)
                    policies.checking.on_reuse(pointer(s.slot_at(i) + sizeof(free_slot)), s.slot - sizeof(free_slot), tagging_type::name(s.tag));
    }
    void count_free() noexcept {
        for (slab* first : slabs_)
            for (slab* s = first; s; s = s->next) s->free = 0;
        for (free_slot* first : free_)
            for (free_slot* s = first; s; s = link_of(s)) ++slab::of(s).free;
    }

    slab* slabs_[lists]{};
    slab* idle_ = nullptr;
    slab* regions_ = nullptr;
    std::uintptr_t fresh_ = 0, fresh_end_ = 0;
};

}  // namespace alloy
