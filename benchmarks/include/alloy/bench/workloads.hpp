#pragma once
/// What is measured: each workload touches what it is given and says whether all of it was given. One for frames is one frame's work; one for pools
/// and heaps ends with nothing alive.
#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include <alloy/bench/orders.hpp>
#include <alloy/core/error.hpp>

namespace alloy::bench {

struct small_object {
    std::uint64_t words[4];
};

/// Requests per turn: few enough for an arena of 64 KiB.
inline constexpr int requests = 256;

struct small_objects {
    static constexpr const char* name = "small_objects";
    static constexpr int items = requests;
    template <class Session>
    static bool run(Session& s) {
        for (int i = 0; i < items; ++i) {
            auto* p = s.template make<small_object>();
            if (!p) return false;
            p->words[0] = static_cast<std::uint64_t>(i);
            benchmark::DoNotOptimize(p);
        }
        return true;
    }
};

/// Sizes from 8 to 256 bytes, alignments from 1 to 64, the same sequence for all.
struct mixed_sizes {
    static constexpr const char* name = "mixed_sizes";
    static constexpr int items = requests;
    struct request {
        std::size_t bytes, alignment;
    };
    static constexpr std::array<request, requests> sequence = [] {
        std::array<request, requests> s{};
        std::uint32_t seed = 1;
        for (request& r : s) {
            seed = seed * 1664525u + 1013904223u;
            r = {8 + (seed >> 8) % 249, std::size_t{1} << ((seed >> 20) % 7)};
        }
        return s;
    }();
    template <class Session>
    static bool run(Session& s) {
        for (const request& r : sequence) {
            auto* p = static_cast<char*>(s.allocate(r.bytes, r.alignment));
            if (!p) return false;
            p[0] = p[r.bytes - 1] = 1;
            benchmark::DoNotOptimize(p);
        }
        return true;
    }
};

struct vectors {
    static constexpr const char* name = "vector_growth";
    static constexpr int items = 1000;
    template <class Session>
    static bool run(Session& s) {
        std::vector<int, decltype(s.template allocator<int>())> v(s.template allocator<int>());
        for (int i = 0; i < items; ++i) v.push_back(i);
        benchmark::DoNotOptimize(v.data());
        return v.size() == items;
    }
};

/// Strings too long to be kept inside their objects.
struct strings {
    static constexpr const char* name = "string_build";
    static constexpr int items = requests;
    template <class Session>
    static bool run(Session& s) {
        for (int i = 0; i < items; ++i) {
            std::basic_string<char, std::char_traits<char>, decltype(s.template allocator<char>())> text(40, 'a', s.template allocator<char>());
            benchmark::DoNotOptimize(text.data());
        }
        return true;
    }
};

struct lists {
    static constexpr const char* name = "list_build";
    static constexpr int items = requests;
    template <class Session>
    static bool run(Session& s) {
        std::list<int, decltype(s.template allocator<int>())> l(s.template allocator<int>());
        for (int i = 0; i < items; ++i) l.push_back(i);
        benchmark::DoNotOptimize(l.back());
        return l.size() == items;
    }
};

struct maps {
    static constexpr const char* name = "map_build";
    static constexpr int items = requests;
    template <class Session>
    static bool run(Session& s) {
        using value = std::pair<const int, int>;
        std::map<int, int, std::less<>, decltype(s.template allocator<value>())> m(s.template allocator<value>());
        for (int i = 0; i < items; ++i) m.emplace(i * 7919 % 1009, i);
        benchmark::DoNotOptimize(m.begin()->second);
        return !m.empty();
    }
};

struct hash_maps {
    static constexpr const char* name = "unordered_map_build";
    static constexpr int items = requests;
    template <class Session>
    static bool run(Session& s) {
        using value = std::pair<const int, int>;
        std::unordered_map<int, int, std::hash<int>, std::equal_to<>, decltype(s.template allocator<value>())> m(s.template allocator<value>());
        for (int i = 0; i < items; ++i) m.emplace(i, i);
        benchmark::DoNotOptimize(m.begin()->second);
        return m.size() == items;
    }
};

/// Frames only: work in inner frames and undone work.
struct nested_frames {
    static constexpr const char* name = "nested_frames";
    static constexpr int items = 16;
    template <class Session>
    static bool run(Session& s) {
        for (int i = 0; i < items; ++i) {
            auto inner = s.frame().checkpoint();
            auto* p = inner.template make_for_overwrite<small_object>();
            if (!p) return false;
            p->words[0] = 1;
            benchmark::DoNotOptimize(p);
        }
        return true;
    }
};

/// Frames only: the window in registers.
struct register_cursor {
    static constexpr const char* name = "register_cursor";
    static constexpr int items = requests;
    template <class Session>
    static bool run(Session& s) {
        auto cursor = s.frame().cursor();
        for (int i = 0; i < items; ++i) {
            auto* p = cursor.template make_for_overwrite<small_object>();
            if (!p) return false;
            p->words[0] = static_cast<std::uint64_t>(i);
            benchmark::DoNotOptimize(p);
        }
        return true;
    }
};

/// Budgets only: requests up to the bound, where the last must be refused.
struct budget_pressure {
    static constexpr const char* name = "budget_pressure";
    static constexpr int items = 1;
    template <class Session>
    static bool run(Session& s) {
        for (int i = 0; i < 1 << 20; ++i) {
            auto p = s.frame().try_allocate(64 * 1024, 16);
            if (!p) return p.error().reason == refusal::budget;
            static_cast<char*>(*p)[0] = 1;
        }
        return false;
    }
};

// Pools ----------------------------------------------------------------------------------------------------------------------------------

struct pooled_object {
    std::uint64_t words[8];
};

/// So many objects of 64 bytes are taken and written to, and given back in an order. Where the order replaces, each is replaced once before: another
/// is taken, and it is given back.
template <class Order, int Live = 1000>
struct pool_pairs {
    static constexpr int items = Order::replaces ? 2 * Live : Live;
    template <class Session>
    static bool run(Session& s) {
        static const Order order(Live);
        static std::vector<pooled_object*> live(Live);
        std::size_t taken = 0;
        while (taken < Live && take(s, live[taken], taken)) ++taken;
        bool all_given = taken == Live;
        if constexpr (Order::replaces)
            for (std::size_t i = 0; i < Live && all_given; ++i) {
                pooled_object* other;
                all_given = take(s, other, i);
                if (!all_given) break;
                std::swap(live[order[i]], other);
                give(s, other);
            }
        for (std::size_t i = 0; i < Live; ++i)
            if (order[i] < taken) give(s, live[order[i]]);
        return all_given;
    }

private:
    template <class Session>
    [[gnu::always_inline]] static bool take(Session& s, pooled_object*& to, std::size_t value) {
        to = static_cast<pooled_object*>(s.take(sizeof(pooled_object), alignof(pooled_object)));
        if (!to) return false;
        to->words[0] = value;
        benchmark::DoNotOptimize(to);
        return true;
    }
    template <class Session>
    [[gnu::always_inline]] static void give(Session& s, pooled_object* p) {
        s.give(p, sizeof(pooled_object), alignof(pooled_object));
        benchmark::ClobberMemory();  // else a list's head stays in a register all the way
    }
};
template <int Live = 1000>
struct pool_same : pool_pairs<order::same, Live> {
    static constexpr const char* name = Live > 1000 ? "pool_same_100k" : "pool_same";
};
template <int Live = 1000>
struct pool_reverse : pool_pairs<order::reverse, Live> {
    static constexpr const char* name = Live > 1000 ? "pool_reverse_100k" : "pool_reverse";
};
template <int Live = 1000>
struct pool_random : pool_pairs<order::random, Live> {
    static constexpr const char* name = Live > 1000 ? "pool_random_100k" : "pool_random";
};
template <int Live = 1000>
struct pool_churn : pool_pairs<order::churn, Live> {
    static constexpr const char* name = Live > 1000 ? "pool_churn_100k" : "pool_churn";
};

/// Containers whose memory lasts until they free it: the same work as in a frame.
struct pool_lists : lists {
    static constexpr const char* name = "pool_list";
};
struct pool_maps : maps {
    static constexpr const char* name = "pool_map";
};
struct pool_strings : strings {
    static constexpr const char* name = "pool_string";
};
struct pool_hash_maps : hash_maps {
    static constexpr const char* name = "pool_unordered_map";
};
struct pool_vectors : vectors {
    static constexpr const char* name = "pool_vector";
};

// Heaps ----------------------------------------------------------------------------------------------------------------------------------

/// Allocations of 16 KiB, 32 alive at once, half a MiB together; a byte written in each page.
struct heap_pairs {
    static constexpr const char* name = "heap_pair";
    static constexpr int items = 32;
    template <class Session>
    static bool run(Session& s) {
        std::array<char*, items> live{};
        bool all_given = true;
        for (char*& p : live) {
            p = static_cast<char*>(s.take(bytes, 16));
            if (!p) all_given = false;
            for (std::size_t i = 0; p && i < bytes; i += 4096) p[i] = 1;
            benchmark::DoNotOptimize(p);
        }
        for (char* p : live)
            if (p) s.give(p, bytes, 16);
        return all_given;
    }

private:
    static constexpr std::size_t bytes = 16 * 1024;
};
/// One allocation that doubles from 2 KiB to 512 KiB, its new half written to.
struct heap_growth {
    static constexpr const char* name = "heap_growth";
    static constexpr int items = 8;
    template <class Session>
    static bool run(Session& s) {
        std::size_t bytes = 2048;
        auto* p = static_cast<char*>(s.take(bytes, 16));
        if (!p) return false;
        p[0] = 1;
        bool all_given = true;
        for (int i = 0; i < items; ++i) {
            auto* const larger = static_cast<char*>(s.resize(p, bytes, 2 * bytes, 16));
            if (!larger) {
                all_given = false;
                break;
            }
            p = larger;
            for (std::size_t at = bytes; at < 2 * bytes; at += 4096) p[at] = 1;
            bytes *= 2;
            benchmark::DoNotOptimize(p);
        }
        s.give(p, bytes, 16);
        return all_given;
    }
};

}  // namespace alloy::bench
