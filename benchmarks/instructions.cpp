/// What one allocation costs in instructions: `alloy_instructions SUBJECT TURNS` runs so many turns, each of 1,000 objects of 32 bytes that
/// are written to. tools/instructions.py runs it under callgrind twice, with different numbers of turns, and divides the difference.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

#include <alloy/allocator.hpp>
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
