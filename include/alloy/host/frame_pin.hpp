#pragma once
/// Lets another thread read a frame that has ended: while a pin of it lives, its buffer is not used again.
///
/// A pin and pointers into the frame go to the reader by whatever hands objects from thread to thread: a queue, a future, a thread's arguments. The
/// reader drops the pin when it has read enough. Until then the frame that would take the same buffer does not open: try_frame() says so, and frame()
/// ends the program. Nobody waits in an allocator: let the reader signal after it has dropped its pin.
/// Cost: one pointer. An atomic addition to make a pin, one to drop it; none to move it.
/// Thread rules: the thread that ended the frame makes pins; one is used by a thread at a time, and dropped on any. It may outlive its thread, but not the
/// allocator; a checking policy that reports tells of one that does.
#include <utility>

#include <alloy/core/pin_count.hpp>

namespace alloy::inline ALLOY_ABI {

class [[nodiscard]] frame_pin {
public:
    constexpr frame_pin() noexcept = default;
    /// For engines: takes over a count, or nothing.
    explicit frame_pin(pin_count<>* counted) noexcept : counted_(counted) {}
    frame_pin(frame_pin&& other) noexcept : counted_(std::exchange(other.counted_, nullptr)) {}
    frame_pin& operator=(frame_pin&& other) noexcept {
        frame_pin(std::move(other)).swap(*this);
        return *this;
    }
    ~frame_pin() { reset(); }

    /// Whether it keeps a frame.
    explicit operator bool() const noexcept { return counted_ != nullptr; }
    /// The reader is done: what lies in the frame may go from now on.
    void reset() noexcept {
        if (pin_count<>* const counted = std::exchange(counted_, nullptr)) counted->unpin();
    }
    void swap(frame_pin& other) noexcept { std::swap(counted_, other.counted_); }
    friend void swap(frame_pin& a, frame_pin& b) noexcept { a.swap(b); }

private:
    pin_count<>* counted_ = nullptr;
};

}  // namespace alloy
