/// What one allocation costs in instructions: `alloy_instructions SUBJECT TURNS` runs so many turns, each of 1,000 objects of 32 bytes that
/// are written to. tools/instructions.py runs it under callgrind twice, with different numbers of turns, and divides the difference.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <list>
#include <map>
#include <new>
#include <string>
#include <unordered_map>
#include <vector>

#include <alloy/adaptors/frame_allocator.hpp>
#include <alloy/allocator.hpp>
#include <alloy/containers.hpp>
#include <alloy/containers/growing_vector.hpp>
#include <alloy/policies.hpp>

#include "peers/hand_written.hpp"

namespace {

struct object {
    std::uint64_t words[4];
};
constexpr int objects = 1000;

/// The compiler must take `p` to be read and changed elsewhere.
template <class T>
void escape(T& p) {
    asm volatile("" : : "g"(&p) : "memory");
}
void seen(object* p) { asm volatile("" : : "g"(p) : "memory"); }

struct defaults : alloy::allocator<alloy::lifetime::frame> {};
struct accounted : alloy::allocator<alloy::lifetime::frame, alloy::tagging::named<"physics">, alloy::budget::hard<16 * alloy::MiB>,
                                    alloy::tracking::boundary_metrics> {};
struct counted : alloy::allocator<alloy::lifetime::frame, alloy::tracking::metrics<alloy::metric::count>> {};

[[gnu::noinline]] void by_hand(long turns) {
    hand_written::arena arena;
    escape(arena);
    for (; turns > 0; --turns) {
        arena.reset();
        for (int i = 0; i < objects; ++i) {
            auto* p = arena.take<object>();
            p->words[0] = static_cast<std::uint64_t>(i);
            seen(p);
        }
    }
}
[[gnu::noinline]] void by_hand_raw(long turns) {
    hand_written::arena arena;
    escape(arena);
    for (; turns > 0; --turns) {
        arena.reset();
        for (int i = 0; i < objects; ++i) {
            auto* p = static_cast<object*>(arena.take_raw(sizeof(object), alignof(object)));
            p->words[0] = static_cast<std::uint64_t>(i);
            seen(p);
        }
    }
}
template <class Memory>
[[gnu::noinline]] void framed(long turns) {
    Memory memory;
    escape(memory);
    for (; turns > 0; --turns) {
        auto frame = memory.frame();
        for (int i = 0; i < objects; ++i) {
            auto* p = frame.template make_for_overwrite<object>();
            p->words[0] = static_cast<std::uint64_t>(i);
            seen(p);
        }
    }
}
template <class Memory>
[[gnu::noinline]] void by_cursor(long turns) {
    Memory memory;
    escape(memory);
    for (; turns > 0; --turns) {
        auto frame = memory.frame();
        auto cursor = frame.cursor();
        for (int i = 0; i < objects; ++i) {
            auto* p = cursor.template make_for_overwrite<object>();
            p->words[0] = static_cast<std::uint64_t>(i);
            seen(p);
        }
    }
}
/// The window of the hand-written arena in local variables, put back when the turn ends.
[[gnu::noinline]] void by_hand_in_registers(long turns) {
    hand_written::arena arena;
    escape(arena);
    for (; turns > 0; --turns) {
        arena.reset();
        std::uintptr_t cursor = arena.cursor_, limit = arena.limit_;
        for (int i = 0; i < objects; ++i) {
            object* p;
            if (const std::uintptr_t next = cursor + sizeof(object); next <= limit) [[likely]] {
                p = reinterpret_cast<object*>(cursor);
                cursor = next;
            } else {
                p = arena.take<object>();
                cursor = arena.cursor_;
                limit = arena.limit_;
            }
            p->words[0] = static_cast<std::uint64_t>(i);
            seen(p);
        }
        arena.cursor_ = cursor;
    }
}
// Containers: each turn builds one of 1,000 elements, with a frame's standard allocator or the hand-written arena's.
template <template <class> class Build>
[[gnu::noinline]] void built_by_hand(long turns) {
    hand_written::arena arena;
    escape(arena);
    for (; turns > 0; --turns) {
        arena.reset();
        Build<hand_written::allocator<int>>()(hand_written::allocator<int>(arena));
    }
}
template <template <class> class Build>
[[gnu::noinline]] void built_in_frame(long turns) {
    defaults memory;
    escape(memory);
    for (; turns > 0; --turns) {
        auto frame = memory.frame();
        Build<alloy::frame_allocator<int>>()(alloy::frame_allocator<int>(frame));
    }
}
template <class Allocator, class T>
using rebound = typename std::allocator_traits<Allocator>::template rebind_alloc<T>;

template <class Allocator>
struct vector {
    void operator()(const Allocator& a) const {
        std::vector<int, Allocator> v(a);
        for (int i = 0; i < objects; ++i) v.push_back(i);
        escape(v);
    }
};
template <class Allocator>
struct list {
    void operator()(const Allocator& a) const {
        std::list<int, Allocator> l(a);
        for (int i = 0; i < objects; ++i) l.push_back(i);
        escape(l);
    }
};
template <class Allocator>
struct map {
    void operator()(const Allocator& a) const {
        using value = std::pair<const int, int>;
        std::map<int, int, std::less<>, rebound<Allocator, value>> m{rebound<Allocator, value>(a)};
        for (int i = 0; i < objects; ++i) m.emplace(i * 7919 % 1009, i);
        escape(m);
    }
};
template <class Allocator>
struct hash_map {
    void operator()(const Allocator& a) const {
        using value = std::pair<const int, int>;
        std::unordered_map<int, int, std::hash<int>, std::equal_to<>, rebound<Allocator, value>> m{rebound<Allocator, value>(a)};
        for (int i = 0; i < objects; ++i) m.emplace(i, i);
        escape(m);
    }
};
template <class Allocator>
struct string {
    void operator()(const Allocator& a) const {
        for (int i = 0; i < objects; ++i) {
            std::basic_string<char, std::char_traits<char>, rebound<Allocator, char>> s(40, 'a', rebound<Allocator, char>(a));
            escape(s);
        }
    }
};
/// Growing in place is a frame's alone; the control is the standard vector by hand.
template <class Allocator>
struct growing {
    void operator()(const Allocator& a) const {
        alloy::growing_frame_vector<int> v{a.frame()};
        for (int i = 0; i < objects; ++i) v.push_back(i);
        escape(v);
    }
};

[[gnu::noinline]] void empty_frames(long turns) {
    defaults memory;
    escape(memory);
    for (turns *= objects; turns > 0; --turns) {
        auto frame = memory.frame();
        escape(frame);
    }
}

constexpr struct {
    const char* name;
    void (*run)(long);
} subjects[] = {{"hand-written", by_hand},
                {"hand-written-raw", by_hand_raw},
                {"defaults", framed<defaults>},
                {"accounted", framed<accounted>},
                {"counted", framed<counted>},
                {"hand-written-registers", by_hand_in_registers},
                {"cursor", by_cursor<defaults>},
                {"cursor-accounted", by_cursor<accounted>},
                {"vector-hand-written", built_by_hand<vector>},
                {"vector", built_in_frame<vector>},
                {"vector-growing", built_in_frame<growing>},
                {"list-hand-written", built_by_hand<list>},
                {"list", built_in_frame<list>},
                {"map-hand-written", built_by_hand<map>},
                {"map", built_in_frame<map>},
                {"unordered_map-hand-written", built_by_hand<hash_map>},
                {"unordered_map", built_in_frame<hash_map>},
                {"string-hand-written", built_by_hand<string>},
                {"string", built_in_frame<string>},
                {"empty-frame", empty_frames}};

}  // namespace

int main(int argc, char** argv) {
    if (argc == 3)
        for (const auto& s : subjects)
            if (std::strcmp(s.name, argv[1]) == 0) return s.run(std::atol(argv[2])), 0;
    std::fprintf(stderr, "usage: alloy_instructions SUBJECT TURNS, where SUBJECT is one of:\n");
    for (const auto& s : subjects) std::fprintf(stderr, "  %s\n", s.name);
    return 2;
}
