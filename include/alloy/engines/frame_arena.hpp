#pragma once
/// The frame engine: leases on one window over a chain of blocks.
///
/// Cost: three words, as a hand-written chained arena has. Opening and closing a frame store a dozen words; allocation never comes here while
/// the window has room. Accounting by tag happens where a tag, a frame or a window changes.
/// Invariant: at most one lease holds the window; bytes of a lease lie in its own blocks, in the window that it borrowed, or
/// at the far end of one that it has lent.
/// Under a lock, or where each allocation is told of or guarded, the window is hidden from the common fast path and every request comes here.
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <new>
#include <utility>

#include <alloy/core/lease.hpp>
#include <alloy/core/presence.hpp>
#include <alloy/engines/block_source.hpp>
#include <alloy/engines/frame_buffers.hpp>
#include <alloy/engines/frame_ledger.hpp>
#include <alloy/engines/policy_set.hpp>

namespace alloy::inline ALLOY_ABI {

template <class Policies, class Lifetimes>
class engine_set;
template <class Policies, class Lifetimes>
struct engine_access;
template <class Policies, class Lifetimes>
class thread_cache;

template <class Policies, class Lifetimes>
class frame_arena : public arena_base {
    using budget_type = typename Policies::budget_type;
    using checking_type = typename Policies::checking_type;
    using fallback_type = typename Policies::fallback_type;
    using growth_type = typename Policies::growth_type;
    using tagging_type = typename Policies::tagging_type;
    using tracking_type = typename Policies::tracking_type;

    static constexpr std::size_t buffer_count = Lifetimes::buffers > 0 ? Lifetimes::buffers : 1;
    static constexpr bool is_shared = Policies::sharing == sharing::under_lock, is_apart = Policies::sharing == sharing::engine_per_thread;
    static constexpr bool has_owner = is_shared || (is_apart && checking_type::guards);
    static constexpr bool is_visited = is_apart && budget_type::bounds_held;  // by other threads, for idle blocks
    using ledger_type = frame_ledger<Policies>;
    using buffers_type = frame_buffers<buffer_count>;
    static constexpr bool tells_each = watches<tracking_type, frame_allocation>;
    static constexpr bool sees_each = tells_each || checking_type::guards;
    static constexpr bool bounds_used = budget_type::bounds_used;
    using access = engine_access<Policies, Lifetimes>;
    using guard = holding<is_shared, typename Policies::threading_type>;   // around the engine
    using telling = holding<is_apart, typename Policies::threading_type>;  // around what engines share

public:
    static constexpr bool hides = ledger_type::hides, accounts = ledger_type::accounts;
    static constexpr bool needs_record = hides || accounts;
    static constexpr bool keeps_frames = buffer_count > 1;  ///< after their end
    /// Whether a handle that knows the composition may tell of an allocation by itself, without a call.
    static constexpr bool tells_in_place = tells_each && !checking_type::guards && Policies::sharing != sharing::under_lock;

    constexpr frame_arena() noexcept = default;
    frame_arena(const frame_arena&) = delete;

    /// Opens a lease inside the innermost one, or says what stood in its way.
    /// Not inlined: what it knows of the window would only tempt compilers to reload it in loops (10 or 11 instructions per allocation for 9).
    [[gnu::noinline]] opening try_open(lease& l) noexcept {
        if constexpr (buffer_count > 1)
            if (const opening taken = reuse_buffer(); taken != opening::done) return taken;
        const guard lock(policies().threading);
        watch_thread();
        if (owner_.is_another()) return opening::elsewhere;
        owner_.take();
        if (!innermost) presence_.begin();
        l.services_ = &services;
        l.arena_ = this;
        l.is_shared_ = is_shared;
        l.outer_ = innermost;
        if (lease* outer = innermost) {
            if (!outer->lent_) {
                lend_window(*outer);
                l.borrowed_ = true;
                work(l) = outer->kept_.rest();
                if constexpr (bounds_used) work(l).limit = work(l).end;
            }
        } else if (block* b = first_block()) {
            l.blocks_.push(b);
            work(l) = window::of(*b);
        }
        innermost = &l;
        if constexpr (accounts) {
            if (!ledger().reserve(l, work(l))) work(l) = {};
            ledger().bound(l);
        }
        tell(frame_event::kind::opened, l, 0);
        return opening::done;
    }
    /// Says why none was opened, where the caller needs no value.
    [[noreturn, gnu::always_inline]] static void die_unopened([[maybe_unused]] opening why) noexcept {
        if constexpr (buffer_count > 1)
            if (why == opening::pinned)
                detail::die("a frame was opened while a reader still has the frame whose buffer comes next",
                            "let readers drop their pins first, use try_frame(), or take more buffers, lifetime::frames<N>");
        detail::die("a frame was opened while another thread's is open", "use try_frame(), or an allocator per thread");
    }
    static constexpr refusal refusal_of([[maybe_unused]] opening why) noexcept {
        if constexpr (buffer_count > 1)
            if (why == opening::pinned) return refusal::frame_pinned;
        return refusal::frame_elsewhere;
    }

