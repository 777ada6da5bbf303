#pragma once
/// What is measured: each workload is one frame's work, touches what it is given and says whether all of it was given.
#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include <benchmark/benchmark.h>

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

}  // namespace alloy::bench
