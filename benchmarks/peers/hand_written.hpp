#pragma once
/// The controls: what an expert writes by hand. A chained arena with its cursor in memory, and the same with the cursor in registers; a free list of
/// slots of one size, and free lists for all sizes up to 1 KiB.
///
/// Their state must be escaped by whoever measures them: where the compiler sees the whole object, it keeps the cursor or the head in registers and
/// compares us with something that nobody can write.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>

namespace hand_written {

struct block {
    block* next;
    std::size_t bytes;
};

/// Blocks from operator new, a cursor that stays at a multiple of 8, and one block that is kept for the next turn.
class arena {
public:
    arena() = default;
    arena(const arena&) = delete;
    ~arena() {
        for (block* b = blocks_; b;) {
            block* next = b->next;
            ::operator delete(b);
            b = next;
        }
    }
    /// Memory for n Ts.
    template <class T>
    [[gnu::always_inline]] T* take(std::size_t n = 1) {
        static_assert(alignof(T) <= 8);
        const std::uintptr_t next = cursor_ + ((n * sizeof(T) + 7) & ~std::size_t{7});
        if (next > limit_) [[unlikely]] return static_cast<T*>(refill(n * sizeof(T)));
        T* at = reinterpret_cast<T*>(cursor_);
        cursor_ = next;
        return at;
    }
    /// As bump allocators are usually written: any size, any alignment, both known at run time.
    [[gnu::always_inline]] void* take_raw(std::size_t bytes, std::size_t alignment) {
        const std::uintptr_t at = (cursor_ + alignment - 1) & ~(alignment - 1);
        if (at + bytes > limit_) [[unlikely]] return refill(bytes + alignment);
        cursor_ = at + bytes;
        return reinterpret_cast<void*>(at);
    }
    void reset() noexcept {
        while (blocks_ && blocks_->next) {
            block* b = blocks_;
            blocks_ = b->next;
            ::operator delete(b);
        }
        if (!blocks_) return;
        cursor_ = reinterpret_cast<std::uintptr_t>(blocks_ + 1);
        limit_ = reinterpret_cast<std::uintptr_t>(blocks_) + blocks_->bytes;
    }
    std::uintptr_t cursor_ = 0, limit_ = 0;

private:
    [[gnu::noinline]] void* refill(std::size_t bytes) {
        const std::size_t size = bytes + 32 > 64 * 1024 ? bytes + 32 : 64 * 1024;
        blocks_ = ::new (::operator new(size)) block{blocks_, size};
        cursor_ = (reinterpret_cast<std::uintptr_t>(blocks_ + 1) + bytes + 7) & ~std::uintptr_t{7};
        limit_ = reinterpret_cast<std::uintptr_t>(blocks_) + size;
        return blocks_ + 1;
    }
    block* blocks_ = nullptr;
};

/// A standard allocator over it, the typed fast path for single elements and for arrays.
template <class T>
class allocator {
public:
    using value_type = T;
    explicit allocator(arena& a) noexcept : arena_(&a) {}
    template <class U>
    allocator(const allocator<U>& other) noexcept : arena_(other.arena_) {}
    [[gnu::always_inline]] T* allocate(std::size_t n) { return arena_->take<T>(n); }
    void deallocate(T*, std::size_t) noexcept {}
    template <class U>
    bool operator==(const allocator<U>& other) const noexcept {
        return arena_ == other.arena_;
    }
    arena* arena_;
};

/// Memory that is cut into slots, and given back when all is over.
class chunks {
public:
    chunks() = default;
    chunks(const chunks&) = delete;
    ~chunks() {
        for (block* b = blocks_; b;) {
            block* next = b->next;
            ::operator delete(b);
            b = next;
        }
    }
    [[gnu::noinline]] void* cut(std::size_t bytes) {
        if (left_ < bytes) {
            blocks_ = ::new (::operator new(chunk)) block{blocks_, chunk};
            next_ = reinterpret_cast<std::byte*>(blocks_ + 1);
            left_ = chunk - sizeof(block);
        }
        void* const at = next_;
        next_ += bytes;
        left_ -= bytes;
        return at;
    }

private:
    static constexpr std::size_t chunk = 64 * 1024;
    block* blocks_ = nullptr;
    std::byte* next_ = nullptr;
    std::size_t left_ = 0;
};

struct free_node {
    free_node* next;
};

/// Slots for objects of one type, last in first out.
template <class T>
class free_list {
    static_assert(sizeof(T) >= sizeof(free_node) && alignof(T) <= 16);

public:
    [[gnu::always_inline]] void* take() {
        free_node* const n = head_;
        if (!n) [[unlikely]] return fresh_.cut(sizeof(T));
        head_ = n->next;
        return n;
    }
    [[gnu::always_inline]] void give(void* p) noexcept {
        auto* const n = static_cast<free_node*>(p);
        n->next = head_;
        head_ = n;
    }

    /// An owner of an object in the list, as unique_ptr makes one.
    struct give_back {
        free_list* home = nullptr;
        [[gnu::always_inline]] void operator()(T* p) const noexcept {
            p->~T();
            home->give(p);
        }
    };
    using owner = std::unique_ptr<T, give_back>;
    template <class... Args>
    [[gnu::always_inline]] owner make(Args&&... args) {
        return owner(::new (take()) T(static_cast<Args&&>(args)...), give_back{this});
    }

private:
    free_node* head_ = nullptr;
    chunks fresh_;
};

/// A free list for each multiple of 8 bytes up to 1 KiB; what is larger comes from operator new.
class free_lists {
public:
    [[gnu::always_inline]] void* take(std::size_t bytes) {
        if (bytes > largest) [[unlikely]] return ::operator new(bytes);
        free_node*& head = heads_[(bytes + 7) / 8];
        free_node* const n = head;
        if (!n) [[unlikely]] return fresh_.cut((bytes + 7) & ~std::size_t{7});
        head = n->next;
        return n;
    }
    [[gnu::always_inline]] void give(void* p, std::size_t bytes) noexcept {
        if (bytes > largest) [[unlikely]] return ::operator delete(p);
        free_node*& head = heads_[(bytes + 7) / 8];
        auto* const n = static_cast<free_node*>(p);
        n->next = head;
        head = n;
    }

private:
    static constexpr std::size_t largest = 1024;
    free_node* heads_[largest / 8 + 1]{};
    chunks fresh_;
};

/// A standard allocator over them.
template <class T>
class pool_allocator {
public:
    using value_type = T;
    explicit pool_allocator(free_lists& lists) noexcept : lists_(&lists) {}
    template <class U>
    pool_allocator(const pool_allocator<U>& other) noexcept : lists_(other.lists_) {}
    [[gnu::always_inline]] T* allocate(std::size_t n) { return static_cast<T*>(lists_->take(n * sizeof(T))); }
    [[gnu::always_inline]] void deallocate(T* p, std::size_t n) noexcept { lists_->give(p, n * sizeof(T)); }
    template <class U>
    bool operator==(const pool_allocator<U>& other) const noexcept {
        return lists_ == other.lists_;
    }
    free_lists* lists_;
};

}  // namespace hand_written
