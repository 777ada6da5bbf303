#pragma once
/// The host: the only code that calls policies. Users name it through `allocator<Policies…>`, which brings the policies into this order.
///
/// Neither copyable nor movable, and constant-initialised: an allocator may be a global, and takes its first block when that is needed.
/// Who may call what at the same time is the threading policy's answer.
#include <cstddef>
#include <type_traits>

#include <alloy/composition/composable.hpp>
#include <alloy/core/metrics.hpp>
#include <alloy/engines/frame_arena.hpp>
#include <alloy/host/home.hpp>
#include <alloy/host/scoped_frame.hpp>
#include <alloy/host/tag_scope.hpp>

namespace alloy::inline ALLOY_ABI {

/// Says that a constructor takes its policies from a function of the axis.
struct from_settings_t {};
inline constexpr from_settings_t from_settings{};

template <threading_policy Threading, growth_policy Growth, tagging_policy Tagging, budget_policy Budget, retention_policy Retention,
          fallback_policy Fallback, upstream_policy Upstream, tracking_policy Tracking, checking_policy Checking, class Lifetimes>
class basic_allocator {
    using policies_type = policy_set<Threading, Growth, Tagging, Budget, Retention, Fallback, Upstream, Tracking, Checking>;
    using home_type = detail::home<policies_type, Lifetimes>;
    using arena_type = typename home_type::arena_type;

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

    /// Bytes of an object that its frame engine takes.
    static constexpr std::size_t engine_bytes = home_type::engine_bytes;

    constexpr basic_allocator() noexcept = default;
    /// Builds each policy in place from what pick(axis*) returns; see make_allocator.
    template <class Pick>
    constexpr basic_allocator(from_settings_t, const Pick& pick) : home_(pick) {}
    basic_allocator(const basic_allocator&) = delete;
    basic_allocator& operator=(const basic_allocator&) = delete;

    /// A frame that ends with its scope, inside the innermost open one. Ends the program where another thread's frame is open.
    [[nodiscard]] frame_type frame() noexcept { return frame_type(arena()); }
    /// The same, or refusal::frame_elsewhere.
    [[nodiscard]] result<frame_type> try_frame() noexcept {
        bool opened = false;
        return result<frame_type>::only_if(opened, alloc_error{refusal::frame_elsewhere, name(), 0, 0}, [&] { return frame_type(arena(), opened); });
    }

    /// A frame that ends with end_frame(). Its record takes some 200 bytes of the frame's own memory; where there are none, the fallback
    /// policy decides, and one that returns null ends the program, since there is no null reference.
    frame_ref begin_frame() {
        alloc_error error;
        if (lease* begun = arena().begin(error)) return *begun;
        policies().fallback.give_up(error);
        detail::die(error.what(), "use try_begin_frame() where the first memory of a frame may be missing");
    }
    /// The same, or why not.
    [[nodiscard]] result<lease*> try_begin_frame() noexcept {
        alloc_error error;
        if (lease* begun = arena().begin(error)) return begun;
        return error;
    }
    /// Ends what begin_frame() began last. Refused, with `closed` false, where the innermost frame was not begun so, is another thread's, or has a
    /// cursor open.
    frame_summary end_frame() noexcept { return arena().end(); }

    /// Whether a frame is open, and the innermost one. Precondition of the latter: one is.
    [[nodiscard]] bool in_frame() noexcept { return arena().innermost_open() != nullptr; }
    [[nodiscard]] frame_ref current_frame() noexcept {
        lease* innermost = arena().innermost_open();
        if (!innermost) detail::die("current_frame() was called, but no frame is open", "open one with frame() or begin_frame()");
        return *innermost;
    }

    /// Bytes handed out in open frames; bytes taken from upstream; number of blocks. All walk lists: for reports, not for loops.
    [[nodiscard]] std::size_t used() noexcept { return arena().used(); }
    [[nodiscard]] std::size_t held() noexcept { return arena().held_bytes(); }
    [[nodiscard]] std::size_t blocks() noexcept { return arena().count_blocks(); }
    /// Gives every idle block back to upstream.
    void trim() noexcept { arena().trim(); }

    /// What the tracking policy has seen; each part is read under the lock, where there is one, by itself.
    [[nodiscard]] memory_metrics metrics() noexcept {
        static_assert(detail::tells_metrics<Tracking>, "alloy: metrics() needs a tracking policy that keeps them; add tracking::boundary_metrics");
        memory_metrics seen{used(), held(), blocks()};
        if constexpr (detail::tells_metrics<Tracking>) {
            const holding<Threading::sharing != sharing::one_thread, Threading> lock(policies().threading);
            policies().tracking.write(seen);
        }
        return seen;
    }

    /// Makes a tag of the tagging policy current until the scope ends.
    template <fixed_string Name>
    [[nodiscard]] auto tag() noexcept {
        static_assert(detail::has_tag<Tagging>(Name.c_str()), "alloy: the tagging policy has no tag of this name; add it to tagging::scoped");
        return tag_scope<arena_type>(arena(), detail::tag_index<Tagging>(Name.c_str()));
    }

    /// The allocator's name: its first tag.
    static constexpr const char* name() noexcept { return Tagging::name(0); }

    /// The policies themselves, with what they offer besides; no lock is held, so look while no other thread allocates.
    Budget& budget() noexcept { return policies().budget; }
    Fallback& fallback() noexcept { return policies().fallback; }
    Upstream& upstream() noexcept { return policies().upstream; }
    Tracking& tracking() noexcept { return policies().tracking; }
    Checking& checking() noexcept { return policies().checking; }

private:
    arena_type& arena() noexcept {
        static_assert(Lifetimes::has_frame, "alloy: this allocator was declared without frames; add lifetime::frame to its policies");
        return home_.arena();
    }
    policies_type& policies() noexcept { return home_.policies(); }

    home_type home_;
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