    /// Ends a lease. Refused, with `closed` false, where something inside it is still open; a scope's exit then leaves what it owns to
    /// the lease inside. Destructors run first, while the lease can still be used.
    static frame_summary close(lease& l, ending how) noexcept { return close_in_place(l, how); }
    /// The same at a scope's exit, where nobody hears what the frame was: what a summary needs falls away, and compilers find the rest small enough to inline.
    static void leave(lease& l) noexcept { close_in_place(l, ending::scope_exit); }
    [[gnu::always_inline]] static frame_summary close_in_place(lease& l, ending how) noexcept {
        frame_summary said;
        if (!l.arena_) return said;
        frame_arena& self = of(l);
        self.watch_thread();
        if (!self.ready_to_close(l, how)) return said;
        const bool commits = how == ending::commit && l.outer_;
        const bool lasts = buffer_count > 1 && !l.outer_;  // until its buffer is used again
        if (!commits && !lasts && !l.cleanups_.empty()) said.cleanups = self.destroy(l);
        const typename Policies::telling_of_held later{self.policies()};
        const guard lock(self.policies().threading);
        if constexpr (checking_type::guards) self.policies().checking.on_close(record(l).chain, self.ledger().whose());
        if constexpr (accounts) self.ledger().settle_all();
        if (how != ending::scope_exit || watches<tracking_type, frame_event>) {
            said.used = self.ledger().used_by(l);
            said.blocks = l.blocks_.count();
        }
        self.tell(frame_event::kind::closed, l, said.used, commits);
        lease* const outer = l.outer_;
        const window last = work(l);
        if (commits)
            self.hand_over(l, *outer);
        else
            self.take_back_all(l, lasts);
        if (l.borrowed_) {
            if (!commits) self.mark_free(outer->kept_.cursor, last.end == outer->kept_.end ? last.cursor : outer->kept_.end);
            self.restore_window(*outer);
        }
        self.innermost = outer;
        if (outer) outer->overflowed_ |= l.overflowed_;
        end(l);
        if (!outer) {
            if constexpr (bounds_used) self.ledger().park();
            self.end_outermost(!lasts && l.overflowed_);
            self.presence_.end();
        } else if constexpr (accounts)
            self.ledger().bound(*outer);
        said.closed = true;
        return said;
    }

    /// Begins a frame whose lease lives in the frame's own memory. Null, with the reason in `error`, where there is none, or where no frame can be
    /// opened.
    lease* begin(alloc_error& error) noexcept {
        detail::record first;
        if (const opening opened = try_open(first); opened != opening::done) {
            error = {refusal_of(opened), tagging_type::name(0), 0, 0};
            return nullptr;
        }
        void* const at = policies().insist(error, [&](alloc_error& refused) noexcept {
            const guard lock(policies().threading);
            return find(first, work(first), sizeof(detail::record), alignof(detail::record), true, refused);
        });
        if (!at) {
            close(first, ending::scope_exit);
            return nullptr;
        }
        const guard lock(policies().threading);
        if constexpr (accounts) {  // its own record is nobody's use
            ledger().settle_all();
            ledger().unuse(first);
            ledger().bound(first);
        }
        work(first).settled = work(first).cursor;
        first.used_ = 0;
        first.begun_ = true;
        innermost = ::new (at) detail::record(first);
        return innermost;
    }

