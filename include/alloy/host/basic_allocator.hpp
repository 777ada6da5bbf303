#pragma once
/// The host: the only code that calls policies. Users name it through `allocator<Policies…>`, which brings the policies into this order.
///
/// Neither copyable nor movable, and constant-initialised: an allocator may be a global, and takes its first block when that is needed.
/// Who may call what at the same time is the threading policy's answer.
#include <array>
#include <cstddef>
#include <new>
#include <type_traits>

#include <alloy/composition/composable.hpp>
#include <alloy/core/metrics.hpp>
#include <alloy/engines/engine_set.hpp>
#include <alloy/host/frame_pin.hpp>
#include <alloy/host/local_view.hpp>
#include <alloy/host/owned.hpp>
#include <alloy/host/scoped_frame.hpp>
#include <alloy/host/tag_scope.hpp>
#include <alloy/host/tagged_view.hpp>
#include <alloy/host/transfer.hpp>

namespace alloy::inline ALLOY_ABI {

/// Says that a constructor takes its policies from a function of the axis.
struct from_settings_t {};
inline constexpr from_settings_t from_settings{};

template <threading_policy Threading, growth_policy Growth, tagging_policy Tagging, budget_policy Budget, retention_policy Retention,
          fallback_policy Fallback, upstream_policy Upstream, tracking_policy Tracking, checking_policy Checking, class Lifetimes>
class basic_allocator {
    using policies_type = policy_set<Threading, Growth, Tagging, Budget, Retention, Fallback, Upstream, Tracking, Checking>;
    using engines_type = engine_set<policies_type, Lifetimes>;
    using arena_type = typename engines_type::arena_type;
    using objects_type = object_store<policies_type, Lifetimes>;
    using cache_type = thread_cache<policies_type, Lifetimes>;
    /// T, or after an error something that goes through, so that the error stands alone.
    template <class T>
    using made_type = std::conditional_t<std::is_unbounded_array_v<T>, T, detail::object_or_char<T>>;
    static constexpr bool is_apart = Threading::sharing == sharing::engine_per_thread;
    using locking = holding<Threading::sharing != sharing::one_thread, Threading>;
    /// Before its first use, since clang 14 calls it there and then.
    static consteval void require_frames() {
        static_assert(Lifetimes::has_frame, "alloy: this allocator was declared without frames; add lifetime::frame to its policies");
    }

public:
    using threading_type = Threading;
    using growth_type = Growth;
    using tagging_type = Tagging;
    using budget_type = Budget;
    using retention_type = Retention;
    using fallback_type = Fallback;
    using upstream_type = Upstream;
    using tracking_type = Tracking;
    using checking_type = Checking;
    using lifetimes = Lifetimes;
    using frame_type = scoped_frame<arena_type>;
    /// What a type of the user's that derives from this is an allocator of.
    using allocator_type = basic_allocator;
    template <class T>
    using pool_ptr = alloy::pool_ptr<T, basic_allocator>;
    template <class T>
    using heap_ptr = alloy::heap_ptr<T, basic_allocator>;

    /// Bytes of an object that its engines take; with caches per thread, what leads to these.
    static constexpr std::size_t frame_engine_bytes = engines_type::engine_bytes;
    static constexpr std::size_t accounting_bytes = policies_type::accounting_bytes, thread_accounting_bytes = policies_type::thread_accounting_bytes;
    static constexpr std::size_t pool_bytes = engines_type::pool_bytes, heap_bytes = engines_type::heap_bytes, transfer_bytes = engines_type::transfer_bytes;
    /// Whether giving back may throw: a checking policy that reports so.
    static constexpr bool deallocate_throws = objects_type::throws;

    constexpr basic_allocator() noexcept = default;
    /// Builds each policy in place from what pick(axis*) returns; see make_allocator.
    template <class Pick>
    constexpr basic_allocator(from_settings_t, const Pick& pick) : engines_(pick) {}
    basic_allocator(const basic_allocator&) = delete;
    basic_allocator& operator=(const basic_allocator&) = delete;

