/// What one allocation costs in instructions: `alloy_instructions SUBJECT TURNS` runs so many turns, each of 1,000 objects of 32 bytes that
/// are written to; for pools, of as many pairs of taking and giving back as are live at once, of 64 bytes. tools/instructions.py runs it under
/// callgrind twice, with different numbers of turns, and divides the difference. Without arguments it lists the subjects and the objects of a turn.
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
#include <utility>
#include <vector>

#include <alloy/adaptors/frame_allocator.hpp>
#include <alloy/adaptors/std_allocator.hpp>
#include <alloy/allocator.hpp>
#include <alloy/bench/orders.hpp>
#include <alloy/containers.hpp>
#include <alloy/containers/growing_vector.hpp>
#include <alloy/policies.hpp>

#include "look_up.hpp"
#include "peers/hand_written.hpp"

namespace {

namespace order = alloy::bench::order;

struct object {
    std::uint64_t words[4];
};
constexpr int objects = 1000;

/// The compiler must take `p` to be read and changed elsewhere.
template <class T>
void escape(T& p) {
    asm volatile("" : : "g"(&p) : "memory");
}
void seen(const void* p) { asm volatile("" : : "g"(p) : "memory"); }

struct defaults : alloy::allocator<alloy::lifetime::frame> {};
struct accounted : alloy::allocator<alloy::lifetime::frame, alloy::tagging::named<"physics">, alloy::budget::hard<16 * alloy::MiB>,
                                    alloy::tracking::boundary_metrics> {};
template <class... Metrics>
struct measured : alloy::allocator<alloy::lifetime::frame, alloy::tracking::metrics<Metrics...>> {};
struct accounted_by_tag
    : alloy::allocator<alloy::lifetime::frame, alloy::tagging::scoped<"physics", "ai">, alloy::tracking::boundary_metrics,
                       alloy::budget::all<alloy::budget::hard<16 * alloy::MiB>, alloy::budget::per_frame<8 * alloy::MiB>,
                                          alloy::budget::per_tag<alloy::budget::limit<"physics", 4 * alloy::MiB>, alloy::budget::limit<"ai", 1 * alloy::MiB>>>> {};
struct cached : alloy::allocator<alloy::lifetime::frame, alloy::threading::thread_cached> {};

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

template <class Memory>
[[gnu::noinline]] void empty_frames(long turns) {
    Memory memory;
    escape(memory);
    for (turns *= objects; turns > 0; --turns) {
        auto frame = memory.frame();
        escape(frame);
    }
}

template <class Memory>
[[gnu::noinline]] void empty_frames_local(long turns) {
    Memory memory;
    escape(memory);
    const auto mine = memory.local();
    for (turns *= objects; turns > 0; --turns) {
        auto frame = mine.frame();
        escape(frame);
    }
}

// Pools: objects of 64 bytes, of which so many live at once, in the orders of alloy/bench/orders.hpp. -----------------------------------------

struct pooled_object {
    explicit pooled_object(std::uint64_t v) noexcept { words[0] = v; }
    std::uint64_t words[8];
};

struct plain_pool : alloy::allocator<alloy::lifetime::pool, alloy::lifetime::heap> {};
struct accounted_pool : alloy::allocator<alloy::lifetime::pool, alloy::lifetime::heap, alloy::tagging::named<"bodies">,
                                         alloy::budget::hard<64 * alloy::MiB>, alloy::tracking::boundary_metrics> {};
struct tagged_pool : alloy::allocator<alloy::lifetime::pool, alloy::lifetime::heap, alloy::tagging::scoped<"bodies", "ai">, alloy::tracking::boundary_metrics> {};
struct bounded_pool : alloy::allocator<alloy::lifetime::pool, alloy::lifetime::heap, alloy::tagging::scoped<"bodies", "ai">, alloy::tracking::boundary_metrics,
                                       alloy::budget::all<alloy::budget::hard<64 * alloy::MiB>, alloy::budget::per_tag<alloy::budget::limit<"bodies", 32 * alloy::MiB>>>> {};
struct cached_pool : alloy::allocator<alloy::lifetime::pool, alloy::lifetime::heap, alloy::threading::thread_cached> {};

// A source has a `held_type`, which is what its user keeps of an object; `take(held, v)` and `give(held)`.
struct raw_by_hand {
    using held_type = pooled_object*;
    [[gnu::always_inline]] void take(held_type& to, std::uint64_t v) { seen(to = ::new (list.take()) pooled_object(v)); }
    [[gnu::always_inline]] void give(held_type& from) { list.give(from); }
    hand_written::free_list<pooled_object> list;
};
struct owned_by_hand {
    using held_type = hand_written::free_list<pooled_object>::owner;
    [[gnu::always_inline]] void take(held_type& to, std::uint64_t v) { seen((to = list.make(v)).get()); }
    [[gnu::always_inline]] void give(held_type& from) { from.reset(); }
    hand_written::free_list<pooled_object> list;
};
template <class Memory>
struct raw {
    using held_type = pooled_object*;
    [[gnu::always_inline]] void take(held_type& to, std::uint64_t v) {
        seen(to = ::new (memory.allocate(sizeof(pooled_object), alignof(pooled_object))) pooled_object(v));
    }
    [[gnu::always_inline]] void give(held_type& from) { memory.deallocate(from, sizeof(pooled_object), alignof(pooled_object)); }
    Memory memory;
};
template <class Memory>
struct handles {
    using held_type = typename Memory::template pool_ptr<pooled_object>;
    [[gnu::always_inline]] void take(held_type& to, std::uint64_t v) { seen((to = memory.template make_pooled<pooled_object>(v)).get()); }
    [[gnu::always_inline]] void give(held_type& from) { from.reset(); }
    Memory memory;
};

/// The same through `memory.local()`, a variable of the loop's own function, as it is meant.
template <class Memory>
struct raw_local {
    struct user_type {
        [[gnu::always_inline]] void take(pooled_object*& to, std::uint64_t v) {
            seen(to = ::new (mine.allocate(sizeof(pooled_object), alignof(pooled_object))) pooled_object(v));
        }
        [[gnu::always_inline]] void give(pooled_object*& from) { mine.deallocate(from, sizeof(pooled_object), alignof(pooled_object)); }
        decltype(std::declval<Memory&>().local()) mine;
    };
    using held_type = pooled_object*;
    user_type user() { return {memory.local()}; }
    Memory memory;
};
template <class Memory>
struct handles_local {
    using held_type = typename Memory::template pool_ptr<pooled_object>;
    struct user_type {
        [[gnu::always_inline]] void take(held_type& to, std::uint64_t v) { seen((to = mine.template make_pooled<pooled_object>(v)).get()); }
        [[gnu::always_inline]] void give(held_type& from) { from.reset(); }
        decltype(std::declval<Memory&>().local()) mine;
    };
    user_type user() { return {memory.local()}; }
    Memory memory;
};

/// What a loop works with: the source itself, or a user of its own.
template <class Source>
decltype(auto) user_of(Source& source) {
    if constexpr (requires { source.user(); })
        return source.user();
    else
        return (source);
}

/// The compiler knows neither the number nor what lies in memory: no loop is unrolled, and no head stays in a register from one turn to the next.
void opaque(std::size_t& i) { asm volatile("" : "+r"(i) : : "memory"); }

/// All are taken, and then given back in the order.
template <class Source, class Order, int Live>
[[gnu::noinline]] void pairs(long turns) {
    const Order at(Live);
    Source source;
    escape(source);
    auto&& user = user_of(source);
    std::vector<typename Source::held_type> live(Live);
    if constexpr (Order::replaces)
        for (int i = 0; i < Live; ++i) user.take(live[static_cast<std::size_t>(i)], 0);
    for (; turns > 0; --turns) {
        if constexpr (Order::replaces) {
            for (std::size_t i = 0; i < Live; opaque(++i)) {
                typename Source::held_type other{};  // first, else the compiler would hand the same slot over and touch no list
                user.take(other, i);
                std::swap(live[at[i]], other);
                user.give(other);
            }
        } else {
            for (std::size_t i = 0; i < Live; opaque(++i)) user.take(live[i], i);
            for (std::size_t i = 0; i < Live; opaque(++i)) user.give(live[at[i]]);
        }
    }
    if constexpr (Order::replaces)
        for (auto& one : live) user.give(one);
}
/// One at a time, and nothing else alive.
template <class Source>
[[gnu::noinline]] void one_pair(long turns) {
    Source source;
    escape(source);
    auto&& user = user_of(source);
    for (auto n = static_cast<std::size_t>(turns) * objects; n > 0; opaque(--n)) {
        typename Source::held_type one{};
        user.take(one, n);
        user.give(one);
    }
}

// Containers: each turn builds one of 1,000 elements and destroys it, over a pool or the hand-written free lists.
template <template <class> class Build>
[[gnu::noinline]] void built_over_lists(long turns) {
    hand_written::free_lists lists;
    escape(lists);
    for (; turns > 0; --turns) Build<hand_written::pool_allocator<int>>()(hand_written::pool_allocator<int>(lists));
}
template <template <class> class Build, class Memory>
[[gnu::noinline]] void built_over_pool(long turns) {
    Memory memory;
    escape(memory);
    for (; turns > 0; --turns) Build<alloy::std_allocator<int, Memory>>()(alloy::std_allocator<int, Memory>(memory));
}

// The same code in the program and in a shared library.
template <const look_up::calls& Where, auto Which>
void looked_up(long turns) {
    look_up::memory memory;
    (Where.*Which)(memory, static_cast<std::uint64_t>(turns) * objects);
}

struct subject {
    std::string name;
    void (*run)(long);
    int objects_per_turn = objects;
};
std::vector<subject> subjects{{"hand-written", by_hand},
                              {"hand-written-raw", by_hand_raw},
                              {"defaults", framed<defaults>},
                              {"accounted", framed<accounted>},
                              {"accounted-by-tag", framed<accounted_by_tag>},
                              {"metric-count", framed<measured<alloy::metric::count>>},
                              {"metric-requested", framed<measured<alloy::metric::requested>>},
                              {"metric-padding", framed<measured<alloy::metric::padding>>},
                              {"metric-sizes", framed<measured<alloy::metric::sizes>>},
                              {"metrics-all", framed<measured<alloy::metric::count, alloy::metric::requested, alloy::metric::padding, alloy::metric::sizes>>},
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
                              {"empty-frame", empty_frames<defaults>},
                              {"thread-cached", framed<cached>},
                              {"empty-frame-thread-cached", empty_frames<cached>},
                              {"empty-frame-local", empty_frames_local<cached>},
                              {"empty-frame-local-defaults", empty_frames_local<defaults>}};

template <const look_up::calls& Where>
void add_look_ups(const std::string& where) {
    subjects.push_back({"look-up-frame-" + where, looked_up<Where, &look_up::calls::frames>});
    subjects.push_back({"look-up-pair-" + where, looked_up<Where, &look_up::calls::pairs>});
    subjects.push_back({"look-up-both-" + where, looked_up<Where, &look_up::calls::both>});
}
template <class Source, int Live>
void add_orders(const std::string& name) {
    const std::string live = "-" + std::to_string(Live);
    subjects.push_back({"pool-same-" + name + live, pairs<Source, order::same, Live>, Live});
    subjects.push_back({"pool-reverse-" + name + live, pairs<Source, order::reverse, Live>, Live});
    subjects.push_back({"pool-random-" + name + live, pairs<Source, order::random, Live>, Live});
    subjects.push_back({"pool-churn-" + name + live, pairs<Source, order::churn, Live>, Live});
}
template <class Source>
void add_pool(const std::string& name) {
    subjects.push_back({"pool-pair-" + name, one_pair<Source>});
    add_orders<Source, 1000>(name);
    add_orders<Source, 100000>(name);
}
template <class Memory>
void add_containers(const std::string& name) {
    subjects.push_back({"list-" + name, built_over_pool<list, Memory>});
    subjects.push_back({"map-" + name, built_over_pool<map, Memory>});
    subjects.push_back({"unordered_map-" + name, built_over_pool<hash_map, Memory>});
    subjects.push_back({"string-" + name, built_over_pool<string, Memory>});
}
/// tools/instructions.py compares names: X with X where "free-list" stands in the place of "plain", and so on.
void add_all() {
    add_pool<raw_by_hand>("raw-free-list");
    add_pool<raw<plain_pool>>("raw-plain");
    add_pool<raw<accounted_pool>>("raw-accounted");
    add_pool<raw<tagged_pool>>("raw-by-tag");
    add_pool<raw<bounded_pool>>("raw-bounded-by-tag");
    add_pool<raw<cached_pool>>("raw-thread-cached");
    add_pool<owned_by_hand>("handle-free-list");
    add_pool<handles<plain_pool>>("handle-plain");
    add_pool<handles<accounted_pool>>("handle-accounted");
    add_pool<handles<cached_pool>>("handle-thread-cached");
    add_pool<raw_local<cached_pool>>("raw-local");
    add_pool<handles_local<cached_pool>>("handle-local");
    subjects.push_back({"pool-pair-raw-local-defaults", one_pair<raw_local<plain_pool>>});
    subjects.push_back({"pool-pair-handle-local-defaults", one_pair<handles_local<plain_pool>>});
    add_look_ups<look_up::in_program>("program");
    add_look_ups<look_up::in_library>("library");
    subjects.push_back({"list-free-list", built_over_lists<list>});
    subjects.push_back({"map-free-list", built_over_lists<map>});
    subjects.push_back({"unordered_map-free-list", built_over_lists<hash_map>});
    subjects.push_back({"string-free-list", built_over_lists<string>});
    add_containers<plain_pool>("plain");
    add_containers<accounted_pool>("accounted");
}

}  // namespace

int main(int argc, char** argv) {
    add_all();
    if (argc == 3)
        for (const subject& s : subjects)
            if (s.name == argv[1]) return s.run(std::atol(argv[2])), 0;
    std::fprintf(stderr, "usage: alloy_instructions SUBJECT TURNS, where SUBJECT is one of these, with the objects of a turn:\n");
    for (const subject& s : subjects) std::fprintf(stderr, "  %s %d\n", s.name.c_str(), s.objects_per_turn);
    return 2;
}
