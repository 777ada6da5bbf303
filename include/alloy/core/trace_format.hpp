#pragma once
/// The binary form of allocation traces: what recorders write and <alloy/trace/reader.hpp> reads. docs/traces.md describes it.
///
/// A trace is `magic`, the version, flags, and records. A record is one byte, whose low half is its `op` and whose high half is a small number of its own, and
/// what that op asks for: numbers in groups of seven bits, lowest first, each but the last with its high bit set.
#include <cstddef>
#include <cstdint>

#include <alloy/core/abi.hpp>

namespace alloy::inline ALLOY_ABI::trace {

inline constexpr unsigned char magic[8] = {0x89, 'a', 'l', 'l', 'o', 'y', '\r', '\n'};
inline constexpr std::uint64_t version = 1;
/// Flag: it begins after its allocator was used, so it may free what it has not seen made, and close what it has not seen opened.
inline constexpr std::uint64_t partial = 1;

/// Keys, of objects and arenas, are numbers that no two living ones share; a recorder uses addresses in units of eight bytes. A key is written as the difference
/// from the last one of its kind.
enum class op : std::uint8_t {
    end,      ///< number of records before it; nothing follows
    set,      ///< small: a `context`; for arenas a key, else a number
    text,     ///< small: a `text_kind`; length, bytes
    open,     ///< a frame or checkpoint in the current arena
    close,    ///< small: 1 where it commits, plus 2 where `inside` follows; bytes used in it
    take,     ///< small: alignment; bytes: in the innermost frame of the current arena
    take_in,  ///< the same, then `inside`: how many frames are open inside the one that it is in
    pool,     ///< small: alignment; key, bytes: an object was made there
    heap,     ///< the same
    send,     ///< the same, for another thread
    free,     ///< key, of whatever was made
    block,    ///< small: kind of block_event; bytes
    refusal,  ///< small: reason; bytes asked, bytes left
    promote,  ///< key of an object that was made for what outlived its frame
    count
};
enum class context : std::uint8_t { thread, arena, tag, count };
enum class text_kind : std::uint8_t { mark, tag_name, count };  ///< the name is the current tag's

/// Alignments of up to 2^14 are written in the small number; this one says that the exponent follows.
inline constexpr unsigned far_alignment = 15;
/// Bytes of the longest record without text.
inline constexpr std::size_t longest_record = 1 + 3 * 10;

constexpr std::uint64_t zigzag(std::int64_t n) noexcept { return (static_cast<std::uint64_t>(n) << 1) ^ static_cast<std::uint64_t>(n >> 63); }
constexpr std::int64_t unzigzag(std::uint64_t n) noexcept { return static_cast<std::int64_t>((n >> 1) ^ (0 - (n & 1))); }

/// Writes to memory that has room for what is written.
class pen {
public:
    explicit pen(unsigned char* to) noexcept : to_(to) {}
    unsigned char* at() const noexcept { return to_; }

    void begin(op what, unsigned small = 0) noexcept { *to_++ = static_cast<unsigned char>(static_cast<unsigned>(what) | small << 4); }
    void number(std::uint64_t n) noexcept {
        for (; n >= 0x80; n >>= 7) *to_++ = static_cast<unsigned char>(n | 0x80);
        *to_++ = static_cast<unsigned char>(n);
    }
    /// A key, after the one before it; wraps.
    void key(std::uint64_t k, std::uint64_t& before) noexcept {
        number(zigzag(static_cast<std::int64_t>(k - before)));
        before = k;
    }
    /// A power of two goes into the record's first byte.
    void begin_aligned(op what, std::uint64_t alignment) noexcept {
        const auto exponent = static_cast<unsigned>(__builtin_ctzll(alignment | std::uint64_t{1} << 63));
        begin(what, exponent < far_alignment ? exponent : far_alignment);
        if (exponent >= far_alignment) number(exponent);
    }

private:
    unsigned char* to_;
};

}  // namespace alloy::inline ALLOY_ABI::trace