    /// Ends the innermost frame if begin() opened it and nothing inside it is open.
    frame_summary end() noexcept {
        watch_thread();
        lease* const begun = take_innermost_begun();
        if (!begun) {
            fault("end_frame() was called, but the innermost open frame was not begun by begin_frame()",
                  "pair each begin_frame() with one end_frame(), innermost first");
            return {};
        }
        const bool lasts = buffer_count > 1 && !begun->outer_;
        const std::size_t cleanups = lasts ? 0 : destroy(*begun);  // where it stands: destructors may still allocate in it
        detail::record last;                                       // its own memory goes, so the rest happens here
        {
            const guard lock(policies().threading);
            innermost = &move_out(*begun, last);
        }
        frame_summary said = close(last, ending::rollback);
        said.cleanups += cleanups;
        return said;
    }

    [[gnu::always_inline]] static void tell_in_place(lease& l, const void* at, std::size_t bytes, std::size_t alignment, std::size_t padding) noexcept {
        frame_arena& self = of(l);
        const telling lock(self.policies().threading);
        self.policies().tracking.on(self.event_of(l, at, bytes, alignment, padding));
    }

    /// Attributes what was used so far, then lets change() make another tag current.
    template <class Change>
    void retag(Change change) noexcept {
        const guard lock(policies().threading);
        ledger().settle_all();
        change();
        if (innermost) ledger().bound(*innermost);
    }

    /// One reader more of the frame that the calling thread ended last; null where it has ended none, or its buffer was taken since.
    pin_count<>* pin_last() noexcept
        requires(buffer_count > 1)
    {
        const guard lock(policies().threading);
        watch_thread();
        return buffers_.pin_last(this_thread());
    }
    /// Whether no ended frame is kept, nor pinned. Precondition: its owner is away, or calls.
    bool keeps_nothing() const noexcept { return buffers_.empty() && buffers_.pins() == 0; }
    /// The allocator ends: tells of readers that have not said that they are done.
    void tell_of_pins() noexcept {
        if constexpr (checking_type::reports)
            if (const std::size_t pins = buffers_.pins())
                policies().checking.on_fault(misuse{misuse_kind::leak, "a frame is pinned though its allocator ends", "let readers drop their pins before, or let the allocator outlive them",
                                                    tagging_type::name(0), nullptr, 0, pins});
    }

    /// The innermost open lease, or null.
    lease* innermost_open() noexcept {
        const guard lock(policies().threading);
        return innermost;
    }
    /// Bytes used in all open frames.
    std::size_t used() noexcept {
        const guard lock(policies().threading);
        return ledger().used_by_all();
    }
    std::size_t count_blocks() noexcept {
        const guard lock(policies().threading);
        std::size_t n = spare.count() + buffers_.count();
        for (const lease* l = innermost; l; l = l->outer_) n += l->blocks_.count();
        return n;
    }
    /// Gives idle blocks back to upstream.
    void trim() noexcept {
        const guard lock(policies().threading);
        presence_.begin();
        source().give_idle_back(0);
        if (!innermost) presence_.end();
    }

    /// Ends what is open, innermost first, runs the destructors of every buffer and gives all blocks back. Whether there was anything.
    bool release() noexcept {
        bool any = innermost != nullptr;
        abandon_all();
        if constexpr (buffer_count > 1)
            for (; !buffers_.empty(); any = true) {
                auto oldest = [this] {
                    const guard lock(policies().threading);
                    return buffers_.take_oldest();
                }();
                empty(oldest);
            }
        for (; block* b = spare.pop(); any = true) source().give_back(b);
        return any;
    }

    /// Ends what is open, innermost first, in its owner's place.
    void abandon_all() noexcept {
        while (innermost) abandon();
    }

    static const arena_services services;

    /// For an engine that does not live inside its allocator, but in a cache of it.
    void connect(engine_set<Policies, Lifetimes>& engines, thread_cache<Policies, Lifetimes>& cache) noexcept { link_.connect(engines, cache); }
    /// For another thread, which holds the lock of what they share: takes what lies idle, if the owner is away. Whether any went.
    bool visit() noexcept
        requires is_visited
    {
        if (!presence_.visit()) return false;
        const bool any = drop_idle();
        presence_.leave();
        return any;
    }