    /// A frame that ends with its scope, inside the innermost open one. Ends the program where another thread's frame is open, or, with frames<N>, where the
    /// buffer of an outermost one is pinned. With frames per thread the first of a thread takes memory: where there is none, the fallback policy decides, and
    /// one that returns ends the program.
    [[nodiscard]] frame_type frame() noexcept(!is_apart) { return frame_type(arena_or_give_up()); }
    /// The same, or refusal::frame_elsewhere, refusal::frame_pinned, or why there is no memory.
    [[nodiscard]] result<frame_type> try_frame() noexcept {
        alloc_error refused;
        arena_type* const mine = arena_or(refused);
        return mine ? try_frame_in(*mine) : result<frame_type>(refused);
    }

    /// A frame that ends with end_frame(). Its record takes some 200 bytes of the frame's own memory; where there are none, the fallback
    /// policy decides, and one that returns null ends the program, since there is no null reference.
    frame_ref begin_frame() {
        alloc_error error;
        if (lease* begun = arena_or_give_up().begin(error)) return *begun;
        policies().fallback.give_up(error);
        detail::die(error.what(), "use try_begin_frame() where the first memory of a frame may be missing");
    }
    /// The same, or why not.
    [[nodiscard]] result<lease*> try_begin_frame() noexcept {
        alloc_error error;
        if (arena_type* const mine = arena_or(error))
            if (lease* begun = mine->begin(error)) return begun;
        return error;
    }
    /// Ends what begin_frame() began last. Refused, with `closed` false, where the innermost frame was not begun so, is another thread's, or has a
    /// cursor open.
    frame_summary end_frame() noexcept {
        alloc_error refused;
        arena_type* const mine = arena_or(refused);
        return mine ? mine->end() : frame_summary{};
    }

    /// With frames<N>: keeps the outermost frame that the calling thread ended last as it is, whether it has opened another since or not, for a reader on
    /// another thread. An empty pin where it has ended none, or where the buffer was taken since: by N - 1 frames, and under a lock by those of any thread.
    [[nodiscard]] frame_pin pin_last_frame() noexcept {
        static_assert(Lifetimes::buffers > 1,
                      "alloy: pin_last_frame() needs frames that stay readable after their end; add lifetime::frames<N> with N above 1");
        if constexpr (Lifetimes::buffers > 1)
            if (arena_type* const mine = engines_.arena()) return frame_pin(mine->pin_last());
        return {};
    }

    /// Whether a frame is open, and the innermost one. Precondition of the latter: one is.
    [[nodiscard]] bool in_frame() noexcept { return innermost_open() != nullptr; }
    [[nodiscard]] frame_ref current_frame() noexcept {
        lease* const innermost = innermost_open();
        if (!innermost) detail::die("current_frame() was called, but no frame is open", "open one with frame() or begin_frame()");
        return *innermost;
    }

    // Objects that last until they are freed ------------------------------------------------------------------------------------------

    /// A T made from args, value-initialised without, in the pool, or in the heap where it is larger than the pool's slots. For T[], that many
    /// value-initialised elements. Null where the fallback policy returns; where the constructor throws, the memory goes back first.
    template <class T, class... Args>
    [[gnu::always_inline]] pool_ptr<made_type<T>> make_pooled(Args&&... args) {
        return make<T, place::by_size>(nullptr, nullptr, static_cast<Args&&>(args)...);
    }
    /// The same in the heap, whatever its size.
    template <class T, class... Args>
    [[gnu::always_inline]] heap_ptr<made_type<T>> make_heap(Args&&... args) {
        return make<T, place::heap>(nullptr, nullptr, static_cast<Args&&>(args)...);
    }
    /// The same, or why not; the constructor may throw.
    template <class T, class... Args>
    [[gnu::always_inline]] result<pool_ptr<made_type<T>>> try_make_pooled(Args&&... args) {
        return try_make<T, place::by_size>(nullptr, static_cast<Args&&>(args)...);
    }
    template <class T, class... Args>
    [[gnu::always_inline]] result<heap_ptr<made_type<T>>> try_make_heap(Args&&... args) {
        return try_make<T, place::heap>(nullptr, static_cast<Args&&>(args)...);
    }

