#pragma once
/// Blocks that know their own size, for interfaces shaped like malloc, which free a pointer and say nothing else.
///
/// `alloy::sized blocks{memory};` gives `allocate(bytes)`, `resize(p, bytes)`, `release(p)` and `size(p)` over an allocator's pool and heap.
/// `alloy::sized_functions<memory>` is the same as plain functions over a global allocator, for C interfaces without a user pointer.
/// Sizes in bytes. Null where there is no memory, whatever the fallback; nothing is thrown. A checking policy that throws ends the program here.
/// Cost: the alignment in front of each block, at least 8 bytes: 16 for what is aligned as malloc's, 8 where 8 will do.
/// Choose it where the size is truly unknown; where the interface gives it back, call the allocator itself. Thread rules are the allocator's.
/// Invariant: the word in front of a block holds its size and alignment, so any block can be given back by its pointer alone.
#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>

#include <alloy/core/layout.hpp>
#include <alloy/engines/object_store.hpp>

namespace alloy::inline ALLOY_ABI {

namespace detail {
/// The allocator itself, or the one in a never_destroyed.
template <class Memory>
constexpr auto& allocator_in(Memory& memory) noexcept {
    if constexpr (requires { *memory; })
        return *memory;
    else
        return memory;
}

/// Size and alignment in one word: the logarithm of the alignment in its low bits.
class sized_word {
public:
    static constexpr std::size_t most = SIZE_MAX >> 7;  ///< bytes of a block

    constexpr sized_word(std::size_t bytes, std::size_t alignment) noexcept
        : bits_(bytes << 6 | static_cast<std::size_t>(std::countr_zero(alignment))) {}
    static const sized_word& of(const void* p) noexcept { return static_cast<const sized_word*>(p)[-1]; }

    constexpr std::size_t bytes() const noexcept { return bits_ >> 6; }
    /// Of the block, and bytes in front of it.
    constexpr std::size_t alignment() const noexcept { return std::size_t{1} << (bits_ & 63); }
    /// The block behind the word in what begins at `whole`.
    [[gnu::always_inline]] void* put(void* whole) const noexcept {
        void* const p = static_cast<char*>(whole) + alignment();
        ::new (static_cast<void*>(static_cast<sized_word*>(p) - 1)) sized_word(*this);
        return p;
    }

private:
    std::size_t bits_;
};
static_assert(sizeof(sized_word) == quantum);
}  // namespace detail

template <class Allocator>
class sized {
public:
    explicit constexpr sized(Allocator& memory) noexcept : memory_(&memory) {}

    /// Uninitialised memory at a multiple of `alignment`, a power of two; below 8 it is 8. Zero bytes give a pointer of their own.
    [[nodiscard, gnu::always_inline]] void* allocate(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) const noexcept {
        if (alignment < quantum) alignment = quantum;
        if (bytes > detail::sized_word::most) [[unlikely]] return nullptr;
        alloc_error error;
        void* const whole = memory_->objects().take(bytes + alignment, alignment, place::by_size, &error);
        if (!whole) [[unlikely]] return nullptr;
        return detail::sized_word(bytes, alignment).put(whole);
    }
    /// The block with another size, its bytes kept up to the smaller one, perhaps elsewhere. It keeps its alignment; null becomes a new block of
    /// malloc's. Null, with the block as it was, where there is no memory: never where it shrinks.
    [[nodiscard]] void* resize(void* p, std::size_t bytes) const noexcept {
        if (!p) return allocate(bytes);
        if (bytes > detail::sized_word::most) return nullptr;
        const detail::sized_word word = detail::sized_word::of(p);
        const std::size_t front = word.alignment();
        alloc_error error;
        void* const whole =
            memory_->objects().resize(static_cast<char*>(p) - front, word.bytes() + front, bytes + front, front, place::by_size, &error);
        if (!whole) return nullptr;
        return detail::sized_word(bytes, front).put(whole);
    }
    /// Gives a block back. Null is nothing.
    [[gnu::always_inline]] void release(void* p) const noexcept {
        if (!p) return;
        const detail::sized_word word = detail::sized_word::of(p);
        const std::size_t front = word.alignment();
        memory_->objects().give(static_cast<char*>(p) - front, word.bytes() + front, front);
    }
    /// Bytes that were asked for; 0 for null.
    [[nodiscard]] static std::size_t size(const void* p) noexcept { return p ? detail::sized_word::of(p).bytes() : 0; }

private:
    Allocator* memory_;
};

/// malloc, realloc and free over a global allocator, or a never_destroyed one. resize(p, 0) keeps a block of zero bytes.
template <auto& Memory>
struct sized_functions {
    [[nodiscard]] static void* allocate(std::size_t bytes) noexcept { return sized(detail::allocator_in(Memory)).allocate(bytes); }
    [[nodiscard]] static void* resize(void* p, std::size_t bytes) noexcept { return sized(detail::allocator_in(Memory)).resize(p, bytes); }
    static void release(void* p) noexcept { sized(detail::allocator_in(Memory)).release(p); }
};

}  // namespace alloy
