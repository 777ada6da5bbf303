#pragma once
/// What an allocator has at one moment, as a value: `alloy::snapshot(memory)`, and what changed between two of them: `alloy::diff(before, after)`.
///
/// Takes one of any composition. What the composition does not know is absent: `tracking::boundary_metrics` adds peaks, frames and requests to upstream,
/// a budget limits, tags of their own bytes per tag. All sizes in bytes.
/// Cost: a vector of tags and one of threads, from operator new; nothing of the allocator's. Names are views, of texts that live for ever, as those of tags do. It asks, part by part, under the lock where there
/// is one; so each number is right, and two of them may lie an allocation apart while other threads go on.
/// Tags are named like paths: "physics/contacts" is a part of "physics". A snapshot has the bytes that each tag used itself, and names besides those that have
/// parts but are no tags themselves; `rolled_up()` adds parts up. Limits, and what is counted against them, are of a tag with its parts.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

#include <alloy/contracts/budget.hpp>
#include <alloy/contracts/tagging.hpp>
#include <alloy/contracts/tracking.hpp>
#include <alloy/core/error.hpp>
#include <alloy/core/metrics.hpp>
#include <alloy/host/tag_scope.hpp>

namespace alloy::inline ALLOY_ABI {

/// A limit that is none.
inline constexpr std::size_t no_limit = SIZE_MAX;

struct tag_snapshot {
    std::string_view name;
    std::size_t frame = 0, pool = 0, heap = 0;  ///< bytes that it uses itself now, in open frames, the pool and the heap
    std::size_t limit = no_limit;               ///< of bytes that it and its parts use
    std::optional<std::size_t> peak;            ///< most bytes that they used at once
    std::optional<std::uint64_t> refusals;      ///< requests that the limit did not allow
    std::optional<std::uint64_t> frames_over;   ///< frames that ended above the limit

    std::size_t used() const noexcept { return frame + pool + heap; }
    /// The part of its name before the last '/'; empty where there is none.
    std::string_view parent() const noexcept {
        const std::size_t at = name.rfind('/');
        return at == std::string_view::npos ? std::string_view{} : name.substr(0, at);
    }
};

/// What one thread's cache holds for its frames and its part of the pool.
struct thread_snapshot {
    std::size_t frames = 0, pool = 0;
    std::size_t held() const noexcept { return frames + pool; }
};

/// How many allocations asked for at most so many bytes, and for more than the entry before.
struct size_count {
    std::size_t upto = no_limit;
    std::uint64_t count = 0;
};

struct memory_snapshot {
    std::string_view name;               ///< of its only tag, or else of its class
    std::uint64_t time_ns = 0;           ///< of the steady clock
    std::optional<std::uint64_t> frame;  ///< outermost frames that have ended
    std::size_t used = 0, held = 0, blocks = 0;
    held_bytes held_for;  ///< what of `held` is for frames, pool and heap
    std::size_t held_limit = no_limit;
    std::size_t thread_limit = no_limit;  ///< of bytes held by each thread
    std::size_t used_limit = no_limit;    ///< of bytes used, under whatever tag
    std::size_t frame_limit = no_limit;   ///< of bytes used in the frames of one thread
    std::optional<std::size_t> peak_used;  ///< of what is seen where frames end, and now: the pool and the heap may have had more in between
    std::optional<std::size_t> peak_held;
    std::optional<std::uint64_t> upstream_requests, upstream_refused, refusals;
    std::optional<std::uint64_t> allocations, requested;
    std::size_t own_bytes = 0;  ///< of the allocator's own: what tags, budget and tracking take
    std::vector<size_count> sizes;  ///< with metric::sizes: how many allocations asked for how much
    std::vector<tag_snapshot> tags;
    std::vector<thread_snapshot> threads;  ///< with a cache per thread: each thread's, and those that threads which ended left to the next

