#pragma once
/// Benchmarks generated from declared types: each type gets the workloads that its axes and lifetimes permit, beside malloc and std::pmr.
/// `alloy_add_benchmark` writes the program that calls these.
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include <alloy/allocator.hpp>
#include <alloy/bench/session.hpp>
#include <alloy/bench/workloads.hpp>

namespace alloy::bench {

/// Which workloads to register; none named: all that fit.
struct options {
    std::vector<std::string_view> workloads;
    bool want(std::string_view name) const {
        if (workloads.empty()) return true;
        for (std::string_view w : workloads)
            if (w == name) return true;
        return false;
    }
};

namespace detail {

template <class Subject, class Workload>
void measure(benchmark::State& state) {
    auto subject = std::make_unique<Subject>();
    benchmark::DoNotOptimize(subject.get());  // else its state would be kept in registers, which no program of its size can do
    for (auto turn : state) {
        bool all_given = false;
#if defined(__cpp_exceptions)
        try {
            subject->with([&](auto& session) { all_given = Workload::run(session); });
        } catch (const std::bad_alloc&) {  // a fallback that throws
        }
#else
        subject->with([&](auto& session) { all_given = Workload::run(session); });
#endif
        if (!all_given) {
            state.SkipWithError("a request was refused");
            break;
        }
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations() * Workload::items);
    if constexpr (requires { subject->memory().held(); }) state.counters["held"] = static_cast<double>(subject->memory().held());
}

template <class Subject, class... Workloads>
void register_workloads(std::string_view name, const options& o) {
    (
        [&] {
            if (o.want(Workloads::name))
                benchmark::RegisterBenchmark((std::string(name) + "." + Workloads::name).c_str(), &measure<Subject, Workloads>);
        }(),
        ...);
}

}  // namespace detail

/// The workloads that every subject can run; see session.hpp for what a subject is.
template <class Subject>
void register_subject(std::string_view name, const options& o) {
    detail::register_workloads<Subject, small_objects, mixed_sizes, vectors, strings, lists, maps, hash_maps>(name, o);
}

/// Pairs of a pool, in all orders; see session.hpp for what a subject is.
template <class Subject, int Live = 1000>
void register_pool_orders(std::string_view name, const options& o) {
    detail::register_workloads<Subject, pool_same<Live>, pool_reverse<Live>, pool_random<Live>, pool_churn<Live>>(name, o);
}

namespace detail {

template <class Allocator>
void register_frames(std::string_view name, const options& o) {
    using subject = framed<Allocator>;
    register_subject<subject>(name, o);
    detail::register_workloads<subject, nested_frames>(name, o);
    if constexpr (!alloy::watches<typename Allocator::tracking_type, alloy::frame_allocation> && !Allocator::checking_type::guards)
        detail::register_workloads<subject, register_cursor>(name, o);
    if constexpr (Allocator::budget_type::bounds_held && !Allocator::growth_type::is_in_place)
        detail::register_workloads<subject, budget_pressure>(name, o);
}
/// Containers whose arrays outgrow a pool's slots need a heap.
template <class Subject, bool HasPool, bool HasHeap>
void register_objects(std::string_view name, const options& o) {
    if constexpr (HasPool) {
        register_pool_orders<Subject>(name, o);
        register_workloads<Subject, pool_lists, pool_maps, pool_strings>(name, o);
    }
    if constexpr (HasPool && HasHeap) register_workloads<Subject, pool_hash_maps, pool_vectors>(name, o);
    if constexpr (HasHeap) register_workloads<Subject, heap_pairs, heap_growth>(name, o);
}

}  // namespace detail

/// Workloads of a composed type. With frames: those for all, those for frames, and budget pressure where there is a budget on held bytes. With a pool
/// or a heap: pairs, containers and growth, as far as its lifetimes go.
template <class Allocator>
void register_allocator(std::string_view name, const options& o) {
    using lifetimes = typename Allocator::lifetimes;
    if constexpr (lifetimes::has_frame) detail::register_frames<Allocator>(name, o);
    detail::register_objects<pooled<Allocator>, lifetimes::has_pool, lifetimes::has_heap>(name, o);
}

/// What the allocators are compared with: for each lifetime that any of them has.
template <class... Allocators>
void register_baselines(const options& o) {
    if constexpr ((Allocators::lifetimes::has_frame || ...)) {
        register_subject<general_purpose>("malloc", o);
        register_subject<monotonic>("std::pmr::monotonic", o);
    }
    constexpr bool pool = (Allocators::lifetimes::has_pool || ...), heap = (Allocators::lifetimes::has_heap || ...);
    detail::register_objects<general_purpose_pairs, pool, heap>("malloc", o);
    detail::register_objects<pool_resource, pool, heap>("std::pmr::pool", o);
}

}  // namespace alloy::bench
