#pragma once
/// A frame's window in registers.
///
/// Cost: the write floor; a typed allocation touches no memory but the object's. Opening and closing cost an indirect call each.
/// Choose it when a loop makes many small objects. While it is open the frame itself allocates from side blocks, so keep it short.
/// Invariant: its address is never given away, or the compiler would have to keep it in memory: slow paths take and return values, and
/// constructor and destructor are inlined also where an exception passes.
/// A cursor of a lease whose window is already lent hands every request on to the lease; so does one under a budget of used bytes, by a call each.
#include <cstddef>
#include <cstdint>

#include <alloy/core/lease.hpp>

namespace alloy::inline ALLOY_ABI {

class frame_cursor : public allocation<frame_cursor> {
public:
    [[gnu::always_inline]] explicit frame_cursor(lease& frame) noexcept : lease_(frame) {
        borrowed_ = frame.services_->lend(frame);
        if (!borrowed_) return;
        window_.cursor = frame.kept_.cursor;
        window_.limit = frame.kept_.limit;
    }
    frame_cursor(const frame_cursor&) = delete;
    frame_cursor& operator=(const frame_cursor&) = delete;
    [[gnu::always_inline]] ~frame_cursor() {
        if (borrowed_) lease_.services_->take_back(lease_, window_.cursor);
    }

    // The primitives of allocation<frame_cursor>.
    template <std::size_t Bytes, std::size_t Alignment>
    [[gnu::always_inline]] bool bump(void*& at) noexcept {
        return window_.bump<Bytes, Alignment>(at);
    }
    [[gnu::always_inline]] bool bump(std::size_t bytes, std::size_t alignment, void*& at) noexcept { return window_.bump(bytes, alignment, at); }
    /// The cursor is empty, and owes nothing, while others work with its window: where they throw, there is nothing for the destructor to read,
    /// and so nothing that the loop must keep in memory for it.
    [[gnu::always_inline]] void* refill(std::size_t bytes, std::size_t alignment, alloc_error* error) {
        const std::uintptr_t cursor = window_.cursor;
        const bool borrowed = borrowed_;
        window_ = {};
        borrowed_ = false;
        const refilled next = refill_from(lease_, cursor, borrowed, bytes, alignment, error);
        window_.cursor = next.cursor;
        window_.limit = next.limit;
        borrowed_ = borrowed;
        return next.at;
    }
    void adopt(cleanup* c) noexcept { lease_.adopt(c); }

private:
    struct refilled {
        void* at;
        std::uintptr_t cursor, limit;
    };
    [[gnu::noinline, gnu::cold]] static refilled refill_from(lease& frame, std::uintptr_t cursor, bool borrowed, std::size_t bytes, std::size_t alignment,
                                                        alloc_error* error) {
        if (!borrowed) {  // as the lease itself does: in place where it can
            void* at = nullptr;
            if (!frame.open_.bump(bytes, alignment, at)) at = frame.services_->refill(frame, frame.open_, bytes, alignment, error);
            return {at, 0, 0};
        }
        struct lent_window : window {
            lease* owner;
            ~lent_window() {
                if (owner) owner->services_->take_back(*owner, cursor);
            }
        } lent{frame.kept_, &frame};
        lent.cursor = cursor;
        void* p = frame.services_->refill(frame, lent, bytes, alignment, error);
        lent.owner = nullptr;
        return {p, lent.cursor, lent.limit};
    }

    lease& lease_;
    window window_;
    bool borrowed_ = false;
};

[[gnu::always_inline]] inline frame_cursor lease::cursor() noexcept { return frame_cursor(*this); }

}  // namespace alloy
