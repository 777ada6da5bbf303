#pragma once
/// The controls: what an expert writes by hand. A chained arena with its cursor in memory, and the same with the cursor in registers.
///
/// Its state must be escaped by whoever measures it: where the compiler sees the whole object, it keeps the cursor in registers and compares
/// us with something that nobody can write.
#include <cstddef>
#include <cstdint>
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

}  // namespace hand_written