    /// A T made from args for another thread, which receives it once; for T[], that many value-initialised elements. Its memory is the pool's, or of its own
    /// where it is large, and comes back from whatever thread ends it. Null where the fallback policy returns. Memory of the fallback's own is not used.
    template <class T, class... Args>
    [[gnu::always_inline]] transfer_handle<made_type<T>> make_transfer(Args&&... args) {
        return make_message<T>(nullptr, nullptr, static_cast<Args&&>(args)...);
    }
    /// The same, or why not; the constructor may throw.
    template <class T, class... Args>
    [[gnu::always_inline]] result<transfer_handle<made_type<T>>> try_make_transfer(Args&&... args) {
        return try_make_message<T>(nullptr, static_cast<Args&&>(args)...);
    }

    /// `bytes` of raw memory at a multiple of `alignment`, a power of two, from the pool, or else the heap. Zero bytes give a pointer of their own.
    [[nodiscard, gnu::always_inline]] void* allocate(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) {
        return objects().take(bytes, alignment, place::by_size);
    }
    [[nodiscard, gnu::always_inline]] result<void*> try_allocate(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) noexcept {
        alloc_error error;
        void* const p = objects().take(bytes, alignment, place::by_size, &error);
        if (!p) return error;
        return p;
    }
    /// Takes back what allocate() or reallocate() gave, with the size and alignment it has. Null is nothing.
    [[gnu::always_inline]] void deallocate(void* p, std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) noexcept(!deallocate_throws) {
        objects().give(p, bytes, alignment);
    }
    /// The same memory with another size, its bytes kept up to the smaller one: where it is, if upstream can do that, or elsewhere. From null, it is
    /// allocate(). Where there is no memory the old one stays as it is; a smaller size never fails.
    [[nodiscard, gnu::always_inline]] void* reallocate(void* p, std::size_t bytes, std::size_t new_bytes, std::size_t alignment = alignof(std::max_align_t)) {
        return p ? objects().resize(p, bytes, new_bytes, alignment, place::by_size, nullptr) : allocate(new_bytes, alignment);
    }
    [[nodiscard, gnu::always_inline]] result<void*> try_reallocate(void* p, std::size_t bytes, std::size_t new_bytes, std::size_t alignment = alignof(std::max_align_t)) noexcept(!deallocate_throws) {
        if (!p) return try_allocate(new_bytes, alignment);
        alloc_error error;
        void* const there = objects().resize(p, bytes, new_bytes, alignment, place::by_size, &error);
        if (!there) return error;
        return there;
    }

    /// Bytes handed out in open frames, the pool and the heap; bytes taken from upstream; number of blocks, regions and heap allocations. All walk
    /// lists: for reports, not for loops. With an engine per thread, `used` counts the calling thread's frames and pool, and all of the heap; the others
    /// count what all threads have, and the caches themselves.
    [[nodiscard]] std::size_t used() noexcept {
        std::size_t bytes = 0;
        if constexpr (Lifetimes::has_frame)
            if (arena_type* const mine = engines_.arena()) bytes = mine->used();
        const locking lock(policies().threading);
        return bytes + engines_.used_by_objects();
    }
    /// Bytes handed out in the calling thread's open frames; in all of them where threads share the frames. A difference of cursors.
    [[nodiscard]] std::size_t used_in_frames() noexcept {
        require_frames();
        arena_type* const mine = engines_.arena();
        return mine ? mine->used() : 0;
    }
    [[nodiscard]] std::size_t held() noexcept {
        const locking lock(policies().threading);
        return engines_.held_by_all();
    }
    [[nodiscard]] std::size_t blocks() noexcept {
        std::size_t n = 0;
        if constexpr (Lifetimes::has_frame && !is_apart) n = engines_.arena()->count_blocks();
        const locking lock(policies().threading);
        return n + engines_.count_all();
    }
    /// What is held for frames, pool and heap, of all threads; before it, each_cache(bytes of frames, bytes of its pool) for each thread's cache, under the lock.
    template <class F>
    held_bytes held_by(F each_cache) noexcept {
        const locking lock(policies().threading);
        return engines_.held_apart(each_cache);
    }
    [[nodiscard]] held_bytes held_by() noexcept {
        return held_by([](std::size_t, std::size_t) noexcept {});
    }
    /// Gives every idle block and empty slab back to upstream. With an engine per thread: those of the calling thread and of threads that have ended; with a held budget, idle frame blocks of all.
    void trim() noexcept { engines_.trim(); }

