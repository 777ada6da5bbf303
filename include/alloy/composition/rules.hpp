#pragma once
/// Rules between axes. Each names the axes that it concerns and is asked about the policies of those alone, so that all
/// combinations share its answers.
#include <boost/mp11/list.hpp>

#include <alloy/composition/axes.hpp>

namespace alloy::inline ALLOY_ABI::rule {

struct in_place_stays_with_one_engine {
    using concerns = mp::mp_list<threading::axis, growth::axis>;
    template <class Threading, class Growth>
    static constexpr bool holds = !Growth::is_in_place || Threading::sharing != sharing::engine_per_thread;
    template <class Threading, class Growth>
    static consteval void require() {
        static_assert(
            holds<Threading, Growth>,
            "alloy: growth::in_place brings memory for one engine, but this threading has one per thread; choose another growth or threading");
    }
};

struct several_buffers_need_several_blocks {
    using concerns = mp::mp_list<growth::axis, lifetime::axis>;
    template <class Growth, class Lifetimes>
    static constexpr bool holds = !Growth::has_one_block || Lifetimes::buffers <= 1;
    template <class Growth, class Lifetimes>
    static consteval void require() {
        static_assert(holds<Growth, Lifetimes>,
                      "alloy: lifetime::frames<N> needs a block for each buffer, and this growth has one in all; choose growth::geometric or linear");
    }
};

struct no_upstream_needs_memory_in_place {
    using concerns = mp::mp_list<growth::axis, upstream::axis>;
    template <class Growth, class Upstream>
    static constexpr bool holds = Upstream::gives || Growth::is_in_place;
    template <class Growth, class Upstream>
    static consteval void require() {
        static_assert(holds<Growth, Upstream>, "alloy: upstream::none gives no memory; add growth::in_place<N> or choose another upstream");
    }
};

struct no_upstream_means_frames_alone {
    using concerns = mp::mp_list<upstream::axis, lifetime::axis>;
    template <class Upstream, class Lifetimes>
    static constexpr bool holds = Upstream::gives || (Lifetimes::has_frame && !Lifetimes::has_pool && !Lifetimes::has_heap);
    template <class Upstream, class Lifetimes>
    static consteval void require() {
        static_assert(holds<Upstream, Lifetimes>,
                      "alloy: upstream::none cannot feed a pool or heap; add lifetime::frame, or choose another upstream");
    }
};

struct reserving_growth_needs_reserving_upstream {
    using concerns = mp::mp_list<growth::axis, upstream::axis>;
    template <class Growth, class Upstream>
    static constexpr bool holds = !Growth::reserves || Upstream::reserves;
    template <class Growth, class Upstream>
    static consteval void require() {
        static_assert(holds<Growth, Upstream>,
                      "alloy: growth::virtual_reserve needs an upstream that can reserve address space; add upstream::pages<>");
    }
};

struct promotion_to_pool_needs_the_pool {
    using concerns = mp::mp_list<retention::axis, lifetime::axis>;
    template <class Retention, class Lifetimes>
    static constexpr bool holds = [] {
        if constexpr (Retention::retains)
            return !Retention::uses_pool || Lifetimes::has_pool;
        else
            return true;
    }();
    template <class Retention, class Lifetimes>
    static consteval void require() {
        static_assert(holds<Retention, Lifetimes>, "alloy: this retention promotes to the pool, which was not chosen; add lifetime::pool");
    }
};

struct promotion_to_heap_needs_the_heap {
    using concerns = mp::mp_list<retention::axis, lifetime::axis>;
    template <class Retention, class Lifetimes>
    static constexpr bool holds = [] {
        if constexpr (Retention::retains)
            return !Retention::uses_heap || Lifetimes::has_heap;
        else
            return true;
    }();
    template <class Retention, class Lifetimes>
    static consteval void require() {
        static_assert(holds<Retention, Lifetimes>, "alloy: this retention promotes to the heap, which was not chosen; add lifetime::heap");
    }
};

struct to_heap_needs_the_heap {
    using concerns = mp::mp_list<fallback::axis, lifetime::axis>;
    template <class Fallback, class Lifetimes>
    static constexpr bool holds = !Fallback::asks_heap || Lifetimes::has_heap;
    template <class Fallback, class Lifetimes>
    static consteval void require() {
        static_assert(holds<Fallback, Lifetimes>, "alloy: fallback::to_heap asks the allocator's heap, which was not chosen; add lifetime::heap");
    }
};

struct retention_needs_frames {
    using concerns = mp::mp_list<retention::axis, lifetime::axis>;
    template <class Retention, class Lifetimes>
    static constexpr bool holds = !Retention::retains || Lifetimes::has_frame;
    template <class Retention, class Lifetimes>
    static consteval void require() {
        static_assert(holds<Retention, Lifetimes>, "alloy: retention is about what outlives a frame, and there are none; add lifetime::frame");
    }
};

struct tag_budget_needs_its_tags {
    using concerns = mp::mp_list<tagging::axis, budget::axis>;
    template <class Tagging, class Budget>
    static constexpr bool names_its_tags() noexcept {
        if constexpr (Budget::bounds_used) {
            for (const used_bound& bound : Budget::bounds) {
                bool found = *bound.tag == '\0';
                if constexpr (detail::names_are_constant<Tagging>)
                    for (std::size_t tag = 0; tag < Tagging::count; ++tag) found = found || detail::is_part_of(Tagging::name(tag), bound.tag);
                if (!found) return false;
            }
        }
        return true;
    }
    /// Not where names are known at run time alone: such tags cannot be found while compiling.
    template <class Tagging, class Budget>
    static constexpr bool holds = names_its_tags<Tagging, Budget>();
    template <class Tagging, class Budget>
    static consteval void require() {
        static_assert(holds<Tagging, Budget>,
                      "alloy: a budget names a tag that the tagging policy does not have; add the tag to tagging::scoped, or take its limit away");
    }
};

struct split_budget_needs_an_engine_per_thread {
    using concerns = mp::mp_list<threading::axis, budget::axis>;
    template <class Threading, class Budget>
    static constexpr bool holds = !budget_account<Budget>::is_split || Threading::sharing == sharing::engine_per_thread;
    template <class Threading, class Budget>
    static consteval void require() {
        static_assert(holds<Threading, Budget>,
                      "alloy: this budget bounds what each thread holds, but this threading has one engine for all; add threading::thread_cached, or choose budget::hard");
    }
};

struct fallback_serves_as_many_threads {
    using concerns = mp::mp_list<threading::axis, fallback::axis>;
    template <class Threading, class Fallback>
    static constexpr bool holds = [] {
        if constexpr (Fallback::provides)
            return Fallback::is_concurrent || Threading::sharing == sharing::one_thread;
        else
            return true;
    }();
    template <class Threading, class Fallback>
    static consteval void require() {
        static_assert(holds<Threading, Fallback>,
                      "alloy: the fallback serves one thread, this allocator several; fall back to an allocator with concurrent threading");
    }
};

}  // namespace alloy::rule

namespace alloy::inline ALLOY_ABI {

/// Every rule, in the order in which they are asked.
using rules = mp::mp_list<rule::in_place_stays_with_one_engine, rule::several_buffers_need_several_blocks, rule::no_upstream_needs_memory_in_place,
                          rule::no_upstream_means_frames_alone, rule::reserving_growth_needs_reserving_upstream,
                          rule::promotion_to_pool_needs_the_pool, rule::promotion_to_heap_needs_the_heap, rule::to_heap_needs_the_heap, rule::retention_needs_frames,
                          rule::tag_budget_needs_its_tags, rule::split_budget_needs_an_engine_per_thread,
                          rule::fallback_serves_as_many_threads>;

}  // namespace alloy
