#pragma once
/// A frame that ends with its scope. What `memory.frame()` returns.
#include <type_traits>

#include <alloy/core/checkpoint.hpp>
#include <alloy/core/cursor.hpp>
#include <alloy/core/error.hpp>
#include <alloy/core/lease.hpp>
#include <alloy/engines/frame_buffers.hpp>

namespace alloy::inline ALLOY_ABI {

namespace detail {
/// A lease without what only some compositions need.
struct plain_record : lease {
    plain_record() noexcept = default;
};
/// A lease whose handle knows that each allocation is told of, and does so in place. As a `frame_ref` it is any other's equal, by a call.
template <class Arena>
struct telling_record : record, allocation<telling_record<Arena>> {
    using own = allocation<telling_record>;
    using own::allocate, own::try_allocate, own::make, own::make_for_overwrite, own::try_make, own::make_span, own::try_make_span,
        own::make_span_for_overwrite, own::try_make_span_for_overwrite, own::make_batch, own::try_make_batch, own::copy, own::try_copy, own::take,
        own::try_take;

    template <std::size_t Bytes, std::size_t Alignment>
    [[gnu::always_inline]] bool bump(void*& at) noexcept {
        const std::uintptr_t before = this->hidden.cursor;
        if (!this->hidden.template bump<Bytes, Alignment>(at)) [[unlikely]] return false;
        Arena::tell_in_place(*this, at, Bytes, Alignment, (Alignment > quantum ? address(at) - before : 0) + round_up(Bytes, quantum) - Bytes);
        return true;
    }
    [[gnu::always_inline]] bool bump(std::size_t bytes, std::size_t alignment, void*& at) noexcept {
        const std::uintptr_t before = this->hidden.cursor;
        if (!this->hidden.bump(bytes, alignment, at)) [[unlikely]] return false;
        Arena::tell_in_place(*this, at, bytes, alignment, this->hidden.cursor - before - bytes);
        return true;
    }
};

/// What a frame of this arena is made of.
template <class Arena>
using frame_record = std::conditional_t<Arena::tells_in_place, telling_record<Arena>, std::conditional_t<Arena::needs_record, record, plain_record>>;

}  // namespace detail

/// Neither copyable nor movable; pass it on as `frame_ref`. Belongs to the thread that opened it.
template <class Arena>
class [[nodiscard]] scoped_frame : public detail::frame_record<Arena> {
public:
    explicit scoped_frame(Arena& arena) noexcept {
        if (const opening opened = arena.try_open(*this); opened != opening::done) Arena::die_unopened(opened);
    }
    /// Leaves the frame unopened, and `opened` false, where another thread's is open, or a reader has its buffer; where the latter can be, `why` says which.
    scoped_frame(Arena& arena, bool& opened, [[maybe_unused]] refusal& why) noexcept {
        const opening how = arena.try_open(*this);
        opened = how == opening::done;
        if constexpr (Arena::keeps_frames)
            if (!opened) why = Arena::refusal_of(how);
    }
    scoped_frame(const scoped_frame&) = delete;
    scoped_frame& operator=(const scoped_frame&) = delete;
    ~scoped_frame() { Arena::leave(*this); }

    /// Ends the frame now and says what it was; later calls say `closed == false`.
    frame_summary end() noexcept { return Arena::close(*this, ending::rollback); }
};

}  // namespace alloy