    /// The allocator as the calling thread sees it, with what the thread has of it looked up once, for loops; see local_view. With an engine per thread the
    /// first call of a thread may take memory: where there is none, the fallback policy decides, and one that returns ends the program.
    [[nodiscard]] local_view<basic_allocator> local() noexcept(!is_apart) {
        if constexpr (is_apart) {
            if (cache_type* const mine = engines_.cache_here()) [[likely]] return local_view<basic_allocator>(*this, mine);
            return first_local();
        } else {
            return local_view<basic_allocator>(*this);
        }
    }
    /// The same, or why not.
    [[nodiscard]] result<local_view<basic_allocator>> try_local() noexcept {
        if constexpr (is_apart) {
            alloc_error refused;
            cache_type* const mine = cache_or(refused);
            if (!mine) return refused;
            return local_view<basic_allocator>(*this, mine);
        } else {
            return local_view<basic_allocator>(*this);
        }
    }

    /// What the tracking policy has seen; each part is read under the lock, where there is one, by itself.
    [[nodiscard]] memory_metrics metrics() noexcept {
        static_assert(detail::tells_metrics<Tracking>, "alloy: metrics() needs a tracking policy that keeps them; add tracking::boundary_metrics");
        return watched({used(), held(), blocks()});
    }
    /// The same without the walks: of `seen`, only what the tracking policy keeps is filled in.
    [[nodiscard]] memory_metrics watched(memory_metrics seen = {}) noexcept {
        if constexpr (detail::tells_metrics<Tracking>) {
            const holding<Threading::sharing != sharing::one_thread, Threading> lock(policies().threading);
            policies().tracking.write(seen);
        }
        return seen;
    }

    /// Tells the tracking policy of a moment that has a name, which must live until then.
    void mark(const char* name) noexcept {
        static_assert(watches<Tracking, mark_event>, "alloy: mark() needs a tracking policy that is told of marks; add tracking::recorded, or an observer of mark_event");
        if constexpr (watches<Tracking, mark_event>) {
            const locking lock(policies().threading);
            policies().tracking.on(mark_event{name});
        }
    }

    /// Makes a tag of the tagging policy current, for the calling thread, until the scope ends. Scopes nest.
    template <fixed_string Name>
    [[nodiscard]] tag_scope<engines_type> tag() noexcept {
        static_assert(detail::has_tag<Tagging>(Name.c_str()), "alloy: the tagging policy has no tag of this name; add it to tagging::scoped");
        return tag_scope<engines_type>(engines_, detail::tag_index<Tagging>(Name.c_str()));
    }
    /// The same for a number that the tagging policy gave, as `tagging::dynamic` does.
    [[nodiscard]] tag_scope<engines_type> tag(std::size_t number) noexcept {
        static_assert(Tagging::switches, "alloy: this allocator has one tag; name several in tagging::scoped, or define them with tagging::dynamic");
        require_tag(number);
        return tag_scope<engines_type>(engines_, number);
    }
    /// The allocator as a subsystem sees it: what is made through the view is made under the tag.
    template <fixed_string Name>
    [[nodiscard]] tagged_view<basic_allocator> tagged() noexcept {
        static_assert(detail::has_tag<Tagging>(Name.c_str()), "alloy: the tagging policy has no tag of this name; add it to tagging::scoped");
        return {*this, detail::tag_index<Tagging>(Name.c_str())};
    }
    [[nodiscard]] tagged_view<basic_allocator> tagged(std::size_t number) noexcept {
        static_assert(Tagging::switches, "alloy: this allocator has one tag; name several in tagging::scoped, or define them with tagging::dynamic");
        require_tag(number);
        return {*this, number};
    }
    /// Number of the calling thread's current tag.
    [[nodiscard]] std::size_t current_tag() noexcept { return policies().tag_now.get(); }
    /// Bytes handed out under a tag, by all threads. Exact for the calling thread, and for others as they were when they last opened or ended a frame,
    /// asked for a block, or changed their tag. With one tag alone, as used() counts. Messages count until they have come home.
    [[nodiscard]] tag_bytes tag_usage(std::size_t number) noexcept {
        require_tag(number);
        return engines_.tag_usage(number);
    }
    /// The same of all tags, by number, in one go.
    [[nodiscard]] std::array<tag_bytes, Tagging::count> tag_usage() noexcept {
        std::array<tag_bytes, Tagging::count> all;
        engines_.tag_usage(all.data());
        return all;
    }

