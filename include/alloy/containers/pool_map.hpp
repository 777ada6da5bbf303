#pragma once
/// Objects found by handles that notice when what they named is gone: `alloy::pool_map<transform, mine> transforms{memory};`.
///
/// Nothing moves: an element keeps its address from insertion to erasure, whatever else is inserted, erased or given back, so T need neither copy
/// nor move, and there is nothing to compact. That is why elements lie in chunks of up to 64 slots, and holes are filled by later insertions,
/// rather than side by side in one array that must move them. A pin keeps an element alive: erased meanwhile, it is gone for handles and
/// iteration at once, and is destroyed when its last pin ends. To refuse would leave the caller to remember what is still to be erased.
///
/// Cost: find reads a directory, a generation, and compares; insertion and erasure set bits besides; where all chunks are full, insertion asks the
/// allocator for one, of sizeof(T) * 64 bytes and some. Per element 4 bytes and 3 bits, per chunk 40 bytes. Iteration is a step per element and one
/// per chunk, in order of addresses within it. A pin costs no byte of the map; while there are any, erasure looks at all of them.
/// Choose it for components, entities and whatever is named from elsewhere for longer than it may live.
/// Invariant: a slot's generation is odd while its handle is good, and never comes back: a slot that has used all of its 2^31 is retired.
/// A map belongs to one thread at a time, whatever the allocator's threading, and its allocator outlives it. Handles of another map are not noticed.
#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <type_traits>
#include <utility>

#include <alloy/containers/pool_handle.hpp>
#include <alloy/containers/pool_slots.hpp>
#include <alloy/core/making.hpp>
#include <alloy/core/result.hpp>

namespace alloy::inline ALLOY_ABI {

namespace detail {
/// Tests define it, to bring slots near their last generation.
struct pool_map_seam;
}  // namespace detail

template <class T, class A>
class pool_map : private detail::pool_slots<T, A> {
    using base = detail::pool_slots<T, A>;
    using typename base::chunk;
    using base::bit, base::chunk_of, base::slots, base::none;

public:
    using value_type = T;
    using handle = pool_handle<T>;

    explicit pool_map(A& memory) noexcept : base(memory) {}
    /// Elements, handles and pins go along; what was moved from is empty, and may be used.
    pool_map(pool_map&& other) noexcept : base(other.memory()) { swap(other); }
    pool_map& operator=(pool_map&& other) noexcept {
        pool_map gone(std::move(*this));
        swap(other);
        return *this;
    }
    /// Destroys all elements, pinned ones too; their pins are then empty.
    ~pool_map() {
        clear();
        while (pins_) pins_->reset();
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
        c.generation[h.index_ % slots] = h.generation_ == base::last ? base::retired : h.generation_ + 1;
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
    void trim() noexcept { base::trim(); }
    void swap(pool_map& other) noexcept {
        base::swap(other);
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
            for (; c < map_->count(); ++c, seen = 0) {
                chunk_ = map_->chunk_at(c);
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
    T* look(handle h) const noexcept {
        const std::uint32_t c = h.index_ / slots;
        if (c >= this->count()) [[unlikely]] return nullptr;
        chunk* const at = this->chunk_at(c);
        return at && at->generation[h.index_ % slots] == h.generation_ ? at->at(h.index_ % slots) : nullptr;
    }

    /// Gives a slot free again where a constructor throws.
    struct unmade {
        pool_map* map;
        std::uint32_t index;
        ~unmade() {
            if (map) map->free_slot(index);
        }
    };
    template <class... Args>
    handle make(alloc_error* error, Args&&... args) {
        const std::uint32_t index = this->take_slot(error);
        if (index == none) [[unlikely]] return {};
        chunk& c = chunk_of(index);
        unmade undo{this, index};
        detail::create<T>(c.place(index % slots), static_cast<Args&&>(args)...);  // may use the map
        undo.map = nullptr;
        c.live |= bit(index);
        ++size_;
        return {index, ++c.generation[index % slots]};
    }
    /// Destroys what no handle finds any more. The destructor may use the map.
    void end_of(std::uint32_t index) noexcept {
        chunk_of(index).at(index % slots)->~T();
        this->free_slot(index);
    }

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

    bool reserve(std::size_t n, alloc_error* error) {
        const std::size_t there = size_ + this->count_open();
        return n <= there || this->provide((n - there - 1) / slots + 1, error);
    }

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
