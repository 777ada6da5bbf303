#pragma once
/// What `memory.metrics()` tells; all sizes in bytes. Fields that the tracking policy does not watch stay zero.
#include <cstddef>
#include <cstdint>

#include <alloy/core/abi.hpp>

namespace alloy::inline ALLOY_ABI {

/// How many requests were of which size: those at index i of at most 2^i bytes, and of more than those before; the last, of all that are larger.
struct size_histogram {
    static constexpr std::size_t length = 32;
    std::uint64_t count[length] = {};

    static constexpr std::size_t index(std::size_t bytes) noexcept {
        std::size_t i = 0;
        if (bytes > 1) i = 64 - static_cast<std::size_t>(__builtin_clzll(bytes - 1));
        return i < length ? i : length - 1;
    }
};

/// Bytes handed out under a tag, padding and slot size included.
struct tag_bytes {
    std::size_t frame = 0, pool = 0, heap = 0;

    constexpr tag_bytes& operator+=(const tag_bytes& more) noexcept {
        frame += more.frame, pool += more.pool, heap += more.heap;
        return *this;
    }
    constexpr std::size_t sum() const noexcept { return frame + pool + heap; }
    friend constexpr bool operator==(const tag_bytes&, const tag_bytes&) = default;
};

/// What is used under a bound on used bytes.
struct bound_usage {
    const char* tag = "";       ///< it bounds this tag and its parts; "": all
    std::size_t used = 0;       ///< bytes; of the frames of the calling thread, where `frames_alone`
    std::size_t limit = 0;      ///< bytes
    bool frames_alone = false;  ///< objects of pool and heap do not count
};

struct memory_metrics {
    std::size_t used = 0;                 ///< handed out in open frames, the pool and the heap, padding and slot size included
    std::size_t held = 0;                 ///< taken from upstream, idle blocks and empty slabs included
    std::size_t blocks = 0;               ///< blocks, regions of slabs and heap allocations in that
    std::size_t peak_used_in_frames = 0;  ///< looked at where they open and end; what the pool and heap use is told by a walk alone, and so has no peak
    std::size_t peak_held = 0;
    std::uint64_t upstream_requests = 0;  ///< blocks, regions and heap allocations asked for
    std::uint64_t upstream_refused = 0;   ///< of these not given
    std::uint64_t over_budget = 0;        ///< and not asked for, since the budget does not allow it; a request may be met all the same, by the fallback
    std::uint64_t refusals = 0;           ///< requests that could not be met
    std::uint64_t frames = 0;             ///< outermost frames that have ended
    std::uint64_t block_rests = 0;        ///< left at the ends of blocks that frames have filled
    std::uint64_t allocations = 0;        ///< with metric::count
    std::uint64_t requested = 0;          ///< asked for, with metric::requested
    std::uint64_t padding = 0;            ///< unused beside what was asked for, with metric::padding
    std::uint64_t live = 0, peak_live = 0, freed = 0;  ///< objects of pool and heap, with metric::live
    size_histogram sizes{};               ///< with metric::sizes
};

/// What `memory.held_by()` tells: bytes taken from upstream for frames, for the pool and for the heap. Messages and what caches per thread take themselves is
/// not among them.
struct held_bytes {
    std::size_t frames = 0, pool = 0, heap = 0;
    std::size_t threads = 0;  ///< how many threads have a cache, those that ended and left theirs to the next included; 0 without caches
};

}  // namespace alloy