    /// The same tags with the bytes of their parts added, each in front of its parts.
    std::vector<tag_snapshot> rolled_up() const;
};

/// Bytes that one tag uses more after than before.
struct tag_change {
    std::string_view name;
    std::int64_t frame = 0, pool = 0, heap = 0;
    std::int64_t used() const noexcept { return frame + pool + heap; }
};
struct memory_change {
    std::string_view name;
    std::uint64_t time_ns = 0;  ///< that passed
    std::uint64_t frames = 0;   ///< that ended meanwhile, as all counts below: 0 where nobody counts
    std::int64_t used = 0, held = 0, blocks = 0;
    std::uint64_t upstream_requests = 0, upstream_refused = 0, refusals = 0, allocations = 0, requested = 0;
    std::vector<tag_change> tags;  ///< all that are in either
};

namespace detail {

/// Bytes of a policy's state.
template <class Policy>
inline constexpr std::size_t state_bytes = std::is_empty_v<Policy> ? 0 : sizeof(Policy);

/// Sums over threads that go on meanwhile may miss what was made, and not what was freed.
constexpr std::size_t not_negative(std::size_t bytes) noexcept { return bytes > SIZE_MAX / 2 ? 0 : bytes; }

/// What a class is called where it stands: "physics_allocator". Empty for what has arguments.
template <class A>
std::string_view own_name() noexcept {
    std::string_view text = __PRETTY_FUNCTION__;
    const std::size_t begin = text.find("A = ");
    if (begin == std::string_view::npos) return {};
    text = text.substr(begin + 4);
    text = text.substr(0, text.find_first_of(";]"));
    if (text.find('<') != std::string_view::npos) return {};
    const std::size_t scope = text.rfind("::");
    return scope == std::string_view::npos ? text : text.substr(scope + 2);
}
/// An allocator's name: its only tag's, if that has one, or its class's.
template <class A>
std::string_view name_of_allocator() noexcept {
    if (A::tagging_type::switches || std::string_view(A::name()) == tagging::untagged::name(0))
        if (const std::string_view own = own_name<A>(); !own.empty()) return own;
    return A::name();
}

/// Whether a tracking policy is told of E.
template <class Tracking, class E>
consteval bool hears_of() {
    if constexpr (requires { typename Tracking::watches; })
        return Tracking::watches::template has<E>;
    else if constexpr (std::is_same_v<E, frame_event>)
        return Tracking::watches_frames;
    else if constexpr (std::is_same_v<E, block_event>)
        return Tracking::watches_blocks;
    else
        return Tracking::watches_refusals;
}
template <class Tracking, class Metrics>
void add_metrics(memory_snapshot& to, const Metrics& seen) {
    if constexpr (hears_of<Tracking, frame_event>()) {
        to.frame = seen.frames;
        if constexpr (requires { seen.peak_used_in_frames; })
            to.peak_used = seen.peak_used_in_frames > to.used ? seen.peak_used_in_frames : to.used;
        else
            to.peak_used = seen.peak_used;
    }
    if constexpr (hears_of<Tracking, block_event>()) {
        to.peak_held = seen.peak_held;
        to.upstream_requests = seen.upstream_requests;
        to.upstream_refused = seen.upstream_refused;
    }
    if constexpr (hears_of<Tracking, alloc_error>()) to.refusals = seen.refusals;
    // Event metrics are picked one by one, and what nobody has counted is zero.
    if (seen.allocations != 0) to.allocations = seen.allocations;
    if (seen.requested != 0) to.requested = seen.requested;
    if constexpr (requires { seen.sizes.count[0]; }) {
        std::uint64_t sum = 0;
        for (const std::uint64_t n : seen.sizes.count) sum += n;
        if (sum == 0) return;
        constexpr std::size_t length = sizeof(seen.sizes.count) / sizeof(seen.sizes.count[0]);
        for (std::size_t i = 0; i < length; ++i) to.sizes.push_back({i + 1 == length ? no_limit : std::size_t{1} << i, seen.sizes.count[i]});
    }
}

/// How many tags there are; of those that are named at run time, how many have been.
template <class Tagging>
std::size_t tags_of() noexcept {
    if constexpr (requires { std::size_t{Tagging::defined()}; })
        return Tagging::defined();
    else
        return Tagging::count;
}
inline std::size_t index_of_tag(const std::vector<tag_snapshot>& in, std::string_view name, std::size_t likely = 0) noexcept {
    if (likely < in.size() && in[likely].name == name) return likely;
    std::size_t i = 0;
    while (i < in.size() && in[i].name != name) ++i;
    return i;
}
inline void add_parents(std::vector<tag_snapshot>& tags) {
    std::size_t likely = 0;  // parts of one stand together as a rule
    for (std::size_t i = 0; i < tags.size(); ++i) {
        const std::string_view above = tags[i].parent();
        if (above.empty()) continue;
        likely = index_of_tag(tags, above, likely);
        if (likely == tags.size()) tags.emplace_back().name = above;
    }
}
/// Of each tag, the index of what it is a part of; SIZE_MAX where it is none.
inline std::vector<std::size_t> parents_of(const std::vector<tag_snapshot>& tags) {
    std::vector<std::size_t> above(tags.size(), SIZE_MAX);
    std::size_t likely = 0;
    for (std::size_t i = 0; i < tags.size(); ++i)
        if (const std::string_view name = tags[i].parent(); !name.empty()) above[i] = likely = index_of_tag(tags, name, likely);
    return above;
}
/// The nearest of several bounds on the same is the limit. A bound on a tag that is not there bounds nothing.
template <class Budget>
void add_limits(memory_snapshot& now) noexcept {
    if constexpr (requires { Budget::bounds[0].frames_alone; })
        for (const auto& bound : Budget::bounds) {
            const bool is_for_all = *bound.tag == '\0';
            std::size_t* limit = is_for_all ? (bound.frames_alone ? &now.frame_limit : &now.used_limit) : nullptr;
            if (!is_for_all && !bound.frames_alone)
                if (const std::size_t i = index_of_tag(now.tags, bound.tag); i < now.tags.size()) limit = &now.tags[i].limit;
            if (limit && bound.bytes < *limit) *limit = bound.bytes;
        }
}

/// What is held for whom. The vector grows without the lock, since operator new may be made of this allocator.
template <class A>
void look_at_threads(A& memory, memory_snapshot& now) {
    now.held_for = memory.held_by();
    if (now.held_for.threads == 0) return;
    now.threads.resize(now.held_for.threads);
    std::size_t seen = 0;
    now.held_for = memory.held_by([&](std::size_t frames, std::size_t pool) noexcept {
        if (seen < now.threads.size()) now.threads[seen] = {frames, pool};
        ++seen;
    });
    if (seen < now.threads.size()) now.threads.resize(seen);
}

template <class T>
std::uint64_t since(const std::optional<T>& before, const std::optional<T>& after) noexcept {
    return before && after ? *after - *before : 0;
}
inline std::int64_t more(std::size_t before, std::size_t after) noexcept { return static_cast<std::int64_t>(after - before); }

}  // namespace detail

/// What an allocator has now. Any thread that may use it may take one.
template <class A>
[[nodiscard]] memory_snapshot snapshot(A& allocator) {
    typename A::allocator_type& memory = allocator;  // whose members no name of the user's hides
    using tagging_type = typename A::tagging_type;
    using budget_type = typename A::budget_type;
    using tracking_type = typename A::tracking_type;
    memory_snapshot now;
    now.name = detail::name_of_allocator<A>();
    now.time_ns = static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count());
    const auto of_tags = memory.tag_usage();
    if constexpr (tagging_type::switches)
        for (const tag_bytes& bytes : of_tags) now.used += detail::not_negative(bytes.sum());
    else
        now.used = of_tags[0].sum();
    now.held = memory.held();
    now.blocks = memory.blocks();
    if constexpr (detail::tells_metrics<tracking_type>) detail::add_metrics<tracking_type>(now, memory.watched({now.used, now.held, now.blocks}));
    if constexpr (requires { std::size_t{memory.budget().limit()}; }) {
        if constexpr (budget_account<budget_type>::is_split)
            now.thread_limit = memory.budget().limit();
        else
            now.held_limit = memory.budget().limit();
    }
    detail::look_at_threads(memory, now);
    now.own_bytes = detail::state_bytes<tagging_type> + detail::state_bytes<budget_type> + detail::state_bytes<tracking_type> + A::accounting_bytes + now.threads.size() * A::thread_accounting_bytes;