    /// For the other engines, which hold the lock: what frames have used is attributed before room is asked for, and windows are bounded anew after.
    void settle() noexcept {
        if constexpr (accounts) ledger().settle_all();
        if constexpr (bounds_used) ledger().park();
    }
    void rebound() noexcept {
        if constexpr (bounds_used)
            if (innermost) ledger().bound(*innermost);
    }
    /// Gives idle blocks back; the lock is held. Whether any went.
    bool drop_idle() noexcept { return source().drop_idle(0); }

private:
    engine_set<Policies, Lifetimes>& engines() noexcept {
        if constexpr (is_apart)
            return link_.engines();
        else if constexpr (Lifetimes::has_frame)
            return static_cast<engine_set<Policies, Lifetimes>&>(*this);
        else
            return *static_cast<engine_set<Policies, Lifetimes>*>(static_cast<void*>(this));  // never called
    }
    Policies& policies() noexcept { return engines(); }
    static frame_arena& of(const lease& l) noexcept { return static_cast<frame_arena&>(*l.arena_); }
    static detail::record& record(lease& l) noexcept { return ledger_type::record(l); }
    static window& work(lease& l) noexcept { return ledger_type::work(l); }
    ledger_type ledger() noexcept {
        if constexpr (is_apart)
            return {policies(), link_.cache().account_of_use, *this};
        else
            return {policies(), policies().central, *this};
    }
    block_source<access> source() noexcept {
        if constexpr (is_apart)
            return {access{&engines(), &link_.cache()}, *this, provided_};
        else
            return {access{&engines()}, *this, provided_};
    }

    // Requests -----------------------------------------------------------------------------------------------------------------

    static void* refill(lease& l, window& which, std::size_t bytes, std::size_t alignment, alloc_error* error) {
        frame_arena& self = of(l);
        const bool by_cursor = &which != &l.open_;
        return self.policies().insist(error, [&](alloc_error& why) noexcept {
            const guard lock(self.policies().threading);
            const bool is_window = by_cursor || (self.innermost == &l && !l.lent_);
            void* at = self.allocate(l, by_cursor ? which : work(l), bytes, alignment, is_window, why);
            if (by_cursor) l.kept_ = which;
            return at;
        });
    }
    void* allocate(lease& l, window& w, std::size_t bytes, std::size_t alignment, bool is_window, alloc_error& error) noexcept {
        if (!is_power_of_two(alignment)) return Policies::refuse(error, refusal::bad_alignment, bytes, 0);
        if (bytes > max_bytes) return Policies::refuse(error, refusal::too_large, bytes, max_bytes);
        if (bytes == 0) bytes = 1;
        watch_thread();
        const std::size_t before = tells_each ? ledger().used_by(l) : 0;
        if constexpr (!checking_type::guards) {
            void* p = find(l, w, bytes, alignment, is_window, error);
            if (p) tell(l, p, bytes, alignment, before);
            return p;
        } else {
            const std::size_t front = round_up(checking_type::front, alignment > quantum ? alignment : quantum);
            if (front > max_bytes - checking_type::back || bytes > max_bytes - checking_type::back - front)
                return Policies::refuse(error, refusal::too_large, bytes, max_bytes);
            void* fenced = find(l, w, front + bytes + checking_type::back, alignment, is_window, error);
            if (!fenced) return nullptr;
            void* p = pointer(address(fenced) + front);
            policies().checking.on_allocate(p, bytes, record(l).chain);
            tell(l, p, bytes, alignment, before);
            return p;
        }
    }

