#pragma once
/// The parts of a frame engine that only some compositions have: N buffers, the thread that owns a frame, the way to what engines share.
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <alloy/core/block.hpp>
#include <alloy/core/cleanup.hpp>
#include <alloy/core/thread.hpp>

namespace alloy::inline ALLOY_ABI {

/// What ended outermost frames leave readable: the blocks and destructors of the last N - 1 of them. The oldest goes when a frame opens.
template <std::size_t N>
class frame_buffers {
    struct buffer {
        block_list blocks;
        cleanup_list cleanups;
        bool overflowed = false;
    };

public:
    /// Takes over what a frame leaves.
    void keep(block_list& blocks, cleanup_list& cleanups, bool overflowed) noexcept {
        buffers_[now_] = {std::exchange(blocks, block_list{}), std::exchange(cleanups, cleanup_list{}), overflowed};
    }
    /// Makes the oldest buffer the current one, and gives what it held.
    buffer take_oldest() noexcept {
        now_ = (now_ + 1) % N;
        return std::exchange(buffers_[now_], buffer{});
    }
    bool is_current_empty() const noexcept { return is_empty(buffers_[now_]); }
    bool empty() const noexcept {
        for (const buffer& b : buffers_)
            if (!is_empty(b)) return false;
        return true;
    }
    std::size_t count() const noexcept {
        std::size_t n = 0;
        for (const buffer& b : buffers_) n += b.blocks.count();
        return n;
    }

    /// Bytes from upstream that ended frames keep: growth looks at those of the open frame alone.
    std::size_t bytes() const noexcept {
        std::size_t n = 0;
        for (const buffer& b : buffers_)
            for (const block* at = b.blocks.front(); at; at = at->next)
                if (at->origin == block_origin::upstream) n += at->bytes;
        return n;
    }

private:
    static bool is_empty(const buffer& b) noexcept { return b.blocks.empty() && b.cleanups.empty(); }
    std::array<buffer, N> buffers_{};
    std::size_t now_ = 0;
};

/// One buffer is none to keep.
template <>
class frame_buffers<1> {
public:
    static void keep(block_list&, cleanup_list&, bool) noexcept {}
    static constexpr std::size_t count() noexcept { return 0; }
    static constexpr std::size_t bytes() noexcept { return 0; }
};

/// The thread whose frames are open, where several threads may come to an engine.
template <bool Needed>
class frame_owner {
public:
    bool is_another() const noexcept { return thread_ && thread_ != detail::thread_number(); }
    void take() noexcept { thread_ = detail::thread_number(); }
    void leave() noexcept { thread_ = 0; }

private:
    std::uint64_t thread_ = 0;
};
template <>
class frame_owner<false> {
public:
    static constexpr bool is_another() noexcept { return false; }
    static constexpr void take() noexcept {}
    static constexpr void leave() noexcept {}
};

/// How an engine that does not live inside its allocator reaches the others and the policies.
template <class Engines, class Cache, bool Needed>
class engine_link {
public:
    void connect(Engines& engines, Cache& cache) noexcept {
        engines_ = &engines;
        cache_ = &cache;
    }
    Engines& engines() const noexcept { return *engines_; }
    Cache& cache() const noexcept { return *cache_; }

private:
    Engines* engines_ = nullptr;
    Cache* cache_ = nullptr;
};
template <class Engines, class Cache>
class engine_link<Engines, Cache, false> {};

}  // namespace alloy
