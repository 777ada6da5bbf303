#pragma once
/// What lies under a pool_map: slots that never move, in chunks of up to 64, each with a generation that never comes back.
///
/// Cost: per slot 4 bytes and 3 bits, per chunk 24 bytes and 16 of the directory. Taking a slot looks at one chunk that has an open one; where none
/// has, the allocator is asked for a chunk, which is sizeof(T) * 64 bytes and some (fewer slots where T is larger than 256 bytes).
/// Invariant: a slot is open, taken, or worn, which is for ever; `live` marks those taken ones that handles find. A generation is odd while its handle
/// is good. Memory that is missing leaves everything as it was.
#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

#include <alloy/core/layout.hpp>
#include <alloy/core/poison.hpp>
#include <alloy/core/result.hpp>

namespace alloy::inline ALLOY_ABI::detail {

template <class T, class A>
class pool_slots {
public:
    static constexpr std::uint32_t none = 0xFFFFFFFF;
    // Generations. 0 is that of no handle.
    static constexpr std::uint32_t retired = 1, first = 2, last = 0xFFFFFFFF;
    static constexpr std::size_t most_bytes = 16 * 1024;  // of a chunk's elements, unless one is larger
    static constexpr std::uint32_t slots = sizeof(T) * 64 <= most_bytes ? 64 : sizeof(T) > most_bytes ? 1 : std::bit_floor(most_bytes / sizeof(T));
    static constexpr std::uint64_t all = ~std::uint64_t{0} >> (64 - slots);
    static constexpr std::uint32_t most_chunks = none / slots;

    struct chunk {
        std::uint64_t live = 0;   ///< what handles and iteration find
        std::uint64_t taken = 0;  ///< that, and what is being made or destroyed, or was erased while pinned
        std::uint64_t worn = 0;   ///< retired
        std::uint32_t generation[slots];
        alignas(T) std::byte storage[slots * sizeof(T)];

        explicit chunk(std::uint32_t from) noexcept {
            for (std::uint32_t& g : generation) g = from;
        }
        std::uint64_t open() const noexcept { return ~(taken | worn) & all; }
        void* place(std::uint32_t i) noexcept { return storage + i * sizeof(T); }
        T* at(std::uint32_t i) noexcept { return std::launder(static_cast<T*>(place(i))); }
    };
    /// A chunk, or where it was given back, the generation with which another begins.
    struct entry {
        chunk* at;
        std::uint32_t generation;
        std::uint32_t next;  ///< of its list
    };
    static constexpr std::uint64_t bit(std::uint32_t index) noexcept { return std::uint64_t{1} << index % slots; }

    explicit pool_slots(A& memory) noexcept : memory_(&memory) {}
    pool_slots(const pool_slots&) = delete;
    ~pool_slots() {
        for (std::uint32_t c = 0; c < count_; ++c)
            if (directory_[c].at) end_of(*directory_[c].at);
        if (directory_) memory_->deallocate(directory_, room_ * sizeof(entry), alignof(entry));
    }
    void swap(pool_slots& other) noexcept {
        std::swap(memory_, other.memory_);
        std::swap(directory_, other.directory_);
        std::swap(count_, other.count_);
        std::swap(room_, other.room_);
        std::swap(open_, other.open_);
        std::swap(vacant_, other.vacant_);
    }

    A& memory() const noexcept { return *memory_; }
    std::uint32_t count() const noexcept { return count_; }
    /// Null where the chunk was given back. Precondition: c < count().
    chunk* chunk_at(std::uint32_t c) const noexcept { return directory_[c].at; }
    chunk& chunk_of(std::uint32_t index) const noexcept { return *directory_[index / slots].at; }

    /// Takes an open slot. `none` where there is no memory and the fallback policy returns, or with the reason in `error` where that is given.
    std::uint32_t take_slot(alloc_error* error) {
        if (open_ == none && !provide(1, error)) [[unlikely]] return none;
        entry& e = directory_[open_];
        const auto i = static_cast<std::uint32_t>(std::countr_zero(e.at->open()));
        const std::uint32_t index = open_ * slots + i;
        e.at->taken |= bit(i);
        if (!e.at->open()) open_ = e.next;
        unmark(e.at->place(i), sizeof(T));
        return index;
    }
    /// Opens it again, unless its generation is the last.
    void free_slot(std::uint32_t index) noexcept {
        chunk& c = chunk_of(index);
        mark(c.place(index % slots), sizeof(T));
        const bool was_full = !c.open();
        c.taken &= ~bit(index);
        if (c.generation[index % slots] == retired)
            c.worn |= bit(index);
        else if (was_full)
            push(open_, index / slots);
    }