    /// Memory from the window, or else from the far end of the innermost one, or else from a further block, of which the window becomes the rest
    /// where that is larger. `is_window`: w is the arena's window, not a side window of an outer lease.
    void* find(lease& l, window& w, std::size_t bytes, std::size_t alignment, bool is_window, alloc_error& error) noexcept {
        const std::size_t size = round_up(bytes, quantum);
        if constexpr (bounds_used) {
            ledger().settle_all();
            w.limit = w.end;  // the budget is asked below: for the window, for what is carved, and for a further block
            const std::size_t pad = padding(w.cursor, alignment), need = pad <= w.room() && size <= w.room() - pad ? pad + size : size;
            if (!ledger().draw(ledger().tag(), need, error)) return ledger().bound(l), nullptr;
        }
        void* p = nullptr;
        if (w.bump(bytes, alignment, p) || carve(l, bytes, alignment, p)) return finish(l, p);
        const std::size_t front = accounts && !ledger_type::has(l) ? round_up(ledger_type::size, alignment > quantum ? alignment : quantum) : 0;
        if (front > max_bytes || bytes > max_bytes - front) return Policies::refuse(error, refusal::too_large, bytes, max_bytes);
        block* b = source().take(bytes + front, alignment, !is_window, buffers_.bytes(), error);
        if (!b) return finish(l, nullptr);
        window fresh = window::of(*b);
        if constexpr (accounts) ledger().reserve(l, fresh);
        if constexpr (bounds_used)
            if (!ledger().draw(ledger().tag(), padding(fresh.cursor, alignment) + size, error)) {
                if (front) record(l).ledger = nullptr;
                recycle(b, fresh.cursor);
                return ledger().bound(l), nullptr;
            }
        if (is_window && w.end != 0) l.overflowed_ = true;
        l.blocks_.push(b);
        fresh.bump(bytes, alignment, p);
        if (fresh.room() > w.end - w.cursor) std::swap(w, fresh);
        if constexpr (watches<tracking_type, rest_event>) tell_rest(fresh.end - fresh.cursor);
        ledger().settle(l, fresh, ledger().tag_of(l, w));
        return finish(l, p);
    }
    /// For an outer lease: memory from the far end of the innermost window, where all leases between share the block in which that lies. It stays
    /// outside their windows until `l` ends.
    bool carve(lease& l, std::size_t bytes, std::size_t alignment, void*& to) noexcept {
        if (&l == innermost || innermost->lent_) return false;
        window& from = work(*innermost);
        const std::uintptr_t end = from.end;
        for (lease* inner = innermost; inner != &l; inner = inner->outer_)
            if (!inner->borrowed_ || inner->outer_->kept_.end != end) return false;
        const std::size_t size = round_up(bytes, quantum);
        if (size > end - from.cursor) return false;
        const std::uintptr_t at = round_down(end - size, alignment > quantum ? alignment : quantum);
        if (at < from.cursor) return false;
        if constexpr (bounds_used)
            if (end - at > ledger().room(ledger().tag())) return false;
        shorten(from, at);
        for (lease* inner = innermost; inner != &l; inner = inner->outer_) shorten(inner->outer_->kept_, at);
        window carved{end, end, at, end};
        ledger().settle(l, carved, ledger().tag());
        detail::unpoison(at, bytes);
        to = pointer(at);
        return true;
    }
    static void shorten(window& w, std::uintptr_t end) noexcept {
        w.end = end;
        if (w.limit > end) w.limit = end;
    }
    void* finish(lease& l, void* p) noexcept {
        if constexpr (bounds_used || (accounts && is_shared)) ledger().settle_all();  // under a lock the next request may be another thread's, and tag
        if constexpr (bounds_used) ledger().bound(l);
        return p;
    }

    // Windows ------------------------------------------------------------------------------------------------------------------

    /// The lease goes on in its side window; `kept_` says where the lent one stood.
    void lend_window(lease& l) noexcept {
        if constexpr (accounts) ledger().settle(l, work(l), ledger().tag());
        std::swap(work(l), l.kept_);
        l.lent_ = true;
        if constexpr (bounds_used) work(l).limit = work(l).cursor;
    }
    void restore_window(lease& l) noexcept {
        if constexpr (accounts) ledger().settle(l, work(l), ledger().tag());
        std::swap(work(l), l.kept_);
        l.lent_ = false;
    }
    static bool lend(lease& l) noexcept {
        frame_arena& self = of(l);
        const guard lock(self.policies().threading);
        if (sees_each || bounds_used || l.lent_) return false;
        if constexpr (accounts) record(l).lent_tag = self.ledger().tag();
        self.lend_window(l);
        return true;
    }
    static void take_back(lease& l, std::uintptr_t cursor) noexcept {
        frame_arena& self = of(l);
        const guard lock(self.policies().threading);
        l.kept_.cursor = cursor;
        if constexpr (accounts) self.ledger().settle(l, l.kept_, record(l).lent_tag);
        self.restore_window(l);
    }
    static void adopt(lease& l, cleanup* c) noexcept {
        const guard lock(of(l).policies().threading);
        l.cleanups_.push(c);
    }
    static void open(arena_base& arena, lease& l) noexcept {
        auto& self = static_cast<frame_arena&>(arena);
        if (const opening opened = self.try_open(l); opened != opening::done) die_unopened(opened);
    }