    /// What is used under each of the budget's bounds on used bytes, in the order of `bounds` of its policy. Exact while no other thread is at work; else off by
    /// what the others draw and give back meanwhile.
    static constexpr std::size_t bounds = bound_count<Budget>;
    [[nodiscard]] bound_usage usage_under_bound(std::size_t bound) noexcept {
        static_assert(bounds > 0, "alloy: this allocator's budget does not bound used bytes; add budget::per_tag or budget::per_frame");
        if (bound >= bounds) detail::die("a bound was named by a number that no bound has", "use numbers below `bounds`");
        if constexpr (bounds > 0) {
            const used_bound& b = Budget::bounds[bound];
            return {b.tag, engines_.used_under(bound), b.bytes, b.frames_alone};
        } else {
            return {};
        }
    }

    /// The allocator's name: its first tag.
    static constexpr const char* name() noexcept { return Tagging::name(0); }

    /// The policies themselves, with what they offer besides; no lock is held, so look while no other thread allocates.
    Budget& budget() noexcept { return policies().budget; }
    Fallback& fallback() noexcept { return policies().fallback; }
    Upstream& upstream() noexcept { return policies().upstream; }
    Tracking& tracking() noexcept { return policies().tracking; }
    Checking& checking() noexcept { return policies().checking; }

    /// For handles and adaptors: memory for objects.
    [[gnu::always_inline]] objects_type& objects() noexcept {
        static_assert(Lifetimes::has_pool || Lifetimes::has_heap,
                      "alloy: this allocator was declared without a pool and heap; add lifetime::pool or lifetime::heap to its policies");
        return engines_;
    }

private:
    static void require_tag(std::size_t number) noexcept {
        if (number >= Tagging::count) detail::die("a tag was named by a number that no tag has", "use the number that the tagging policy gave for its name");
    }
    /// The calling thread's frames. Memory is needed only where each thread has its own.
    [[gnu::always_inline]] arena_type* arena_or(alloc_error& refused) noexcept {
        require_frames();
        if constexpr (is_apart)
            return static_cast<arena_type*>(policies().insist(refused, [this](alloc_error& why) noexcept -> void* { return engines_.arena(why); }));
        else
            return engines_.arena();
    }
    [[gnu::always_inline]] arena_type& arena_or_give_up() noexcept(!is_apart) {
        require_frames();
        if (arena_type* const mine = engines_.arena()) [[likely]] return *mine;
        return first_arena();
    }
    [[gnu::noinline, gnu::cold]] arena_type& first_arena() noexcept(!is_apart) {
        alloc_error refused;
        if (arena_type* const mine = arena_or(refused)) return *mine;
        if constexpr (is_apart) policies().fallback.give_up(refused);
        detail::die(refused.what(), "use try_frame() where the first memory of a thread may be missing");
    }
    static result<frame_type> try_frame_in(arena_type& arena) noexcept {
        alloc_error refused{refusal::frame_elsewhere, name(), 0, 0};
        bool opened = false;
        return result<frame_type>::only_if(opened, refused, [&] { return frame_type(arena, opened, refused.reason); });
    }
    lease* innermost_open() noexcept {
        require_frames();
        arena_type* const mine = engines_.arena();
        return mine ? mine->innermost_open() : nullptr;
    }
    [[gnu::always_inline]] policies_type& policies() noexcept { return engines_; }

