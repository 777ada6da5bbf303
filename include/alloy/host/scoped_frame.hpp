#pragma once
/// A frame that ends with its scope. What `memory.frame()` returns.
#include <type_traits>

#include <alloy/core/checkpoint.hpp>
#include <alloy/core/cursor.hpp>
#include <alloy/core/fault.hpp>
#include <alloy/core/lease.hpp>

namespace alloy {

namespace detail {
/// A lease without what only some compositions need.
struct plain_record : lease {
    plain_record() noexcept = default;
};
}  // namespace detail

/// Neither copyable nor movable; pass it on as `frame_ref`. Belongs to the thread that opened it.
template <class Arena>
class [[nodiscard]] scoped_frame : public std::conditional_t<Arena::needs_record, detail::record, detail::plain_record> {
public:
    explicit scoped_frame(Arena& arena) noexcept {
        if (!arena.try_open(*this)) detail::die("a frame was opened while another thread's is open", "use try_frame(), or an allocator per thread");
    }
    /// Leaves the frame unopened, and `opened` false, where another thread's is open.
    scoped_frame(Arena& arena, bool& opened) noexcept { opened = arena.try_open(*this); }
    scoped_frame(const scoped_frame&) = delete;
    scoped_frame& operator=(const scoped_frame&) = delete;
    ~scoped_frame() { Arena::close(*this, ending::scope_exit); }

    /// Ends the frame now and says what it was; later calls say `closed == false`.
    frame_summary end() noexcept { return Arena::close(*this, ending::rollback); }
};

}  // namespace alloy