    // Closing ------------------------------------------------------------------------------------------------------------------

    /// The innermost lease, if begin() made it and nothing else is open; from here on it can't be ended a second time.
    lease* take_innermost_begun() noexcept {
        const guard lock(policies().threading);
        if (!innermost || !innermost->begun_ || innermost->lent_ || owner_.is_another()) return nullptr;
        innermost->begun_ = false;
        return innermost;
    }
    /// A lease that lives in its own memory goes on in `to`; what still names the old one is told that the frame has ended.
    static lease& move_out(lease& begun, detail::record& to) noexcept {
        to = record(begun);
        end(begun);
        return to;
    }
    /// Ends the innermost lease in its owner's place.
    void abandon() noexcept {
        {
            const guard lock(policies().threading);
            owner_.take();
            innermost->lent_ = false;
        }
        if (innermost->begun_)
            end();
        else
            close(*innermost, ending::scope_exit);
    }
    bool ready_to_close(lease& l, ending how) noexcept {
        {
            const guard lock(policies().threading);
            if (innermost == &l && !l.lent_ && !l.ending_ && (how == ending::scope_exit || !owner_.is_another())) [[likely]] return l.ending_ = true;
        }
        return close_out_of_order(l, how);
    }
    /// Whether the lease is to be closed all the same.
    [[gnu::noinline, gnu::cold]] bool close_out_of_order(lease& l, ending how) noexcept {
        fault("a frame or checkpoint was ended while something inside it is open, from its own destructors, or by another thread",
              "end what was opened last first, once, where it was opened");
        if (how != ending::scope_exit || l.ending_) return false;
        const guard lock(policies().threading);
        if (innermost == &l) return l.ending_ = true;  // only a cursor is left, and it goes with its lease
        lease* inner = innermost;
        while (inner->outer_ != &l) inner = inner->outer_;
        if constexpr (accounts) ledger().settle_all();
        if constexpr (watches<tracking_type, frame_event>) tell(frame_event::kind::closed, *inner, ledger().used_by(*inner), true, count_inside(*inner));
        inner->used_ += ledger().used_by(l);
        inner->outer_ = l.outer_;
        inner->borrowed_ = l.borrowed_;
        inner->overflowed_ |= l.overflowed_;
        inner->blocks_.append(l.blocks_);
        inner->cleanups_.append(l.cleanups_);
        if constexpr (accounts) ledger().merge(l, *inner);
        if constexpr (checking_type::guards) policies().checking.on_close(record(l).chain, ledger().whose());
        end(l);
        return false;
    }
    /// Runs what is registered with the innermost lease. What destructors left open inside it ends with it.
    [[gnu::noinline]] std::size_t destroy(lease& l) noexcept {
        std::size_t count = 0;
        do {
            while (innermost != &l) abandon();
            count += l.cleanups_.run();
        } while (innermost != &l);
        return count;
    }
    void hand_over(lease& l, lease& outer) noexcept {
        if (l.borrowed_) {
            outer.used_ += outer.kept_.unsettled() + l.kept_.unsettled() + l.used_;
            outer.kept_ = work(l);
        } else {
            outer.used_ += ledger().used_by(l);
        }
        l.blocks_.append(outer.blocks_);
        outer.blocks_ = std::exchange(l.blocks_, block_list{});
        l.cleanups_.append(outer.cleanups_);
        outer.cleanups_ = std::exchange(l.cleanups_, cleanup_list{});
        if constexpr (accounts) ledger().merge(l, outer);
    }
    void take_back_all(lease& l, [[maybe_unused]] bool lasts) noexcept {
        if constexpr (accounts) ledger().unuse(l);
        if constexpr (keeps_frames)
            if (lasts) {
                for (block* b = l.blocks_.front(); b; b = b->next) b->marked = reached(*b, l, true) - b->begin();
                return buffers_.keep(l.blocks_, l.cleanups_, this_thread(), l.overflowed_);
            }
        while (block* b = l.blocks_.pop()) recycle(b, reached(*b, l));
    }
    /// Where the used part of a block ends, and only that must be marked again. What was carved off its far end is marked here, but where it lasts.
    std::uintptr_t reached(const block& b, lease& l, bool lasts = false) noexcept {
        for (const window* w : {&work(l), &l.kept_})
            if (b.begin() <= w->cursor && w->cursor <= b.end() && w->end >= b.begin()) {
                if (lasts) return w->end == window::of(b).end ? w->cursor : b.end();
                mark_free(w->end, window::of(b).end);
                return w->cursor;
            }
        return b.end();
    }
    void mark_free([[maybe_unused]] std::uintptr_t from, [[maybe_unused]] std::uintptr_t to) noexcept {
        if constexpr (checking_type::poisons && !ALLOY_DETAIL_ASAN)
            if (from < to) policies().checking.on_free(pointer(from), to - from);
        detail::poison(from, to);
    }
    void recycle(block* b, std::uintptr_t used_to) noexcept {
        if constexpr (fallback_type::provides || fallback_type::asks_heap)
            if (b->origin == block_origin::fallback) [[unlikely]] {
                b->marked = 0;
                return source().give_back(b);
            }
        source().mark_free(b, used_to);
        spare.push(b);
    }
    static void end(lease& l) noexcept {
        l.open_ = {};
        if constexpr (hides) record(l).hidden = {};
        l.lent_ = false;
        l.arena_ = nullptr;
        l.services_ = &detail::closed_services;
    }
    void end_outermost(bool overflowed) noexcept {
        owner_.leave();
        const std::size_t keep = policies().growth.keep(held);
        if constexpr (growth_type::reserves) {
            const std::size_t kept = keep > sizeof(block) ? keep : sizeof(block);  // the header stays, and with it its page
            for (block* b = spare.front(); b; b = b->next)
                if (b->origin == block_origin::upstream && b->bytes > kept) policies().upstream.decommit(pointer(address(b) + kept), b->bytes - kept);
        } else {
            if (keep < held) source().give_idle_back(keep);
            if constexpr (growth_type::coalesces)
                if (overflowed) coalesce();
        }
    }
    /// What an outermost frame starts with, or null: it asks upstream only when it needs to.
    block* first_block() noexcept {
        block* b = source().reused(spare.pop());
        if constexpr (growth_type::is_in_place)
            if (!b && (b = policies().growth.first())) detail::poison(b->begin(), b->end());
        return b;
    }
    /// A buffer for the outermost frame: the oldest becomes the current one, unless it is pinned.
    opening reuse_buffer() noexcept {
        for (bool emptied = false;; emptied = true) {
            typename buffers_type::buffer oldest;
            {
                const guard lock(policies().threading);
                if (owner_.is_another()) return opening::elsewhere;
                owner_.take();
                if (innermost || (emptied && buffers_.is_current_empty())) return opening::done;
                if (buffers_.is_oldest_pinned()) {
                    owner_.leave();
                    presence_.end();
                    return opening::pinned;
                }
                oldest = buffers_.take_oldest();
            }
            empty(oldest);
        }
    }
    /// Its destructors run without the lock, since they may allocate, even open frames, and its blocks are free only afterwards.
    void empty(typename buffers_type::buffer& oldest) noexcept {
        oldest.cleanups.run();
        abandon_all();  // what they left open
        const guard lock(policies().threading);
        presence_.begin();
        while (block* b = oldest.blocks.pop()) recycle(b, b->begin() + b->marked);
        if constexpr (growth_type::coalesces)
            if (oldest.overflowed) coalesce();
    }
    /// After a frame that needed several: one block as large as all idle ones together, so that the next frame needs no second.
    void coalesce() noexcept {
        if (!spare.front() || !spare.front()->next) return;
        std::size_t bytes = sizeof(block);
        for (const block* b = spare.front(); b; b = b->next)
            if (b->origin == block_origin::upstream) bytes += b->bytes - sizeof(block);
        source().give_idle_back(0);
        alloc_error nobody_asks;
        if (block* b = source().take(bytes - sizeof(block), alignof(block), false, buffers_.bytes(), nobody_asks)) spare.push(b);
    }

