#pragma once
/// A block: memory taken from upstream, with a header in front that remembers where it goes back to.
#include <cstddef>
#include <cstdint>

#include <alloy/core/layout.hpp>

namespace alloy::inline ALLOY_ABI {

/// Who gave a block, and so who gets it back.
enum class block_origin : std::uint8_t { upstream, fallback, in_place };

/// Header of a block; the usable bytes follow it.
struct alignas(16) block {
    block* next = nullptr;
    std::size_t bytes = 0;  ///< of the whole block, header included
    block_origin origin = block_origin::upstream;
    std::size_t marked = 0;  ///< behind the header, bytes that a checking policy has marked as free

    std::uintptr_t begin() const noexcept { return address(this) + sizeof(block); }
    std::uintptr_t end() const noexcept { return address(this) + bytes; }
    /// Whether so many bytes so aligned fit behind the header.
    bool fits(std::size_t wanted, std::size_t alignment) const noexcept {
        const std::size_t room = end() - begin(), pad = padding(begin(), alignment);
        return pad <= room && wanted <= room - pad;
    }
};

/// Bytes of a block that holds one request wherever upstream puts it, or SIZE_MAX where none can.
constexpr std::size_t block_bytes(std::size_t bytes, std::size_t alignment) noexcept {
    const std::size_t slack = alignment > alignof(block) ? alignment : 0;
    if (slack > max_bytes - sizeof(block) || bytes > max_bytes - sizeof(block) - slack - alignof(block)) return SIZE_MAX;
    return round_up(sizeof(block) + slack + bytes, alignof(block));
}

/// Singly linked blocks. What one list gives up newest first, another takes up oldest first, so a frame that asks for the
/// same again meets the same blocks in the same order.
class block_list {
public:
    constexpr block* front() const noexcept { return first_; }
    constexpr bool empty() const noexcept { return first_ == nullptr; }
    void push(block* b) noexcept {
        b->next = first_;
        first_ = b;
    }
    block* pop() noexcept {
        block* b = first_;
        if (b) first_ = b->next;
        return b;
    }
    /// Takes out the first block that satisfies fits(const block&); null where none does.
    template <class Fits>
    block* take_if(Fits fits) noexcept {
        for (block** at = &first_; *at; at = &(*at)->next)
            if (fits(**at)) {
                block* b = *at;
                *at = b->next;
                return b;
            }
        return nullptr;
    }
    /// Takes out the smallest block that satisfies fits(const block&), so that larger ones are left for larger requests; null where none does.
    template <class Fits>
    block* take_smallest_if(Fits fits) noexcept {
        block** best = nullptr;
        for (block** at = &first_; *at; at = &(*at)->next)
            if ((!best || (*at)->bytes < (*best)->bytes) && fits(**at)) best = at;
        if (!best) return nullptr;
        block* b = *best;
        *best = b->next;
        return b;
    }
    /// Puts another list behind this one, in its order.
    void append(block_list& other) noexcept {
        block** at = &first_;
        while (*at) at = &(*at)->next;
        *at = other.first_;
        other.first_ = nullptr;
    }
    std::size_t count() const noexcept {
        std::size_t n = 0;
        for (const block* b = first_; b; b = b->next) ++n;
        return n;
    }

private:
    block* first_ = nullptr;
};

}  // namespace alloy