    const std::size_t count = detail::tags_of<tagging_type>();
    now.tags.reserve(count + 8);  // some are parts of what is no tag itself
    now.tags.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
        tag_snapshot& tag = now.tags[i];
        tag.name = tagging_type::name(i);
        tag.frame = detail::not_negative(of_tags[i].frame);
        tag.pool = detail::not_negative(of_tags[i].pool);
        tag.heap = detail::not_negative(of_tags[i].heap);
    }
    detail::add_parents(now.tags);
    detail::add_limits<budget_type>(now);
    return now;
}

/// What changed from one snapshot of an allocator to a later one. Tags are told apart by their names; one that is missing had nothing.
[[nodiscard]] inline memory_change diff(const memory_snapshot& before, const memory_snapshot& after) {
    memory_change change;
    change.name = after.name;
    change.time_ns = after.time_ns - before.time_ns;
    change.frames = detail::since(before.frame, after.frame);
    change.used = detail::more(before.used, after.used);
    change.held = detail::more(before.held, after.held);
    change.blocks = detail::more(before.blocks, after.blocks);
    change.upstream_requests = detail::since(before.upstream_requests, after.upstream_requests);
    change.upstream_refused = detail::since(before.upstream_refused, after.upstream_refused);
    change.refusals = detail::since(before.refusals, after.refusals);
    change.allocations = detail::since(before.allocations, after.allocations);
    change.requested = detail::since(before.requested, after.requested);
    const auto add = [&change](const tag_snapshot& was, const tag_snapshot& is) {
        change.tags.push_back({is.name.empty() ? was.name : is.name, detail::more(was.frame, is.frame), detail::more(was.pool, is.pool), detail::more(was.heap, is.heap)});
    };
    const tag_snapshot nothing;
    for (std::size_t i = 0; i < after.tags.size(); ++i) {
        const std::size_t was = detail::index_of_tag(before.tags, after.tags[i].name, i);
        add(was < before.tags.size() ? before.tags[was] : nothing, after.tags[i]);
    }
    for (std::size_t i = 0; i < before.tags.size(); ++i)
        if (detail::index_of_tag(after.tags, before.tags[i].name, i) == after.tags.size()) add(before.tags[i], nothing);
    return change;
}

inline std::vector<tag_snapshot> memory_snapshot::rolled_up() const {
    std::vector<tag_snapshot> all = tags;
    detail::add_parents(all);
    constexpr std::size_t none = SIZE_MAX;
    const std::vector<std::size_t> above = detail::parents_of(all);
    std::vector<std::size_t> first_part(all.size(), none), next(all.size(), none);
    std::size_t first = none;
    for (std::size_t i = all.size(); i-- > 0;) {
        std::size_t& head = above[i] == none ? first : first_part[above[i]];
        next[i] = head;
        head = i;
    }
    for (std::size_t i = 0; i < tags.size(); ++i)  // what stands behind has no bytes of its own
        for (std::size_t sum = above[i]; sum != none; sum = above[sum]) {
            all[sum].frame += tags[i].frame;
            all[sum].pool += tags[i].pool;
            all[sum].heap += tags[i].heap;
        }
    std::vector<tag_snapshot> sorted;
    sorted.reserve(all.size());
    const auto add = [&](auto&& self, std::size_t tag) -> void {
        for (; tag != none; tag = next[tag]) {
            sorted.push_back(all[tag]);
            self(self, first_part[tag]);
        }
    };
    add(add, first);
    return sorted;
}

}  // namespace alloy
