#pragma once
/// Every allocation is fenced, and every object known: overruns, double frees, foreign pointers, wrong sizes, leaks and strange threads are told.
///
/// Cost: 96 bytes around each allocation, filled when it is made and looked at when it is freed or its frame ends; for pool and heap an entry in a table,
/// which lives in malloc's memory and not in the budget; and all that `poisoned` costs. Every request goes by a call.
/// Choose it for tests and for hunting a fault. A checked and an unchecked allocator may stand side by side: it is a policy of the type.
/// Not caught: a double free after the slot was used again by an object of the same size; reads beyond an end (unless AddressSanitizer or
/// Valgrind watches, to which the fences are told); writes that jump over the fences of 32 bytes.
/// Invariant: the table knows each live object of pool and heap by its address, and the last 1024 freed ones; what it says is never read from
/// memory that a fault may have overwritten.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

#include <boost/unordered/unordered_flat_map.hpp>

#include <alloy/checking/poisoned.hpp>
#include <alloy/core/fault.hpp>
#include <alloy/core/own_memory.hpp>
#include <alloy/core/thread.hpp>

namespace alloy::checking::inline ALLOY_DETAIL_MEMCHECK {

template <class Report = report::abort_program>
class guarded : public poisoned<Report> {
public:
    static constexpr bool guards = true;
    static constexpr std::size_t front = 64, back = 32;

    // Frames ----------------------------------------------------------------------------------------------------------------------

    static void on_allocate(void* at, std::size_t bytes, void*& chain) noexcept {
        auto* const link = ::new (static_cast<char*>(at) - front) frame_link{chain, bytes, 0, 0};
        link->check = link->sum();
        chain = link;
        fence(at, bytes);
    }
    static void on_close(void*& chain, const char* whose) noexcept {
        for (auto* link = static_cast<frame_link*>(chain); link; link = static_cast<frame_link*>(link->before)) {
            misuse broken;
            void* const at = reinterpret_cast<char*>(link) + front;
            const bool is_lost = link->check != link->sum();
            if (!is_lost && !look(at, link->bytes, broken)) continue;
            if (is_lost) broke(broken, misuse_kind::underrun, "bytes in front of an allocation were written", "find who writes before its beginning", at, 0, fence_bytes + 1);
            broken.whose = whose;
            Report::tell(broken);
            if (is_lost) break;  // where the others are is not known any more
        }
        chain = nullptr;
    }

    // Objects ---------------------------------------------------------------------------------------------------------------------

    void on_make(const object_note& made) noexcept {
        known()[made.at] = {made.bytes, made.alignment, made.whose, made.site, nullptr, made.in_pool, true};
        fence(made.at, made.bytes);
    }
    bool on_release(const object_note& freed) noexcept(!Report::throws) {
        auto& objects = known();
        misuse wrong{misuse_kind::foreign_pointer, "a pointer was freed that is not of this allocator", "free it where it was allocated, once", freed.whose, freed.at, freed.bytes, 0,
                     nullptr, nullptr, freed.site};
        const auto found = objects.find(freed.at);
        if (found == objects.end()) {
            for (const auto& [at, object] : objects)
                if (const std::size_t inside = static_cast<std::size_t>(static_cast<const char*>(freed.at) - static_cast<const char*>(at)); object.is_live && inside < object.bytes) {
                    describe(wrong, misuse_kind::interior_pointer, "a pointer was freed that lies inside an object", "free the pointer that was allocated", object, inside);
                    wrong.at = at;
                }
            return Report::raise(wrong), false;
        }
        entry& object = found->second;
        if (!object.is_live) {
            describe(wrong, misuse_kind::double_free, "an object was freed twice", "let one owner free it, and set other pointers to null", object, 0);
            return Report::raise(wrong), false;
        }
        if (object.bytes != freed.bytes || object.alignment != freed.alignment || object.in_pool != freed.in_pool) {
            const char* const what = object.bytes != freed.bytes           ? "an object was freed with another size than it was allocated with"
                                     : object.alignment != freed.alignment ? "an object was freed with another alignment than it was allocated with"
                                                                           : "an object of the heap was freed as one of the pool, or the other way round";
            describe(wrong, misuse_kind::wrong_size, what, "free it with the size, alignment and lifetime that it was allocated with", object,
                     object.bytes != freed.bytes ? freed.bytes : freed.alignment);
            return Report::raise(wrong), false;
        }
        const bool is_whole = !look(freed.at, freed.bytes, wrong);
        wrong.made = object.made;
        bury(found);
        found->second.freed = freed.site;
        if (!is_whole) Report::raise(wrong);
        return true;
    }
    /// Knows besides who was freed there last.
    void on_reuse(void* at, std::size_t bytes, const char* whose) noexcept {
        if (misuse noticed; this->is_touched(at, bytes, whose, noticed)) {
            const auto begin = address(at), end = begin + bytes;
            if (table_)
                for (const auto& [object, known] : table_->objects)
                    if (!known.is_live && begin <= address(object) && address(object) < end) {
                        noticed.made = known.made;
                        noticed.freed = known.freed;
                    }
            Report::tell(noticed);
        }
        renew(at, bytes);
    }
    void on_end(const char* whose) noexcept {
        if (!table_) return;
        std::size_t leaks = 0, told = 0;
        for (const auto& [at, object] : table_->objects) leaks += object.is_live;
        for (const auto& [at, object] : table_->objects) {
            if (!object.is_live || ++told > most_leaks_told) continue;
            const misuse leak{misuse_kind::leak, "an object is alive though its allocator ends", "free it before, or let the allocator outlive its users", object.whose, at, object.bytes,
                              leaks, object.made};
            told < leaks && told < most_leaks_told ? Report::mention(leak) : Report::tell(leak);
        }
        static_cast<void>(whose);
    }

