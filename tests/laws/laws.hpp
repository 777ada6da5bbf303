#pragma once
/// The laws of each axis. first_broken(policy) gives the sentence that the policy breaks, or null. Policies outside Alloy can be put to
/// the same question.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <string_view>
#include <thread>
#include <atomic>
#include <vector>

#include <alloy/composition/axes.hpp>
#include <alloy/core/metrics.hpp>

namespace laws {

using verdict = const char*;

template <alloy::threading_policy P>
verdict first_broken(P& p) {
    for (int i = 0; i < 3; ++i) {
        p.lock();
        p.unlock();
    }
    if constexpr (P::sharing != alloy::sharing::one_thread) {
        std::atomic<int> inside = 0;
        std::atomic<bool> met = false;
        const auto enter = [&] {
            for (int i = 0; i < 2000; ++i) {
                p.lock();
                if (inside.fetch_add(1) != 0) met = true;
                if (i % 64 == 0) std::this_thread::yield();
                inside.fetch_sub(1);
                p.unlock();
            }
        };
        std::thread other(enter), third(enter);
        enter();
        other.join();
        third.join();
        if (met) return "two threads never hold the lock at once";
    }
    return nullptr;
}

template <alloy::growth_policy P>
verdict first_broken(P& p) {
    for (std::size_t held : {std::size_t{0}, std::size_t{100}, std::size_t{4096}, std::size_t{1} << 20, std::size_t{1} << 40}) {
        for (std::size_t needed : {std::size_t{1}, std::size_t{256}, std::size_t{5000}, std::size_t{1} << 30, std::size_t{1} << 45}) {
            const std::size_t next = p.next(held, needed);
            if (next != 0 && next < needed) return "a block is as large as needed, or is none";
            if (next != p.next(held, needed)) return "the same question has the same answer";
        }
        if (p.keep(held) > held) return "no more is kept than is held";
    }
    if constexpr (P::is_in_place) {
        alloy::block* const first = p.first();
        if (first == nullptr) return "memory in place is there";
        if (reinterpret_cast<std::uintptr_t>(first) % alignof(std::max_align_t) != 0) return "memory in place is aligned";
        if (p.first() != nullptr) return "memory in place is given once";
    }
    return nullptr;
}

template <alloy::tagging_policy P>
verdict first_broken(P& p) {
    for (std::size_t i = 0; i < P::count; ++i) {
        if (p.name(i) == nullptr || *p.name(i) == '\0') return "each tag has a name";
        for (std::size_t j = 0; j < i; ++j)
            if (std::string_view(p.name(i)) == p.name(j)) return "names differ";
    }
    if constexpr (P::switches) {
        for (std::size_t i = 0; i < P::count; ++i) {
            if (P::index_of(p.name(i)) != i) return "a tag is found by its name";
        }
        if (P::index_of("\x01 no tag") != P::count) return "what is no tag is not found";
    }
    return nullptr;
}

/// Of what is held, with the functions of a budget for all.
template <class P>
verdict first_broken_of_held(P& p) {
    if (p.left() != p.limit()) return "a fresh budget is all left";
    std::vector<std::size_t> granted;
    for (std::size_t least : {std::size_t{1}, std::size_t{64}, p.limit() / 2, p.limit(), p.limit() + 1}) {
        const std::size_t left = p.left(), got = p.grant(least, least * 2);
        if (got != 0 && (got < least || got > least * 2)) return "what is granted lies between least and most";
        if (p.left() != left - got) return "exactly what is granted is charged";
        if (got == 0 && least <= left) return "what there is room for is granted";
        if (got > left) return "no more is granted than is left";
        granted.push_back(got);
    }
    if constexpr (alloy::detail::is_shared_budget<P>)
        if (p.tightest().left != p.left()) return "the tightest bound says what is left";
    for (std::size_t got : granted) p.give_back(got);
    if (p.left() != p.limit()) return "what is given back is left again";
    return nullptr;
}
/// One thread's part of a budget that is kept per thread.
template <class P>
struct part_of {
    P& policy;
    typename P::account account{};
    std::size_t grant(std::size_t least, std::size_t most) { return policy.grant(account, least, most); }
    void give_back(std::size_t bytes) { policy.give_back(account, bytes); }
    std::size_t left() { return policy.left(account); }
    std::size_t limit() { return policy.limit(); }
};

/// Counts how deep it is locked.
struct counted_lock {
    void lock() noexcept { ++held; }
    void unlock() noexcept { --held; }
    int held = 0;
};

template <alloy::budget_policy P>
verdict first_broken(P& p) {
    if constexpr (alloy::budget_account<P>::is_split) {
        part_of<P> one{p}, other{p};
        const std::size_t got = one.grant(1, 64);
        if (const verdict broken = first_broken_of_held(other)) return broken;
        if (one.left() != one.limit() - got) return "what one thread is granted is another's no more than what it gives back";
        one.give_back(got);
        if (const verdict broken = first_broken_of_held(one)) return broken;
    } else if constexpr (P::bounds_held) {
        if (const verdict broken = first_broken_of_held(p)) return broken;
    }
    if constexpr (alloy::detail::watches_held<P>) {
        counted_lock lock;
        for (const std::size_t held : {std::size_t{0}, std::size_t{4096}, SIZE_MAX, std::size_t{1}}) {
            p.on_held(held);
            p.tell(lock, "laws");
            if (lock.held != 0) return "who tells leaves the lock as it was";
        }
    }
    if constexpr (P::bounds_used)
        for (const alloy::used_bound& bound : P::bounds) {
            if (bound.tag == nullptr) return "a bound names its tag, or is for every tag";
            if (bound.bytes == 0) return "a fresh bound has room";
        }
    return nullptr;
}

template <alloy::retention_policy P>
verdict first_broken(P& p) {
    if constexpr (P::retains) {
        for (std::size_t bytes : {std::size_t{1}, std::size_t{4096}, std::size_t{1} << 24}) {
            for (std::size_t frames : {std::size_t{1}, std::size_t{100}}) {
                const alloy::destination to = p.destination({bytes, 8, frames});
                if (to == alloy::destination::pool && !P::uses_pool) return "only lifetimes declared are named";
                if (to == alloy::destination::heap && !P::uses_heap) return "only lifetimes declared are named";
            }
        }
    }
    return nullptr;
}

template <alloy::fallback_policy P>
verdict first_broken(P& p) {
    const alloy::alloc_error error{alloy::refusal::growth, "laws", 64, 0};
    if constexpr (P::retries) {
        unsigned attempt = 0;
        while (p.retry(error, attempt))
            if (++attempt == 1000) return "retrying ends";
    }
    if constexpr (P::provides) {
        std::vector<std::pair<void*, std::size_t>> given;
        for (std::size_t alignment : {std::size_t{1}, std::size_t{16}, std::size_t{256}}) {
            void* at = p.provide(64, alignment);
            if (!at) continue;
            if (reinterpret_cast<std::uintptr_t>(at) % alignment != 0) return "what is provided is aligned";
            std::memset(at, 1, 64);
            given.emplace_back(at, alignment);
        }
        for (auto [at, alignment] : given) p.take_back(at, 64, alignment);
    }
    return nullptr;
}

template <alloy::upstream_policy P>
verdict first_broken(P& p) {
    if constexpr (P::gives) {
        struct given {
            unsigned char* at;
            std::size_t bytes, alignment;
        };
        std::vector<given> all;
        verdict broken = nullptr;
        for (std::size_t alignment : {std::size_t{16}, std::size_t{64}, std::size_t{4096}}) {
            for (std::size_t bytes : {P::granularity, 3 * P::granularity, 8192 / P::granularity * P::granularity + P::granularity}) {
                auto* at = static_cast<unsigned char*>(p.allocate(bytes, alignment));
                if (!at) return "a small request is met";
                if (reinterpret_cast<std::uintptr_t>(at) % alignment != 0) return "memory is aligned";
                for (const given& g : all)
                    if (at < g.at + g.bytes && g.at < at + bytes) return "what is given is nobody else's";
                std::memset(at, static_cast<int>(all.size()), bytes);
                all.push_back({at, bytes, alignment});
            }
        }
        for (std::size_t i = 0; i < all.size(); ++i)
            if (all[i].at[0] != i || all[i].at[all[i].bytes - 1] != i) broken = "memory keeps what is written";
        for (const given& g : all) p.deallocate(g.at, g.bytes, g.alignment);
        if (broken) return broken;
    }
    if constexpr (P::reallocates) {
        auto* at = static_cast<unsigned char*>(p.allocate(4 * P::granularity, 16));
        if (!at) return "a small request is met";
        for (std::size_t i = 0; i < 4 * P::granularity; ++i) at[i] = static_cast<unsigned char>(i);
        std::size_t bytes = 4 * P::granularity;
        verdict broken = nullptr;
        for (const std::size_t next : {64 * P::granularity, 2 * P::granularity}) {
            auto* const moved = static_cast<unsigned char*>(p.reallocate(at, bytes, next));
            if (!moved) continue;  // it may refuse
            at = moved;
            if (reinterpret_cast<std::uintptr_t>(at) % 16 != 0) broken = "reallocated memory is aligned";
            for (std::size_t i = 0; i < (next < 4 * P::granularity ? next : 4 * P::granularity); ++i)
                if (at[i] != static_cast<unsigned char>(i)) broken = "reallocated memory keeps its bytes";
            bytes = next;
        }
        p.deallocate(at, bytes, 16);
        if (broken) return broken;
    }
    if constexpr (P::reserves) {
        constexpr std::size_t bytes = std::size_t{64} << 20;
        auto* at = static_cast<unsigned char*>(p.reserve(bytes));
        if (!at) return "address space is reserved";
        at[0] = at[bytes - 1] = 7;
        p.decommit(at, bytes);
        const bool is_there = at[0] == 0 && at[bytes - 1] == 0;
        at[0] = 1;
        p.deallocate(at, bytes, P::granularity);
        if (!is_there) return "decommitted memory is zero, and its addresses stay";
    }
    return nullptr;
}

template <alloy::tracking_policy P>
verdict first_broken(P& p) {
    const auto feed = [&](std::size_t times) {
        for (std::size_t i = 0; i < times; ++i) {
            if constexpr (alloy::watches<P, alloy::block_event>) p.on(alloy::block_event{alloy::block_event::kind::taken, 4096, 4096 * (i + 1)});
            if constexpr (alloy::watches<P, alloy::rest_event>) p.on(alloy::rest_event{24});
            if constexpr (alloy::watches<P, alloy::frame_event>) p.on(alloy::frame_event{alloy::frame_event::kind::opened, 0, 0, true});
            if constexpr (alloy::watches<P, alloy::frame_allocation>) p.on(alloy::frame_allocation{&p, 30, 8, 2});
            if constexpr (alloy::watches<P, alloy::frame_event>) p.on(alloy::frame_event{alloy::frame_event::kind::closed, 100, 100, true});
            if constexpr (alloy::watches<P, alloy::object_made>) p.on(alloy::object_made{{&p, 30, 8, 0, "", true, 2}});
            if constexpr (alloy::watches<P, alloy::object_freed>) p.on(alloy::object_freed{{&p, 30, 8, 0, "", true}});
            if constexpr (alloy::watches<P, alloy::transfer_event>) {
                p.on(alloy::transfer_event{alloy::transfer_event::kind::made, &p, 30, 8});
                p.on(alloy::transfer_event{alloy::transfer_event::kind::ended, &p, 30, 8});
            }
            if constexpr (alloy::watches<P, alloy::promotion_event>) p.on(alloy::promotion_event{&times, &p, 30, 8});
            if constexpr (alloy::watches<P, alloy::mark_event>) p.on(alloy::mark_event{"a mark"});
            if constexpr (alloy::watches<P, alloy::alloc_error>) p.on(alloy::alloc_error{});
        }
    };
    if constexpr (requires(const P& seen, alloy::memory_metrics& m) { seen.write(m); }) {
        alloy::memory_metrics first{1, 2, 3}, second{1, 2, 3};
        feed(3);
        p.write(first);
        feed(3);
        p.write(second);
        if (first.used != 1 || first.held != 2 || first.blocks != 3) return "what the host knows is left as it is";
        if (second.peak_used_in_frames < first.peak_used_in_frames || second.peak_held < first.peak_held || second.upstream_requests < first.upstream_requests ||
            second.refusals < first.refusals || second.frames < first.frames || second.allocations < first.allocations || second.requested < first.requested ||
            second.padding < first.padding || second.freed < first.freed || second.sizes.count[5] < first.sizes.count[5])
            return "what was counted is never taken back";
        if ((alloy::watches<P, alloy::frame_allocation> || alloy::watches_objects<P>) && second.allocations + second.requested + second.padding + second.freed + second.sizes.count[5] == 0) return "what is counted is told";
    } else {
        feed(3);
    }
    return nullptr;
}

template <alloy::checking_policy P>
verdict first_broken(P& p) {
    if constexpr (P::guards) {
        if (P::front % 8 != 0 || P::back % 8 != 0) return "fences are multiples of 8";
        alignas(64) unsigned char room[512];
        void* chain = nullptr;
        unsigned char* first = room + P::front;
        unsigned char* second = first + 64 + P::back + P::front;
        std::memset(room, 0x5A, sizeof room);
        p.on_allocate(first, 64, chain);
        p.on_allocate(second, 64, chain);
        for (int i = 0; i < 64; ++i)
            if (first[i] != 0x5A || second[i] != 0x5A) return "the user's bytes are the user's";
        p.on_close(chain, "law");
        alignas(64) unsigned char place[512];
        std::memset(place, 0x5A, sizeof place);
        alloy::object_note object{place + P::front, 64, 16, true, "law", nullptr};
        p.on_make(object);
        for (std::size_t i = 0; i < 64; ++i)
            if (place[P::front + i] != 0x5A) return "an object's bytes are the user's";
        object.bytes = 65;
        if (p.on_release(object)) return "an object is not freed with another size";
        object.bytes = 64;
        if (!p.on_release(object)) return "an object may be freed as it was made";
        if (p.on_release(object)) return "an object is not freed twice";
        p.on_end("law");
    }
    if constexpr (P::poisons && !ALLOY_DETAIL_ASAN) {
        alignas(64) unsigned char place[256];
        std::memset(place, 0x5A, sizeof place);
        p.on_free(place + 64, 128);
        for (std::size_t i = 0; i < 64; ++i)
            if (place[i] != 0x5A || place[192 + i] != 0x5A) return "only what is free is marked";
        p.on_reuse(place + 64, 128, "law");
    }
    return nullptr;
}

}  // namespace laws