    std::size_t count_open() const noexcept {
        std::size_t n = 0;
        for (std::uint32_t c = open_; c != none; c = directory_[c].next) n += static_cast<std::size_t>(std::popcount(directory_[c].at->open()));
        return n;
    }
    /// So many chunks more, or nothing has changed.
    [[gnu::noinline]] bool provide(std::size_t more, alloc_error* error) {
        struct unused {
            unused* next;
        };
        struct keeper {
            pool_slots& slots;
            unused* chunks = nullptr;
            ~keeper() {
                while (chunks) slots.give_back(std::exchange(chunks, chunks->next));
            }
        } taken{*this};
        std::size_t vacant = 0;
        for (std::uint32_t c = vacant_; c != none; c = directory_[c].next) ++vacant;
        std::size_t fresh = more > vacant ? more - vacant : 0;
        if (fresh > most_chunks - count_) return take(SIZE_MAX, 1, error);  // which is refused as it should be
        for (; more > 0; --more) {
            void* const at = take(sizeof(chunk), alignof(chunk), error);
            if (!at) return false;
            taken.chunks = ::new (at) unused{taken.chunks};
        }
        if (count_ + fresh > room_ && !widen(count_ + fresh, error)) return false;
        std::uint32_t filled_first = std::exchange(open_, none);
        const std::uint32_t before = count_;
        count_ += static_cast<std::uint32_t>(fresh);
        while (unused* const at = taken.chunks) {
            taken.chunks = at->next;
            std::uint32_t c;
            if (fresh > 0) {  // the last first, so that the first is filled first
                c = before + static_cast<std::uint32_t>(--fresh);
                directory_[c].generation = first;
            } else {
                c = vacant_;
                vacant_ = directory_[c].next;
            }
            directory_[c].at = ::new (static_cast<void*>(at)) chunk(directory_[c].generation);
            mark(directory_[c].at->storage, sizeof chunk::storage);
            push(open_, c);
        }
        std::uint32_t* behind = &filled_first;
        while (*behind != none) behind = &directory_[*behind].next;
        *behind = open_;
        open_ = filled_first;
        return true;
    }
    /// Gives chunks back of which no slot is taken, and lets the first of the others be filled first.
    void trim() noexcept {
        open_ = vacant_ = none;
        for (std::uint32_t c = count_; c-- > 0;) {
            entry& e = directory_[c];
            if (e.at && !e.at->taken) {
                e.generation = first;
                for (std::uint32_t g : e.at->generation) e.generation = g > e.generation ? g : e.generation;
                if (e.at->worn) e.generation = retired;  // which of its slots are worn is forgotten, so none is used again
                end_of(*std::exchange(e.at, nullptr));
            }
            if (e.at ? e.at->open() != 0 : e.generation != retired) push(e.at ? open_ : vacant_, c);
        }
    }

private:
    void push(std::uint32_t& list, std::uint32_t c) noexcept { directory_[c].next = std::exchange(list, c); }

    /// Memory as the fallback policy has it where there is none, or with `error` the reason there.
    void* take(std::size_t bytes, std::size_t alignment, alloc_error* error) {
        if (!error) return memory_->allocate(bytes, alignment);
        return given(memory_->try_allocate(bytes, alignment), *error);
    }
    static void* given(const result<void*>& answer, alloc_error& error) noexcept {
        if (answer) return *answer;
        error = answer.error();
        return nullptr;
    }
    bool widen(std::size_t least, alloc_error* error) {
        std::size_t room = room_ < 4 ? 8 : std::size_t{2} * room_;
        room = room < least ? least : room > most_chunks ? most_chunks : room;
        const std::size_t bytes = room_ * sizeof(entry), new_bytes = room * sizeof(entry);
        void* const at = error ? given(memory_->try_reallocate(directory_, bytes, new_bytes, alignof(entry)), *error)
                               : memory_->reallocate(directory_, bytes, new_bytes, alignof(entry));
        if (!at) return false;
        directory_ = static_cast<entry*>(at);
        room_ = static_cast<std::uint32_t>(room);
        return true;
    }
    void give_back(void* at) noexcept { memory_->deallocate(at, sizeof(chunk), alignof(chunk)); }
    void end_of(chunk& c) noexcept {
        unmark(c.storage, sizeof c.storage);
        give_back(&c);
    }

    // Slots without an element are known to AddressSanitizer, and to a checking policy that marks free memory.
    static constexpr bool marks() noexcept {
        if constexpr (requires { A::checking_type::poisons; })
            return A::checking_type::poisons && !ALLOY_DETAIL_ASAN;
        else
            return false;
    }
    void mark(void* at, std::size_t bytes) noexcept {
        detail::poison(address(at), address(at) + bytes);
        if constexpr (marks()) memory_->checking().on_free(at, bytes);
    }
    void unmark(void* at, std::size_t bytes) noexcept {
        detail::unpoison(address(at), bytes);
        if constexpr (marks()) memory_->checking().on_reuse(at, bytes, memory_->name());
    }

    A* memory_;
    entry* directory_ = nullptr;
    std::uint32_t count_ = 0, room_ = 0;         ///< entries in use, and those with memory
    std::uint32_t open_ = none, vacant_ = none;  ///< lists of chunks with an open slot, and of entries whose chunk was given back
};

}  // namespace alloy::detail
