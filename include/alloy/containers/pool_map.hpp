#pragma once
/// Objects found by handles that notice when what they named is gone: `alloy::pool_map<transform, mine> transforms{memory};`.
///
/// Nothing moves: an element keeps its address from insertion to erasure, whatever else is inserted, erased or given back, so T need neither copy
/// nor move, and there is nothing to compact. That is why elements lie in chunks of up to 64 slots, and holes are filled by later insertions,
/// rather than side by side in one array that must move them. A pin keeps an element alive: erased meanwhile, it is gone for handles and
/// iteration at once, and is destroyed when its last pin ends. To refuse would leave the caller to remember what is still to be erased.
///
/// Cost: find reads a directory, a generation, and compares. Insertion and erasure besides set a bit each, and where all chunks are full, insertion
/// asks the allocator for one of sizeof(T) * 64 bytes and some (fewer slots where T is larger than 256 bytes). Per element 4 bytes and 3 bits, per
/// chunk 24 and 16 of the directory. Iteration is a step per element and one per 64 slots, in order of addresses within a chunk. A pin costs no
/// byte of the map; while there are any, erasure looks at all of them. Handles are 8 bytes.
/// Choose it for components, entities and whatever is named from elsewhere for longer than it may live.
/// Invariant: a slot's generation is odd while its handle is good, and never comes back: a slot that has used all of its 2^31 is retired.
/// A map belongs to one thread at a time, whatever the allocator's threading, and its allocator outlives it. Handles of another map are not noticed.
#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <new>
#include <type_traits>
#include <utility>

#include <alloy/core/layout.hpp>
#include <alloy/core/making.hpp>
#include <alloy/core/poison.hpp>
#include <alloy/core/result.hpp>

namespace alloy::inline ALLOY_ABI {

template <class T, class A>
class pool_map;

namespace detail {
/// Tests define it, to bring slots near their last generation.
struct pool_map_seam;
}  // namespace detail

/// Names an element of a pool_map<T, A>. A default one names nothing, and is never found.
template <class T>
class pool_handle {
public:
    constexpr pool_handle() noexcept = default;
    constexpr explicit operator bool() const noexcept { return generation_ != 0; }
    friend constexpr bool operator==(const pool_handle&, const pool_handle&) noexcept = default;
    /// Different for all handles that a map ever gives; 0 for none.
    constexpr std::uint64_t number() const noexcept { return std::uint64_t{generation_} << 32 | index_; }

private:
    template <class, class>
    friend class pool_map;
    constexpr pool_handle(std::uint32_t index, std::uint32_t generation) noexcept : index_(index), generation_(generation) {}

    std::uint32_t index_ = 0, generation_ = 0;
};

template <class T, class A>
class pool_map {
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
        T* at(std::uint32_t i) noexcept { return std::launder(reinterpret_cast<T*>(storage + i * sizeof(T))); }
    };
    /// A chunk, or where it was given back, the generation with which another begins.
    struct entry {
        chunk* at;
        std::uint32_t generation;
        std::uint32_t next;  ///< of its list
    };
    static constexpr std::uint64_t bit(std::uint32_t index) noexcept { return std::uint64_t{1} << index % slots; }

public:
    using value_type = T;
    using handle = pool_handle<T>;

    explicit pool_map(A& memory) noexcept : memory_(&memory) {}
    /// Elements, handles and pins go along; what was moved from is empty, and may be used.
    pool_map(pool_map&& other) noexcept : memory_(other.memory_) { swap(other); }
    pool_map& operator=(pool_map&& other) noexcept {
        pool_map gone(std::move(*this));
        swap(other);
        return *this;
    }
    /// Destroys all elements, pinned ones too; their pins are then empty.
    ~pool_map() {
        clear();
        while (pins_) pins_->reset();
        for (std::uint32_t c = 0; c < count_; ++c)
            if (directory_[c].at) end_of(*directory_[c].at);
        if (directory_) memory_->deallocate(directory_, room_ * sizeof(entry), alignof(entry));
    }