    friend class local_view<basic_allocator>;
    cache_type* cache_or(alloc_error& refused) noexcept {
        return static_cast<cache_type*>(policies().insist(refused, [this](alloc_error& why) noexcept -> void* { return engines_.cache_here(engines_, why); }));
    }
    [[gnu::noinline, gnu::cold]] local_view<basic_allocator> first_local() {
        alloc_error refused;
        if (cache_type* const mine = cache_or(refused)) return local_view<basic_allocator>(*this, mine);
        policies().fallback.give_up(refused);
        detail::die(refused.what(), "use try_local() where the first memory of a thread may be missing");
    }
    /// Whether the cache is the calling thread's; tells of it where it is not.
    bool knows(const cache_type* cache) noexcept {
        if (engines_.cache_here() == cache) return true;
        policies().checking.on_fault(misuse{misuse_kind::wrong_thread, "what local() gave to one thread was used by another", "let each thread call local() for itself", name()});
        return false;
    }

    /// Gives memory back where a constructor throws.
    struct unmade {
        objects_type& objects;
        void* at;
        std::size_t bytes, alignment;
        place where;
        ~unmade() {
            if (at) objects.give_as_made(at, bytes, alignment, where);
        }
    };
    /// Asks in order; only the first "no" speaks.
    template <class T, place Where>
    static consteval bool can_make() {
        using element = std::conditional_t<std::is_unbounded_array_v<T>, std::remove_extent_t<T>, T>;
        if constexpr (!detail::makes_objects<element>) {
            static_assert(detail::makes_objects<element>,
                          "alloy: the pool and heap make objects: T must be complete, not abstract, no array of a known size, no reference and not void");
            return false;
        } else if constexpr (Where == place::heap && !Lifetimes::has_heap) {
            static_assert(Lifetimes::has_heap, "alloy: this allocator was declared without a heap; add lifetime::heap to its policies");
            return false;
        } else if constexpr (!Lifetimes::has_heap && Lifetimes::has_pool && !size_class::fits(sizeof(element), alignof(element))) {
            static_assert(size_class::fits(sizeof(element), alignof(element)),
                          "alloy: T is larger than the pool's slots, and there is no heap for it; add lifetime::heap to the policies");
            return false;
        } else {
            return true;
        }
    }
    template <class T, place Where, class... Args>
    [[gnu::always_inline]] owned<made_type<T>, basic_allocator, Where> make(alloc_error* error, cache_type* known, Args&&... args) {
        if constexpr (!can_make<T, Where>()) {
            return {};
        } else if constexpr (std::is_unbounded_array_v<T>) {
            return make_several<std::remove_extent_t<T>, Where>(error, known, static_cast<std::size_t>(args)...);
        } else {
            void* const at = objects().template take<sizeof(T), alignof(T)>(Where, error, known);
            if (!at) [[unlikely]] return {};
            T* object;
            if constexpr (std::is_nothrow_constructible_v<T, Args...>) {
                object = detail::create<T>(at, static_cast<Args&&>(args)...);
            } else {
                unmade giving_back{objects(), at, sizeof(T), alignof(T), Where};
                object = detail::create<T>(at, static_cast<Args&&>(args)...);
                giving_back.at = nullptr;
            }
            detail::deed<T> deed{object};
            if constexpr (requires { deed.what; }) {
                deed.at = at;
                deed.what = &detail::extent_of<T>;
            }
            return {deed, static_cast<void*>(this)};
        }
    }
    template <class T, place Where>
    owned<T[], basic_allocator, Where> make_several(alloc_error* error, cache_type* known, std::size_t n) {
        const std::size_t bytes = array_bytes(n, sizeof(T));
        void* const at = objects().take(bytes, alignof(T), Where, error, known);
        if (!at) return {};
        unmade giving_back{objects(), at, bytes, alignof(T), Where};
        detail::building<T> built(static_cast<T*>(at));
        for (; built.made < n; ++built.made) ::new (detail::place_of(built.first + built.made)) T();
        built.release();
        giving_back.at = nullptr;
        return {detail::deed<T[]>{static_cast<T*>(at), n}, static_cast<void*>(this)};
    }
    template <class T, place Where, class... Args>
    [[gnu::always_inline]] result<owned<made_type<T>, basic_allocator, Where>> try_make(cache_type* known, Args&&... args) {
        alloc_error error;
        auto handle = make<T, Where>(&error, known, static_cast<Args&&>(args)...);
        if (!handle) return error;
        return handle;
    }