    // Threads ---------------------------------------------------------------------------------------------------------------------

    void on_thread(const char* whose) noexcept {
        const std::uint64_t me = detail::thread_number();
        if (owner_ == 0) owner_ = me;
        if (owner_ != me) [[unlikely]]
            Report::tell(misuse{misuse_kind::wrong_thread, "an allocator of one thread was used by a second one", "choose threading::locked or an allocator per thread; where it was handed over, call checking().hand_over()", whose});
    }
    /// The next thread that uses the allocator is its thread from then on.
    void hand_over() noexcept { owner_ = 0; }

    /// Calls f(object_note) for each object of pool and heap that is alive, with the code address that made it. Nobody may use the allocator meanwhile, f neither.
    template <class F>
    void each_live(F f) const {
        if (table_)
            for (const auto& [at, object] : table_->objects)
                if (object.is_live) f(object_note{at, object.bytes, object.alignment, object.in_pool, object.whose, object.made});
    }
    /// How many objects of pool and heap are alive.
    std::size_t live() const noexcept {
        std::size_t n = 0;
        if (table_)
            for (const auto& [at, object] : table_->objects) n += object.is_live;
        return n;
    }

private:
    static constexpr std::size_t fence_bytes = 32, most_dead = 1024, most_leaks_told = 16;
    static constexpr unsigned char fence_pattern = 0xFB;

    /// In front of a fenced allocation in a frame, before its fence.
    struct frame_link {
        void* before;
        std::size_t bytes, check, unused;
        std::size_t sum() const noexcept { return (address(before) ^ bytes ^ address(this)) * 0x9E3779B97F4A7C15u; }
    };
    static_assert(sizeof(frame_link) + fence_bytes == front && back == fence_bytes);

    struct entry {
        std::size_t bytes = 0, alignment = 0;
        const char* whose = "";
        const void* made = nullptr;
        const void* freed = nullptr;
        bool in_pool = false, is_live = false;
    };
    [[noreturn]] static void die() noexcept { detail::die("malloc has no memory for the table of guarded objects", "give the program more memory, or choose checking::poisoned"); }
    using map = boost::unordered_flat_map<void*, entry, boost::hash<void*>, std::equal_to<void*>, detail::from_malloc<std::pair<void* const, entry>, &die>>;
    struct table {
        map objects;
        void* dead[most_dead] = {};  // a ring of the last ones freed
        std::size_t next = 0;
    };

    map& known() noexcept { return table_.get().objects; }
    /// From now on the object is one of the dead, of which the oldest is forgotten.
    void bury(typename map::iterator object) noexcept {
        object->second.is_live = false;
        void* const at = object->first;
        void*& oldest = table_->dead[table_->next++ % most_dead];
        if (oldest && oldest != at)
            if (const auto old = table_->objects.find(oldest); old != table_->objects.end() && !old->second.is_live) table_->objects.erase(old);
        oldest = at;
    }
    static void describe(misuse& to, misuse_kind kind, const char* what, const char* cure, const entry& object, std::size_t told) noexcept {
        to.kind = kind;
        to.what = what;
        to.cure = cure;
        to.whose = object.whose;
        to.bytes = object.bytes;
        to.told = told;
        to.made = object.made;
        to.freed = object.freed;
    }

    static void fence(void* at, std::size_t bytes) noexcept {
        char* const begin = static_cast<char*>(at);
        std::memset(begin - fence_bytes, fence_pattern, fence_bytes);
        std::memset(begin + bytes, fence_pattern, fence_bytes);
        hide(begin - fence_bytes, fence_bytes);
        hide(begin + bytes, fence_bytes);
    }
    /// Whether a fence of an allocation is broken, and then which.
    static bool look(void* at, std::size_t bytes, misuse& broken) noexcept {
        auto* const begin = static_cast<unsigned char*>(at);
        show(begin - fence_bytes, fence_bytes);
        show(begin + bytes, fence_bytes);
        for (std::size_t i = 0; i < fence_bytes; ++i)
            if (begin[bytes + i] != fence_pattern) return broke(broken, misuse_kind::overrun, "bytes behind an allocation were written", "find who writes beyond its end", at, bytes, i);
        for (std::size_t i = 1; i <= fence_bytes; ++i)
            if (*(begin - i) != fence_pattern) return broke(broken, misuse_kind::underrun, "bytes in front of an allocation were written", "find who writes before its beginning", at, bytes, i);
        return false;
    }
    static bool broke(misuse& broken, misuse_kind kind, const char* what, const char* cure, void* at, std::size_t bytes, std::size_t told) noexcept {
        broken.kind = kind;
        broken.what = what;
        broken.cure = cure;
        broken.at = at;
        broken.bytes = bytes;
        broken.told = told;
        return true;
    }

    detail::made_late<table, &die> table_;
    std::uint64_t owner_ = 0;
};

}  // namespace alloy::checking::inline ALLOY_DETAIL_MEMCHECK