    /// A T made from args. The handle is empty where there is no memory and the fallback policy returns. Nothing has changed where there is none,
    /// or where the constructor throws.
    template <class... Args>
    handle emplace(Args&&... args) {
        return make(nullptr, static_cast<Args&&>(args)...);
    }
    handle insert(const T& value) { return make(nullptr, value); }
    handle insert(T&& value) { return make(nullptr, std::move(value)); }
    /// The same, or why not; the constructor may throw.
    template <class... Args>
    result<handle> try_emplace(Args&&... args) {
        alloc_error error;
        const handle made = make(&error, static_cast<Args&&>(args)...);
        if (!made) return error;
        return made;
    }

    /// The element, or null where it was erased.
    [[nodiscard]] T* find(handle h) noexcept { return look(h); }
    [[nodiscard]] const T* find(handle h) const noexcept { return look(h); }

    /// Destroys the element and gives its slot free; one that is pinned, when its last pin ends. False where it was erased before.
    bool erase(handle h) noexcept {
        if (!look(h)) return false;
        chunk& c = chunk_of(h.index_);
        c.live &= ~bit(h.index_);
        c.generation[h.index_ % slots] = h.generation_ == last ? retired : h.generation_ + 1;
        --size_;
        if (!is_pinned(h.index_)) end_of(h.index_);
        return true;
    }
    /// Erases all; their chunks are kept.
    void clear() noexcept {
        for (iterator i = begin(); i != end(); ++i) erase(i.name());
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    /// Memory for n elements in all, so that so many are held without asking for more. False, with nothing changed, where there is none and the
    /// fallback policy returns.
    bool reserve(std::size_t n) { return reserve(n, nullptr); }
    /// The same: n, or why not.
    result<std::size_t> try_reserve(std::size_t n) {
        alloc_error error;
        if (!reserve(n, &error)) return error;
        return n;
    }
    /// Gives chunks without an element back to the allocator, and lets later insertions fill the first ones first. Not while iterating.
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
    void swap(pool_map& other) noexcept {
        std::swap(memory_, other.memory_);
        std::swap(directory_, other.directory_);
        std::swap(count_, other.count_);
        std::swap(room_, other.room_);
        std::swap(open_, other.open_);
        std::swap(vacant_, other.vacant_);
        std::swap(size_, other.size_);
        std::swap(pins_, other.pins_);
        for (pool_map* map : {this, &other})
            for (pinned* p = map->pins_; p; p = p->next_) p->map_ = map;
    }
    friend void swap(pool_map& a, pool_map& b) noexcept { a.swap(b); }

    /// Keeps an element alive for as long as it lasts. Move-only; empty where the handle was stale, and after the map is gone.
    class [[nodiscard]] pinned {
    public:
        pinned(pinned&& other) noexcept { take_over(other); }
        pinned& operator=(pinned&& other) noexcept {
            if (this == &other) return *this;
            reset();
            take_over(other);
            return *this;
        }
        ~pinned() { reset(); }
        void reset() noexcept {
            if (map_) std::exchange(map_, nullptr)->unpin(*this);
        }
        T* get() const noexcept { return object_; }
        explicit operator bool() const noexcept { return object_ != nullptr; }
        T& operator*() const noexcept { return *object_; }
        T* operator->() const noexcept { return object_; }

    private:
        friend class pool_map;
        pinned(pool_map& map, handle h) noexcept : object_(map.look(h)), index_(h.index_) {
            if (object_) link(map);
        }
        void link(pool_map& map) noexcept {
            map_ = &map;
            next_ = std::exchange(map.pins_, this);
        }
        void take_over(pinned& other) noexcept {
            if (!other.map_) return;
            pool_map& map = *std::exchange(other.map_, nullptr);
            object_ = std::exchange(other.object_, nullptr);
            index_ = other.index_;
            map.unlink(other);
            link(map);
        }

        pool_map* map_ = nullptr;
        pinned* next_ = nullptr;
        T* object_ = nullptr;
        std::uint32_t index_ = 0;
    };
    pinned pin(handle h) noexcept { return pinned(*this, h); }

    /// Over the live elements. While iterating any element may be erased and others inserted: what was erased is not met, what was inserted may be.
    template <bool IsConst>
    class basic_iterator {
    public:
        using iterator_category = std::forward_iterator_tag;
        using value_type = std::remove_cv_t<T>;
        using difference_type = std::ptrdiff_t;
        using reference = std::conditional_t<IsConst, const T&, T&>;
        using pointer = std::conditional_t<IsConst, const T*, T*>;

        basic_iterator() noexcept = default;
        operator basic_iterator<true>() const noexcept
            requires(!IsConst)
        {
            return {*map_, chunk_, index_};
        }
        reference operator*() const noexcept { return *chunk_->at(index_ % slots); }
        pointer operator->() const noexcept { return chunk_->at(index_ % slots); }
        basic_iterator& operator++() noexcept {
            ++index_;
            if (index_ % slots == 0 || !(chunk_->live >> index_ % slots & 1)) [[unlikely]] settle();
            return *this;
        }
        basic_iterator operator++(int) noexcept {
            basic_iterator before = *this;
            ++*this;
            return before;
        }
        /// The handle of the element.
        handle name() const noexcept { return {index_, chunk_->generation[index_ % slots]}; }
        friend bool operator==(const basic_iterator& a, const basic_iterator& b) noexcept { return a.index_ == b.index_; }

    private:
        friend class pool_map;
        template <bool>
        friend class basic_iterator;
        basic_iterator(const pool_map& map, chunk* at, std::uint32_t index) noexcept : map_(&map), chunk_(at), index_(index) {}
        /// Goes to the first live element at or behind the index.
        void settle() noexcept {
            std::uint32_t c = index_ / slots;
            std::uint64_t seen = bit(index_) - 1;  // what lies in front
            for (; c < map_->count_; ++c, seen = 0) {
                chunk_ = map_->directory_[c].at;
                if (const std::uint64_t ahead = chunk_ ? chunk_->live & ~seen : 0) {
                    index_ = c * slots + static_cast<std::uint32_t>(std::countr_zero(ahead));
                    return;
                }
            }
            index_ = none;
        }

        const pool_map* map_ = nullptr;
        chunk* chunk_ = nullptr;
        std::uint32_t index_ = none;
    };
    using iterator = basic_iterator<false>;
    using const_iterator = basic_iterator<true>;
    iterator begin() noexcept { return begun<iterator>(); }
    iterator end() noexcept { return {*this, nullptr, none}; }
    const_iterator begin() const noexcept { return begun<const_iterator>(); }
    const_iterator end() const noexcept { return {*this, nullptr, none}; }

private:
    friend detail::pool_map_seam;

    template <class Iterator>
    Iterator begun() const noexcept {
        Iterator i(*this, nullptr, 0);
        i.settle();
        return i;
    }
    chunk& chunk_of(std::uint32_t index) noexcept { return *directory_[index / slots].at; }
    T* look(handle h) const noexcept {
        const std::uint32_t c = h.index_ / slots;
        if (c >= count_) [[unlikely]] return nullptr;
        chunk* const at = directory_[c].at;
        return at && at->generation[h.index_ % slots] == h.generation_ ? at->at(h.index_ % slots) : nullptr;
    }

    /// Gives a slot free again where a constructor throws.
    struct unmade {
        pool_map* map;
        std::uint32_t index;
        ~unmade() {
            if (map) map->free(index);
        }
    };
    template <class... Args>
    handle make(alloc_error* error, Args&&... args) {
        if (open_ == none && !provide(1, error)) [[unlikely]] return {};
        entry& e = directory_[open_];
        chunk& c = *e.at;
        const auto i = static_cast<std::uint32_t>(std::countr_zero(c.open()));
        const std::uint32_t index = open_ * slots + i;
        c.taken |= bit(i);
        if (!c.open()) open_ = e.next;
        void* const at = c.storage + i * sizeof(T);
        unmark(at, sizeof(T));
        unmade undo{this, index};
        detail::create<T>(at, static_cast<Args&&>(args)...);  // may use the map
        undo.map = nullptr;
        c.live |= bit(i);
        ++size_;
        return {index, ++c.generation[i]};
    }
    /// Destroys what no handle finds any more. The destructor may use the map.
    void end_of(std::uint32_t index) noexcept {
        chunk_of(index).at(index % slots)->~T();
        free(index);
    }
    void free(std::uint32_t index) noexcept {
        chunk& c = chunk_of(index);
        mark(c.storage + index % slots * sizeof(T), sizeof(T));
        const bool was_full = !c.open();
        c.taken &= ~bit(index);
        if (c.generation[index % slots] == retired)
            c.worn |= bit(index);
        else if (was_full)
            push(open_, index / slots);
    }
    void push(std::uint32_t& list, std::uint32_t c) noexcept { directory_[c].next = std::exchange(list, c); }

    bool is_pinned(std::uint32_t index) const noexcept {
        for (const pinned* p = pins_; p; p = p->next_)
            if (p->index_ == index) return true;
        return false;
    }
    void unlink(pinned& p) noexcept {
        pinned** at = &pins_;
        while (*at != &p) at = &(*at)->next_;
        *at = p.next_;
    }
    void unpin(pinned& p) noexcept {
        unlink(p);
        p.object_ = nullptr;
        if (!(chunk_of(p.index_).live & bit(p.index_)) && !is_pinned(p.index_)) end_of(p.index_);
    }

    /// Memory as the fallback policy has it where there is none, or with `error` the reason there.
    void* take(std::size_t bytes, std::size_t alignment, alloc_error* error) {
        if (!error) return memory_->allocate(bytes, alignment);
        const result<void*> taken = memory_->try_allocate(bytes, alignment);
        if (!taken) *error = taken.error();
        return taken ? *taken : nullptr;
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
    bool reserve(std::size_t n, alloc_error* error) {
        std::size_t there = size_;
        for (std::uint32_t c = open_; c != none; c = directory_[c].next) there += static_cast<std::size_t>(std::popcount(directory_[c].at->open()));
        return n <= there || provide((n - there - 1) / slots + 1, error);
    }
    /// So many chunks more, or nothing has changed.
    [[gnu::noinline]] bool provide(std::size_t more, alloc_error* error) {
        struct unused {
            unused* next;
        };
        struct keeper {
            pool_map& map;
            unused* chunks = nullptr;
            ~keeper() {
                while (chunks) map.give_back(std::exchange(chunks, chunks->next));
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
    bool widen(std::size_t least, alloc_error* error) {
        std::size_t room = room_ < 4 ? 8 : std::size_t{2} * room_;
        room = room < least ? least : room > most_chunks ? most_chunks : room;
        const std::size_t bytes = room_ * sizeof(entry), new_bytes = room * sizeof(entry);
        void* at = nullptr;
        if (!error) {
            at = memory_->reallocate(directory_, bytes, new_bytes, alignof(entry));
        } else {
            const result<void*> there = memory_->try_reallocate(directory_, bytes, new_bytes, alignof(entry));
            if (there) at = *there;
            else *error = there.error();
        }
        if (!at) return false;
        directory_ = static_cast<entry*>(at);
        room_ = static_cast<std::uint32_t>(room);
        return true;
    }

    A* memory_;
    entry* directory_ = nullptr;
    std::uint32_t count_ = 0, room_ = 0;             ///< entries in use, and those with memory
    std::uint32_t open_ = none, vacant_ = none;      ///< lists of chunks with an open slot, and of entries whose chunk was given back
    std::size_t size_ = 0;
    pinned* pins_ = nullptr;
};

/// Of what is no object: one sentence instead of what would follow from it.
template <class T, class A>
    requires(!detail::makes_objects<T>)
class pool_map<T, A> {
    static_assert(detail::makes_objects<T>, "alloy: a pool_map holds objects: T must be complete, not abstract, no array, no reference and not void");

public:
    explicit pool_map(A&) noexcept {}
};

}  // namespace alloy
