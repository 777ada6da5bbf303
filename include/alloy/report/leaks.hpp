#pragma once
/// Who is alive in the pool and the heap, under which tag, and made where: `alloy::report::leaks(memory)`, of an allocator with `checking::guarded`.
///
/// At the end of a level, or of the program, these are the leaks. Objects are taken together that have a tag, a lifetime and a place of making in common; the
/// most bytes come first.
/// Cost: walks the table of guarded objects; a vector. No lock is held: no other thread may use the allocator meanwhile.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <alloy/core/misuse.hpp>
#include <alloy/report/place_of_code.hpp>
#include <alloy/report/readable.hpp>
#include <alloy/snapshot.hpp>

namespace alloy::inline ALLOY_ABI {
namespace report {

/// Whether an allocator's checking policy knows the objects that are alive.
template <class A>
concept knows_objects = requires(A& memory) { memory.checking().each_live([](const object_note&) {}); };

struct live_objects {
    const char* tag = "";
    bool in_pool = false;        ///< else in the heap
    const void* made = nullptr;  ///< code address; null where unknown
    std::size_t count = 0, bytes = 0;
};

/// All that is alive, the most bytes first.
template <knows_objects A>
[[nodiscard]] std::vector<live_objects> live(A& memory) {
    std::vector<live_objects> all;
    memory.checking().each_live([&all](const object_note& object) { all.push_back({object.whose, object.in_pool, object.site, 1, object.bytes}); });
    const auto compare = [](const live_objects& a, const live_objects& b) {
        const int order = std::strcmp(a.tag, b.tag);
        if (order != 0 || a.in_pool != b.in_pool) return order != 0 ? order : a.in_pool ? 1 : -1;
        return a.made == b.made ? 0 : reinterpret_cast<std::uintptr_t>(a.made) < reinterpret_cast<std::uintptr_t>(b.made) ? -1 : 1;
    };
    std::sort(all.begin(), all.end(), [&](const live_objects& a, const live_objects& b) { return compare(a, b) < 0; });
    std::size_t groups = 0;
    for (const live_objects& object : all) {
        if (groups > 0 && compare(all[groups - 1], object) == 0) {
            ++all[groups - 1].count;
            all[groups - 1].bytes += object.bytes;
        } else {
            all[groups++] = object;
        }
    }
    all.resize(groups);
    std::sort(all.begin(), all.end(), [&](const live_objects& a, const live_objects& b) { return a.bytes != b.bytes ? a.bytes > b.bytes : compare(a, b) < 0; });
    return all;
}

/// The same as text, a line for each; empty where nothing is alive. name_of(code address) says where objects were made: place_of_code, or source_line of
/// <alloy/report/source_line.hpp>.
template <knows_objects A, class NameOf = std::string (*)(const void*)>
[[nodiscard]] std::string leaks(A& memory, NameOf name_of = &place_of_code) {
    namespace formatting = alloy::detail::formatting;
    const std::vector<live_objects> all = live(memory);
    if (all.empty()) return {};
    std::size_t count = 0, bytes = 0, widest = 3;
    for (const live_objects& group : all) {
        count += group.count;
        bytes += group.bytes;
        widest = std::max(widest, std::strlen(group.tag));
    }
    std::string text = formatting::format("{}: {} object{} alive, {}\n", alloy::detail::name_of_allocator<A>(), count, count == 1 ? "" : "s", readable(bytes));
    text += formatting::format("{:>10}  {:>8}  {:5}  {:{}}  {}\n", "size", "objects", "where", "tag", widest, "made at");
    for (const live_objects& group : all)
        text += formatting::format("{:>10}  {:>8}  {:5}  {:{}}  {}\n", readable(group.bytes), group.count, group.in_pool ? "pool" : "heap", group.tag, widest, name_of(group.made));
    return text;
}

}  // namespace report
}  // namespace alloy
