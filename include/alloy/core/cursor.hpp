#pragma once
/// A frame's window in registers.
///
/// Cost: the write floor; a typed allocation touches no memory but the object's. Opening and closing cost an indirect call each.
/// Choose it when a loop makes many small objects. While it is open the frame itself allocates from side blocks, so keep it short.
/// Invariant: its address is never given away, or the compiler would have to keep it in memory; slow paths take and return values.
/// A cursor of a lease whose window is already lent hands every request on to the lease.
#include <cstddef>
#include <cstdint>

#include <alloy/core/lease.hpp>

namespace alloy {

class frame_cursor : public allocation<frame_cursor> {
public:
    explicit frame_cursor(lease& frame) noexcept : lease_(frame) {
        borrowed_ = frame.services_->lend(frame);
        if (!borrowed_) return;
        window_.cursor = frame.kept_.cursor;
        window_.limit = frame.kept_.limit;
    }
    frame_cursor(const frame_cursor&) = delete;
    frame_cursor& operator=(const frame_cursor&) = delete;
    ~frame_cursor() {
        if (borrowed_) lease_.services_->take_back(lease_, window_.cursor);
    }

    // The primitives of allocation<frame_cursor>.
    template <std::size_t Bytes, std::size_t Alignment>
    [[gnu::always_inline]] void* take() {
        if (void* p = window_.bump<Bytes, Alignment>()) [[likely]] return p;
        return install(refill(lease_, window_.cursor, borrowed_, Bytes, Alignment, nullptr));
    }
    [[gnu::always_inline]] void* take(std::size_t bytes, std::size_t alignment) {
        if (void* p = window_.bump(bytes, alignment)) [[likely]] return p;
        return install(refill(lease_, window_.cursor, borrowed_, bytes, alignment, nullptr));
    }
    [[gnu::always_inline]] void* try_take(std::size_t bytes, std::size_t alignment, alloc_error& error) noexcept {
        if (void* p = window_.bump(bytes, alignment)) [[likely]] return p;
        return install(refill(lease_, window_.cursor, borrowed_, bytes, alignment, &error));
    }
    void adopt(cleanup* c) noexcept { lease_.adopt(c); }

private:
    struct refilled {
        void* at;
        std::uintptr_t cursor, limit;
    };
    [[gnu::noinline, gnu::cold]] static refilled refill(lease& frame, std::uintptr_t cursor, bool borrowed, std::size_t bytes, std::size_t alignment,
                                                        alloc_error* error) {
        if (!borrowed) return {frame.services_->refill(frame, frame.open_, bytes, alignment, error), 0, 0};
        window lent = frame.kept_;
        lent.cursor = cursor;
        void* p = frame.services_->refill(frame, lent, bytes, alignment, error);
        return {p, lent.cursor, lent.limit};
    }
    [[gnu::always_inline]] void* install(const refilled& next) noexcept {
        window_.cursor = next.cursor;
        window_.limit = next.limit;
        return next.at;
    }

    lease& lease_;
    window window_;
    bool borrowed_ = false;
};

inline frame_cursor lease::cursor() noexcept { return frame_cursor(*this); }

}  // namespace alloy