    /// Who ends a frame. Where an allocator is for one thread at a time, it is always the same one.
    static std::uint64_t this_thread() noexcept {
        if constexpr (Policies::sharing == sharing::one_thread)
            return 1;
        else
            return detail::thread_number();
    }

    // What others hear ------------------------------------------------------------------------------------------------------------

    static std::size_t used_by_lease(const lease& l) noexcept {
        frame_arena& self = of(l);
        const guard lock(self.policies().threading);
        return self.ledger().used_by(const_cast<lease&>(l));
    }
    frame_allocation event_of(const lease& l, const void* at, std::size_t bytes, std::size_t alignment, std::size_t padding) noexcept {
        const std::size_t tag = ledger().tag();
        return {at, bytes, alignment, padding, tag, tagging_type::name(tag), count_inside(l), this};
    }
    std::size_t count_inside(const lease& l) const noexcept {
        std::size_t n = 0;
        for (const lease* inner = innermost; inner != &l; inner = inner->outer_) ++n;
        return n;
    }
    /// An allocation that did not happen in place; `before`: bytes used in its lease without it.
    void tell([[maybe_unused]] lease& l, [[maybe_unused]] const void* at, [[maybe_unused]] std::size_t bytes, [[maybe_unused]] std::size_t alignment,
              [[maybe_unused]] std::size_t before) noexcept {
        if constexpr (tells_each) {
            const telling lock(policies().threading);
            policies().tracking.on(event_of(l, at, bytes, alignment, ledger().used_by(l) - before - bytes));
        }
    }
    void tell(frame_event::kind what, lease& l, std::size_t used, bool commits = false, std::size_t inside = 0) noexcept {
        if constexpr (watches<tracking_type, frame_event>) {
            const telling lock(policies().threading);
            policies().tracking.on(frame_event{what, used, ledger().used_by_all(), l.outer_ == nullptr, commits, inside, this});
        }
    }
    /// The first window of a frame that found no block leaves nothing.
    void tell_rest(std::size_t bytes) noexcept {
        if (bytes == 0) return;
        const telling lock(policies().threading);
        policies().tracking.on(rest_event{bytes});
    }
    void fault([[maybe_unused]] const char* what, [[maybe_unused]] const char* cure) noexcept {
        if constexpr (checking_type::reports)
            policies().checking.on_fault(misuse{misuse_kind::out_of_order, what, cure, tagging_type::name(0)});
    }
    void watch_thread() noexcept {
        if constexpr (checking_type::guards && Policies::sharing == sharing::one_thread) policies().checking.on_thread(tagging_type::name(0));
        if constexpr (checking_type::reports && is_apart && has_owner)
            if (owner_.is_another())
                policies().checking.on_fault(misuse{misuse_kind::wrong_thread, "a frame was used by a thread that did not open it",
                                                    "let each thread open frames of its own; hand objects over by make_transfer()", tagging_type::name(0)});
    }

    [[no_unique_address]] buffers_type buffers_;
    [[no_unique_address]] provided_bytes<fallback_type::provides> provided_;
    [[no_unique_address]] frame_owner<has_owner> owner_;
    [[no_unique_address]] presence<is_visited> presence_;
    [[no_unique_address]] engine_link<engine_set<Policies, Lifetimes>, thread_cache<Policies, Lifetimes>, is_apart> link_;
};

template <class Policies, class Lifetimes>
const arena_services frame_arena<Policies, Lifetimes>::services{
    &frame_arena::refill, &frame_arena::open, &frame_arena::close, &frame_arena::lend, &frame_arena::take_back, &frame_arena::adopt,
    &frame_arena::used_by_lease,
};

}  // namespace alloy