    /// Asks in order; only the first "no" speaks.
    template <class T>
    static consteval bool can_transfer() {
        using element = std::conditional_t<std::is_unbounded_array_v<T>, std::remove_extent_t<T>, T>;
        if constexpr (!detail::makes_objects<element>) {
            static_assert(detail::makes_objects<element>,
                          "alloy: a transfer makes objects: T must be complete, not abstract, no array of a known size, no reference and not void");
            return false;
        } else if constexpr (Threading::sharing == sharing::one_thread) {
            static_assert(Threading::sharing != sharing::one_thread,
                          "alloy: make_transfer() hands objects to other threads, and this allocator is for one; add threading::thread_cached, locked or spin_locked");
            return false;
        } else if constexpr (!Lifetimes::has_pool) {
            static_assert(Lifetimes::has_pool, "alloy: make_transfer() takes memory as the pool does, which was not chosen; add lifetime::pool");
            return false;
        } else if constexpr (!Upstream::is_stateless) {
            static_assert(Upstream::is_stateless,
                          "alloy: what is in flight may outlive its allocator, so make_transfer() needs an upstream without state; choose upstream::new_delete, malloc or pages");
            return false;
        } else {
            return true;
        }
    }
    /// Gives a message's memory back where a constructor throws.
    struct unsent {
        void* at;
        std::size_t bytes, alignment;
        ~unsent() {
            if (at) detail::give_message(at, bytes, alignment);
        }
    };
    template <class T, class... Args>
    [[gnu::always_inline]] transfer_handle<made_type<T>> make_message(alloc_error* error, cache_type* known, Args&&... args) {
        if constexpr (!can_transfer<T>()) {
            return {};
        } else if constexpr (std::is_unbounded_array_v<T>) {
            return make_messages<std::remove_extent_t<T>>(error, known, static_cast<std::size_t>(args)...);
        } else {
            void* const at = objects().take_message(sizeof(T), alignof(T), error, known);
            if (!at) [[unlikely]] return {};
            unsent giving_back{at, sizeof(T), alignof(T)};
            T* const object = detail::create<T>(at, static_cast<Args&&>(args)...);
            giving_back.at = nullptr;
            return transfer_handle<T>::adopt(object);
        }
    }
    template <class T>
    transfer_span<T> make_messages(alloc_error* error, cache_type* known, std::size_t n) {
        const std::size_t bytes = n == 0 ? 1 : array_bytes(n, sizeof(T));
        void* const at = objects().take_message(bytes, alignof(T), error, known);
        if (!at) return {};
        unsent giving_back{at, bytes, alignof(T)};
        detail::building<T> built(static_cast<T*>(at));
        for (; built.made < n; ++built.made) ::new (detail::place_of(built.first + built.made)) T();
        built.release();
        giving_back.at = nullptr;
        return transfer_span<T>::adopt({static_cast<T*>(at), n});
    }
    template <class T, class... Args>
    [[gnu::always_inline]] result<transfer_handle<made_type<T>>> try_make_message(cache_type* known, Args&&... args) {
        alloc_error error;
        auto handle = make_message<T>(&error, known, static_cast<Args&&>(args)...);
        if (!handle) return error;
        return handle;
    }

    engines_type engines_;
};

namespace detail {
template <class Axes, class... Ps>
struct canonical;
template <class... Axes, class... Ps>
struct canonical<mp::mp_list<Axes...>, Ps...> {
    using type = basic_allocator<chosen<Axes, Ps...>..., chosen<lifetime::axis, Ps...>>;
};
/// After an error, go on as if nothing had been given: one mistake, one error.
template <bool Ok, class... Ps>
struct compose : canonical<axes> {};
template <class... Ps>
struct compose<true, Ps...> : canonical<axes, Ps...> {};
}  // namespace detail

/// One type for any order of the same policies; what is not named is the default. A wrong composition is one error.
template <class... Policies>
using allocator = typename detail::compose<detail::well_composed<true, Policies...>(), Policies...>::type;

}  // namespace alloy
