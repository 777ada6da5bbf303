#pragma once
/// A lease: the right to allocate from an arena's window. Frames, nested frames and checkpoints are leases; they nest, and only the
/// innermost holds the window. One type for every composition, so code that takes a `frame_ref` is compiled once.
///
/// Invariant: the leases of an arena form a chain through `outer_`. A lease that has lent its window to an inner one or to a cursor
/// allocates from the window's far end or from side blocks of its own meanwhile, and gets the window back when that ends. So nothing made
/// through an outer handle dies early, and no two leases ever share a byte.
///
/// Cost: a typed allocation is one addition, one comparison and one store. What the composition adds happens behind `arena_services`, the
/// indirect call that a full window makes. Thread rules are those of the allocator.
#include <cstddef>
#include <cstdint>

#include <alloy/core/allocation.hpp>
#include <alloy/core/block.hpp>
#include <alloy/core/cleanup.hpp>
#include <alloy/core/window.hpp>

namespace alloy::inline ALLOY_ABI {

class lease;
class frame_checkpoint;
class frame_cursor;
class frame_resource;

/// What the end of a frame says of it.
struct frame_summary {
    std::size_t used = 0;      ///< bytes handed out in it, padding included
    std::size_t blocks = 0;    ///< blocks taken for it beyond what its outer frame had
    std::size_t cleanups = 0;  ///< destructors run, an array counting once
    std::size_t promoted = 0;  ///< retained objects that moved to a longer lifetime
    std::size_t lost = 0;      ///< retained objects for which there was no room there
    bool closed = false;       ///< false: refused, since nothing was begun or something inside is still open
};

/// How a lease ends. A scope's exit cannot be refused: out of order, it leaves what it owns to the lease inside it.
enum class ending : std::uint8_t { rollback, commit, scope_exit };

/// The part of an arena that every composition shares.
struct arena_base {
    lease* innermost = nullptr;
    block_list spare;      ///< idle blocks, kept for reuse
    std::size_t held = 0;  ///< bytes of all blocks, in use and idle
};

/// How a lease reaches the slow paths of its arena. One constant table per engine and axes used.
struct arena_services {
    /// Memory that the window has not got. With `error`, a refusal is written there; without, the fallback policy decides.
    void* (*refill)(lease&, window&, std::size_t bytes, std::size_t alignment, alloc_error* error);
    void (*open)(arena_base&, lease&) noexcept;
    frame_summary (*close)(lease&, ending) noexcept;
    /// Hands the window out, if it is there, leaving where it stands in `kept_`; and takes it back, its cursor moved.
    bool (*lend)(lease&) noexcept;
    void (*take_back)(lease&, std::uintptr_t cursor) noexcept;
    void (*adopt)(lease&, cleanup*) noexcept;
    std::size_t (*used)(const lease&) noexcept;
};

class lease : public allocation<lease> {
public:
    /// Bytes handed out through this lease so far, padding included; what a cursor hands out counts when the cursor ends.
    std::size_t used() const noexcept { return services_->used(*this); }

    /// Makes what was allocated last longer, or shorter, where it stands. False, with nothing changed, if something was allocated since,
    /// the window has no room, or the composition hides it. Sizes in bytes.
    [[nodiscard]] bool resize_last(void* last, std::size_t bytes, std::size_t new_bytes) noexcept {
        const std::uintptr_t at = address(last), end = at + round_up(bytes, quantum);
        if (end != open_.cursor || at < open_.settled || new_bytes > open_.limit - at) return false;
        open_.cursor = at + round_up(new_bytes, quantum);
        detail::poison(at, end);
        detail::unpoison(at, new_bytes);
        return true;
    }

    /// Work that may be undone: what is made through the checkpoint is destroyed and taken back at its end, unless committed.
    [[nodiscard]] frame_checkpoint checkpoint() noexcept;
    /// The window in registers, for hot loops. What is made through it lasts as long as this lease.
    [[nodiscard]] frame_cursor cursor() noexcept;
    /// A std::pmr::memory_resource over this lease. Needs <alloy/memory_resource.hpp>.
    template <class Resource = frame_resource>
    [[nodiscard]] auto resource() noexcept {
        constexpr bool is_declared = requires { sizeof(Resource); };
        static_assert(is_declared, "alloy: frame.resource() is declared elsewhere; add #include <alloy/memory_resource.hpp>");
        if constexpr (is_declared) return Resource(*this);
        else return nullptr;
    }

