#pragma once
/// A mistake in the use of memory that was noticed: what happened, where, and what to do about it.
#include <cstddef>
#include <cstdint>

#include <alloy/core/abi.hpp>

namespace alloy::inline ALLOY_ABI {

/// Kinds of misuse, for handlers that tell them apart.
enum class misuse_kind : std::uint8_t {
    out_of_order,     ///< a frame, checkpoint or cursor was closed while something inside it was open, or by another thread
    double_free,      ///< freed before
    foreign_pointer,  ///< not from this allocator
    interior_pointer, ///< inside an object of this allocator, not its beginning
    wrong_size,       ///< freed with another size or alignment than it was allocated with, or to another lifetime
    overrun,          ///< bytes behind an allocation were written
    underrun,         ///< bytes in front of an allocation were written
    use_after_free,   ///< free memory was written
    wrong_thread,     ///< an allocator of one thread was used by a second one
    leak,             ///< alive when its allocator was destroyed
    bad_upstream,     ///< upstream gave memory that is not aligned as asked
};

/// What a checking policy is told and tells. Texts live for ever.
struct misuse {
    misuse_kind kind = misuse_kind::out_of_order;
    const char* what = "";            ///< a sentence without its full stop
    const char* cure = "";            ///< the same
    const char* whose = "";           ///< name of the tag or allocator
    const void* at = nullptr;         ///< the pointer concerned, or null
    std::size_t bytes = 0;            ///< its size as far as it is known, bytes
    std::size_t told = 0;             ///< the size that was said; the offset of the byte concerned; for a leak, how many there are
    const void* made = nullptr;       ///< code address of the call that allocated; null where unknown
    const void* freed = nullptr;      ///< of the call that freed it before
    const void* seen = nullptr;       ///< of the call in which the misuse was noticed
};

/// An object of the pool or the heap, as a checking policy sees it.
struct object_note {
    void* at = nullptr;
    std::size_t bytes = 0;       ///< as the caller says
    std::size_t alignment = 0;   ///< as the caller says
    bool in_pool = false;        ///< else in the heap
    const char* whose = "";      ///< name of the tag
    const void* site = nullptr;  ///< code address of the call
};

}  // namespace alloy