    // The primitives of allocation<lease>.
    template <std::size_t Bytes, std::size_t Alignment>
    [[gnu::always_inline]] bool bump(void*& at) noexcept {
        return open_.bump<Bytes, Alignment>(at);
    }
    [[gnu::always_inline]] bool bump(std::size_t bytes, std::size_t alignment, void*& at) noexcept { return open_.bump(bytes, alignment, at); }
    [[gnu::noinline, gnu::cold]] void* refill(std::size_t bytes, std::size_t alignment, alloc_error* error) {
        return services_->refill(*this, open_, bytes, alignment, error);
    }
    /// Runs f(), whose next request, of `bytes` bytes as this lease gave them at `at`, is met with them. False, and nothing run, where several
    /// threads share the lease.
    template <class F>
    bool with_room(void* at, std::size_t bytes, F f) {
        if (is_shared_) return false;
        struct restored {
            window& open;
            window before;
            ~restored() { open = before; }
        } const restore{open_, open_};
        const std::uintptr_t from = address(at), to = from + round_up(bytes, quantum);
        open_ = {from, to, from, to};
        f();
        return true;
    }
    void adopt(cleanup* c) noexcept {
        if (is_shared_) [[unlikely]] return services_->adopt(*this, c);
        cleanups_.push(c);
    }

protected:
    lease() noexcept = default;
    lease(const lease&) noexcept = default;
    lease& operator=(const lease&) noexcept = default;
    ~lease() = default;

private:
    template <class, class>
    friend class frame_arena;
    template <class>
    friend class frame_ledger;
    friend class frame_checkpoint;
    friend class frame_cursor;

    window open_;                               ///< what the fast path reads
    const arena_services* services_ = nullptr;
    arena_base* arena_ = nullptr;
    lease* outer_ = nullptr;
    window kept_;                               ///< a side window; while the window is lent, where it stood
    block_list blocks_;                         ///< they go when this lease goes
    cleanup_list cleanups_;
    std::size_t used_ = 0;                      ///< settled bytes
    bool lent_ = false;                         ///< the window is with an inner lease or a cursor
    bool borrowed_ = false;                     ///< the window came from the outer lease
    bool begun_ = false;                        ///< by begin_frame(), so end_frame() may end it
    bool overflowed_ = false;                   ///< it needed a further block for its window
    bool ending_ = false;                       ///< its destructors run: one of them can't end it a second time
    bool is_shared_ = false;                    ///< several threads may allocate through it
};

/// The handle that functions take: one type, whatever the composition.
using frame_ref = lease&;

namespace detail {

/// A lease with what only some compositions need. Its open window stays empty when they hide it, because they must see each
/// allocation: under a lock, counted, or guarded.
struct record : lease {
    record() noexcept = default;
    window hidden;
    std::size_t* ledger = nullptr;  ///< settled bytes per tag
    std::size_t lent_tag = 0;       ///< the tag under which the open cursor's bytes are settled
    void* chain = nullptr;          ///< the checking policy's word
};

/// The services of a lease that has ended.
inline void* refuse_closed(lease&, window&, std::size_t bytes, std::size_t, alloc_error* error) {
    if (!error) die("something was allocated in a frame that has ended", "keep the frame open for as long as it is used");
    *error = {refusal::frame_closed, "", bytes, 0};
    return nullptr;
}
inline constexpr arena_services closed_services{
    &refuse_closed,
    [](arena_base&, lease&) noexcept {},
    [](lease&, ending) noexcept { return frame_summary{}; },
    [](lease&) noexcept { return false; },
    [](lease&, std::uintptr_t) noexcept {},
    [](lease&, cleanup*) noexcept {},
    [](const lease&) noexcept { return std::size_t{0}; },
};

}  // namespace detail
}  // namespace alloy
