// The pool_map: handles that notice, elements that stay where they are, destructors once, and nothing changed where memory is refused.
#include <cstdint>
#include <memory>
#include <new>
#include <numeric>
#include <optional>
#include <set>
#include <stdexcept>
#include <vector>

#include <alloy/containers/pool_map.hpp>

#include "../support/catch.hpp"
#include "../support/compositions.hpp"
#include "../support/death.hpp"

namespace alloy::inline ALLOY_ABI::detail {
/// Brings the slots of a map near the end of their generations.
struct pool_map_seam {
    /// Gives a live element the last generation that a slot has.
    template <class Map>
    static void make_last(Map& map, typename Map::handle of) {
        const auto index = static_cast<std::uint32_t>(of.number());
        map.chunk_of(index).generation[index % Map::slots] = Map::last;
    }
    template <class Map>
    static constexpr std::size_t slots = Map::slots;
    template <class Map>
    static constexpr std::size_t chunk_bytes = sizeof(typename Map::chunk);
};
}  // namespace alloy::inline ALLOY_ABI::detail

namespace {

using seam = alloy::detail::pool_map_seam;
using strict = alloy::allocator<test::strict_upstream>;

struct counted {
    int* alive;
    int value;
    counted(int& a, int v) : alive(&a), value(v) { ++a; }
    counted(const counted&) = delete;
    ~counted() { --*alive; }
};
using counted_map = alloy::pool_map<counted, strict>;

template <class Map>
std::multiset<int> values(const Map& map) {
    std::multiset<int> found;
    for (const auto& each : map) found.insert(each.value);
    return found;
}

static_assert(sizeof(alloy::pool_handle<counted>) == 8);
static_assert(!std::is_same_v<alloy::pool_handle<int>, alloy::pool_handle<long>>);
static_assert(!std::is_copy_constructible_v<counted_map> && std::is_nothrow_move_constructible_v<counted_map>);
static_assert(!std::is_copy_constructible_v<counted_map::pinned>);
static_assert(std::is_convertible_v<counted_map::iterator, counted_map::const_iterator>);
static_assert(!std::is_convertible_v<counted_map::const_iterator, counted_map::iterator>);
static_assert(std::is_same_v<decltype(*std::declval<const counted_map&>().begin()), const counted&>);
static_assert(std::forward_iterator<counted_map::iterator> && std::forward_iterator<counted_map::const_iterator>);

}  // namespace

TEST_CASE("a pool_map finds what was inserted, until it is erased", "[pool_map]") {
    strict memory;
    int alive = 0;
    {
        counted_map map{memory};
        REQUIRE((map.empty() && map.begin() == map.end()));
        REQUIRE(map.find({}) == nullptr);
        REQUIRE_FALSE(map.erase({}));
        REQUIRE(memory.used() == 0);
        std::vector<counted_map::handle> handles;
        std::vector<counted*> places;
        for (int i = 0; i < 1000; ++i) {
            handles.push_back(map.emplace(alive, i));
            REQUIRE(handles.back());
            places.push_back(map.find(handles.back()));
        }
        REQUIRE((map.size() == 1000 && alive == 1000));
        REQUIRE(memory.used() >= 1000 * sizeof(counted));
        for (std::size_t i = 0; i < 1000; ++i) {
            REQUIRE(map.find(handles[i]) == places[i]);
            REQUIRE(places[i]->value == static_cast<int>(i));
        }
        for (std::size_t i = 0; i < 1000; i += 3) REQUIRE(map.erase(handles[i]));
        REQUIRE((map.size() == 666 && alive == 666));
        for (std::size_t i = 0; i < 1000; ++i) {
            REQUIRE(map.find(handles[i]) == (i % 3 == 0 ? nullptr : places[i]));
            if (i % 3 == 0) REQUIRE_FALSE(map.erase(handles[i]));
        }
        const std::size_t requests = memory.upstream().requests;
        for (int i = 0; i < 334; ++i) map.emplace(alive, -i);
        REQUIRE(memory.upstream().requests == requests);  // holes are filled first
        for (std::size_t i = 0; i < 1000; i += 3) REQUIRE(map.find(handles[i]) == nullptr);  // and their new elements are others
        REQUIRE(map.size() == 1000);
        const std::multiset<int> found = values(map);
        REQUIRE((found.size() == 1000 && found.count(-333) == 1 && found.count(999) == 0 && found.count(998) == 1));
        map.clear();
        REQUIRE((map.empty() && alive == 0 && map.begin() == map.end()));
        for (auto h : handles) REQUIRE(map.find(h) == nullptr);
        map.emplace(alive, 1);
        map.emplace(alive, 2);
    }
    REQUIRE((alive == 0 && memory.used() == 0));
}

TEST_CASE("handles are different for ever, and know their type", "[pool_map]") {
    strict memory;
    alloy::pool_map<int, strict> map{memory};
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 300; ++i) {
        const auto h = map.insert(i);
        REQUIRE(seen.insert(h.number()).second);
        REQUIRE((h == h && h != alloy::pool_handle<int>{}));
        if (i % 50 != 0) map.erase(h);
        if (i % 70 == 0) map.clear();
        if (i % 70 == 1) map.trim();
    }
    REQUIRE(alloy::pool_handle<int>{}.number() == 0);
}

TEST_CASE("a slot that has used all generations is used no more", "[pool_map][fault-27]") {
    strict memory;
    int alive = 0;
    counted_map map{memory};
    const auto first = map.emplace(alive, 1);
    seam::make_last(map, first);
    REQUIRE(map.find(first) == nullptr);
    const auto aged = map.begin().name();
    REQUIRE(map.find(aged)->value == 1);
    const counted* const place = map.find(aged);
    REQUIRE(map.erase(aged));
    REQUIRE((alive == 0 && map.find(aged) == nullptr && map.find({}) == nullptr && !map.erase({})));
    for (int i = 0; i < 200; ++i) REQUIRE(map.find(map.emplace(alive, i)) != place);
    REQUIRE((map.find(aged) == nullptr && map.find(first) == nullptr && map.size() == 200));
    map.clear();

    // The chunk with a worn slot goes back as any other, and its place is not used again, since nobody knows which slot it was.
    map.trim();
    REQUIRE(alive == 0);
    for (int i = 0; i < 200; ++i) {
        const auto h = map.emplace(alive, i);
        REQUIRE(h.number() % (1u << 31) >= seam::slots<counted_map>);
    }
    REQUIRE((map.find(aged) == nullptr && map.find(first) == nullptr && map.find({}) == nullptr));

    // All slots of a chunk worn: the map goes on with others.
    alloy::pool_map<int, strict> worn{memory};
    for (std::size_t i = 0; i < 3 * 64; ++i) {
        const auto h = worn.insert(1);
        seam::make_last(worn, h);
        REQUIRE(worn.find(h) == nullptr);
        REQUIRE(worn.erase(worn.begin().name()));
    }
    REQUIRE(worn.find(worn.insert(7)) != nullptr);
}

TEST_CASE("a pinned element lives until its last pin ends", "[pool_map]") {
    strict memory;
    int alive = 0;
    {
        counted_map map{memory};
        const auto h = map.emplace(alive, 5);
        const auto other = map.emplace(alive, 6);
        {
            auto outer = map.pin(h);
            std::optional<counted_map::pinned> inner(map.pin(h));
            REQUIRE((outer && outer.get() == map.find(h) && outer->value == 5 && (*outer).value == 5));
            REQUIRE(map.erase(h));
            REQUIRE_FALSE(map.erase(h));
            REQUIRE((map.find(h) == nullptr && !map.pin(h) && map.size() == 1 && alive == 2));
            REQUIRE(values(map) == std::multiset<int>{6});
            for (int i = 0; i < 200; ++i) REQUIRE(map.find(map.emplace(alive, 7)) != outer.get());  // its slot is nobody else's yet
            REQUIRE(map.erase(other));  // not pinned
            REQUIRE(alive == 201);
            counted_map::pinned moved(std::move(outer));
            REQUIRE((!outer && moved->value == 5));
            inner.reset();
            REQUIRE((alive == 201 && moved->value == 5));
            auto last = map.pin(map.begin().name());
            last = std::move(moved);
            REQUIRE((last->value == 5 && !moved && alive == 201));
            map.trim();
            map.clear();
            REQUIRE((alive == 1 && last->value == 5));
            map.trim();
            REQUIRE(last->value == 5);
        }
        REQUIRE(alive == 0);
        // A pin that is not needed changes nothing.
        const auto kept = map.emplace(alive, 8);
        map.pin(kept).reset();
        REQUIRE((alive == 1 && map.find(kept)->value == 8));
    }
    REQUIRE(alive == 0);

    std::optional<counted_map> map(std::in_place, memory);
    auto erased = map->pin(map->emplace(alive, 1));
    auto live = map->pin(map->emplace(alive, 2));
    map->erase(map->begin().name());
    counted_map elsewhere(std::move(*map));  // pins go along
    map.reset();
    REQUIRE((alive == 2 && live->value == 2 && erased->value == 1));
    elsewhere = counted_map(memory);
    REQUIRE((alive == 0 && !live && !erased));  // nothing left to dangle
}

TEST_CASE("any element may be erased, and others inserted, while iterating", "[pool_map]") {
    strict memory;
    int alive = 0;
    counted_map map{memory};
    std::vector<counted_map::handle> handles;
    for (int i = 0; i < 500; ++i) handles.push_back(map.emplace(alive, i));
    int met = 0;
    for (auto i = map.begin(); i != map.end(); ++i) {  // each erases itself and its next neighbour
        REQUIRE(map.find(i.name()) == &*i);
        const auto value = static_cast<std::size_t>(i->value);
        ++met;
        map.erase(i.name());
        if (value + 1 < handles.size()) map.erase(handles[value + 1]);
    }
    REQUIRE((met == 250 && map.empty() && alive == 0));
    for (int i = 0; i < 10; ++i) map.emplace(alive, i);
    met = 0;
    for (auto& each : map) {
        if (each.value < 1000) map.emplace(alive, each.value + 1000);
        ++met;
    }
    REQUIRE((met >= 10 && map.size() == 20));
    const auto before = map.begin();
    auto i = map.begin();
    REQUIRE(i++ == before);
    REQUIRE(i != before);
    const counted_map::const_iterator c = i;
    REQUIRE((c->value == i->value && counted_map::const_iterator(map.end()) == std::as_const(map).end()));
    REQUIRE(counted_map::iterator() == map.end());
}

namespace {
struct alignas(256) wide {
    int value;
};
struct large {
    explicit large(int v) : value(v) {}
    int value;
    char rest[40000];
};
struct medium {
    explicit medium(int v) : value(v) {}
    int value;
    char rest[1996];
};
template <class T>
void fill_and_empty(std::size_t slots) {
    using number = std::conditional_t<sizeof(T) == 1, T, int>;
    strict memory;
    {
        alloy::pool_map<T, strict> map{memory};
        REQUIRE(seam::slots<decltype(map)> == slots);
        std::vector<alloy::pool_handle<T>> handles;
        for (int i = 0; i < 150; ++i) {
            handles.push_back(map.emplace(static_cast<number>(i)));
            REQUIRE(reinterpret_cast<std::uintptr_t>(map.find(handles.back())) % alignof(T) == 0);
        }
        for (std::size_t i = 0; i < 150; i += 2) REQUIRE(map.erase(handles[i]));
        int sum = 0;
        for (const auto& each : map) {
            if constexpr (std::is_integral_v<T>) sum += static_cast<int>(each);
            else sum += each.value;
        }
        REQUIRE(sum == 75 * 75);
        map.clear();
        map.trim();
        for (auto h : handles) REQUIRE(map.find(h) == nullptr);
        REQUIRE(map.find(map.emplace(static_cast<number>(3))) != nullptr);
    }
    REQUIRE(memory.used() == 0);
}
}  // namespace

TEST_CASE("elements of any size and alignment", "[pool_map][fault-3]") {
    fill_and_empty<unsigned char>(64);
    fill_and_empty<const int>(64);
    fill_and_empty<std::int64_t>(64);
    fill_and_empty<wide>(64);
    fill_and_empty<medium>(8);
    fill_and_empty<large>(1);
}

TEST_CASE("elements that only move, or not even that", "[pool_map]") {
    strict memory;
    alloy::pool_map<std::unique_ptr<int>, strict> owners{memory};
    auto p = std::make_unique<int>(4);
    const auto h = owners.insert(std::move(p));
    REQUIRE((!p && **owners.find(h) == 4));
    struct pair {
        int first, second;
    };
    alloy::pool_map<pair, strict> pairs{memory};
    REQUIRE(pairs.find(pairs.emplace(1, 2))->second == 2);
    const pair value{3, 4};
    REQUIRE(pairs.find(pairs.insert(value))->first == 3);
    REQUIRE(pairs.find(pairs.emplace())->first == 0);
    REQUIRE(std::as_const(pairs).find(pairs.begin().name())->first == 1);
}

TEST_CASE("maps are moved and swapped with all they have", "[pool_map][fault-30]") {
    strict memory, other_memory;
    int alive = 0;
    counted_map a{memory}, b{other_memory};
    const auto in_a = a.emplace(alive, 1);
    b.emplace(alive, 2);
    const auto in_b = b.emplace(alive, 3);
    const counted* const at = a.find(in_a);
    swap(a, b);
    REQUIRE((a.size() == 2 && b.size() == 1 && b.find(in_a) == at && a.find(in_b)->value == 3));
    a = std::move(b);
    REQUIRE((alive == 1 && a.find(in_a) == at && b.empty()));
    b.emplace(alive, 4);
    REQUIRE((b.size() == 1 && alive == 2));
    counted_map c(std::move(a));
    REQUIRE((c.find(in_a) == at && a.empty() && a.find(in_a) == nullptr));
    counted_map& same = c;
    c = std::move(same);
    REQUIRE((c.empty() && alive == 1));
    c.emplace(alive, 5);
    REQUIRE(c.size() == 1);
}

TEST_CASE("trim() gives empty chunks back, and stale handles stay stale", "[pool_map]") {
    strict memory;
    int alive = 0;
    counted_map map{memory};
    std::vector<counted_map::handle> handles;
    for (int i = 0; i < 64 * 20; ++i) handles.push_back(map.emplace(alive, i));
    const std::size_t full = memory.used();
    for (std::size_t i = 64; i < handles.size(); ++i) map.erase(handles[i]);
    REQUIRE(memory.used() == full);
    map.trim();
    REQUIRE(memory.used() <= full - 19 * seam::chunk_bytes<counted_map>);
    REQUIRE((map.size() == 64 && values(map).size() == 64));
    for (std::size_t i = 0; i < handles.size(); ++i) REQUIRE((map.find(handles[i]) != nullptr) == (i < 64));
    std::vector<counted_map::handle> later;
    for (int i = 64; i < 64 * 30; ++i) later.push_back(map.emplace(alive, i));
    for (std::size_t i = 0; i < handles.size(); ++i) REQUIRE((map.find(handles[i]) != nullptr) == (i < 64));
    for (auto h : later) REQUIRE(map.find(h) != nullptr);
    REQUIRE((map.size() == 64 * 30 && values(map).size() == 64 * 30));
}

TEST_CASE("reserved memory is enough", "[pool_map]") {
    strict memory;
    int alive = 0;
    counted_map map{memory};
    map.emplace(alive, 0);
    REQUIRE(map.reserve(1000));
    const std::size_t requests = memory.upstream().requests, used = memory.used();
    const auto begin = map.begin().name();
    for (int i = 1; i < 1000; ++i) map.emplace(alive, i);
    REQUIRE((memory.upstream().requests == requests && memory.used() == used));
    REQUIRE((map.reserve(0) && map.reserve(1000) && *map.try_reserve(1000) == 1000));
    REQUIRE(memory.used() == used);
    int expected = 0;
    for (const auto& each : map) REQUIRE(each.value == expected++);  // a map that grows is filled from its front
    REQUIRE(map.begin().name() == begin);
    map.clear();
    map.trim();
    REQUIRE(map.reserve(1000));
    const std::size_t again = memory.upstream().requests;
    for (int i = 0; i < 1000; ++i) map.emplace(alive, i);
    REQUIRE(memory.upstream().requests == again);
    for (std::size_t n : {SIZE_MAX, SIZE_MAX / 2, std::size_t{1} << 40}) {
        const auto refused = map.try_reserve(n);
        REQUIRE_FALSE(refused);
        REQUIRE(refused.error().reason == alloy::refusal::too_large);
        REQUIRE_THROWS_AS(map.reserve(n), alloy::out_of_memory);
    }
    REQUIRE((memory.upstream().requests == again && map.size() == 1000));
}

namespace {
/// Asks in every way; gives how many requests were refused. After each refusal the map is as it was.
template <class Memory>
int work(Memory& memory, alloy::pool_map<counted, Memory>& map, int& alive, std::vector<alloy::pool_handle<counted>>& handles) {
    int refused = 0;
    const auto unchanged = [&](auto f) {
        const std::size_t used = memory.used(), size = map.size();
        const int were = alive;
        bool made = false;
        try {
            made = f();
        } catch (const std::bad_alloc&) {
        }
        if (made) return;
        ++refused;
        REQUIRE((memory.used() == used && map.size() == size && alive == were));
        REQUIRE(values(map).size() == size);
    };
    const auto keep = [&](alloy::pool_handle<counted> h) {
        if (h) handles.push_back(h);
        return static_cast<bool>(h);
    };
    for (int i = 0; i < 200; ++i) {
        unchanged([&] { return keep(map.emplace(alive, i)); });
        unchanged([&] {
            auto made = map.try_emplace(alive, i);
            return made && keep(*made);
        });
    }
    unchanged([&] { return map.reserve(2000); });
    unchanged([&] { return map.try_reserve(4000).has_value(); });
    for (std::size_t i = 0; i < handles.size(); i += 2) map.erase(handles[i]);
    for (auto h : handles) map.erase(h);
    map.trim();
    unchanged([&] { return map.reserve(300); });
    for (int i = 0; i < 10; ++i) unchanged([&] { return keep(map.emplace(alive, i)); });
    return refused;
}

using refusing =
    std::tuple<strict, alloy::allocator<test::strict_upstream, alloy::fallback::null>, alloy::allocator<test::strict_upstream, alloy::lifetime::heap>,
               alloy::allocator<test::strict_upstream, alloy::threading::spin_locked, alloy::budget::hard<1 * alloy::MiB>, test::observer>,
               alloy::allocator<test::strict_upstream, alloy::checking::guarded<>>,
               alloy::allocator<test::strict_upstream, alloy::checking::poisoned<>>, alloy::allocator<test::strict_upstream, test::three_tags, test::frame_budget<1 * alloy::MiB>>>;
}  // namespace

TEMPLATE_LIST_TEST_CASE("a map is as it was where upstream refuses its k-th request", "[pool_map][fault-6]", refusing) {
    std::size_t requests = 0;
    int alive = 0;
    {
        TestType memory;
        std::vector<alloy::pool_handle<counted>> handles;
        alloy::pool_map<counted, TestType> map{memory};
        REQUIRE(work(memory, map, alive, handles) == 0);
        requests = memory.upstream().requests;
    }
    REQUIRE((requests > 10 && alive == 0));
    for (bool from_then_on : {false, true}) {
        for (std::size_t k = 1; k <= requests; ++k) {
            TestType memory;
            {
                std::vector<alloy::pool_handle<counted>> handles;
                alloy::pool_map<counted, TestType> map{memory};
                memory.upstream().refuse_at = k;
                memory.upstream().refuse_on = from_then_on;
                const int refused = work(memory, map, alive, handles);
                REQUIRE((refused > 0 || !from_then_on));  // a single refusal may be made up for by less memory
                memory.upstream().refuse_at = 0;
                REQUIRE(work(memory, map, alive, handles) == 0);
            }
            REQUIRE((alive == 0 && memory.used() == 0));
        }
    }
}

TEST_CASE("a budget bounds a map exactly", "[pool_map]") {
    alloy::allocator<test::strict_upstream, alloy::budget::hard<64 * alloy::KiB>> memory;
    alloy::pool_map<std::uint64_t, decltype(memory)> map{memory};
    std::size_t n = 0;
    while (auto h = map.try_emplace(n)) ++n;
    const auto refused = map.try_emplace(n);
    REQUIRE(refused.error().reason == alloy::refusal::budget);
    REQUIRE((n > 2000 && map.size() == n && memory.held() <= 64 * alloy::KiB));
    std::size_t expected = n * (n - 1) / 2;
    REQUIRE(std::accumulate(map.begin(), map.end(), std::size_t{0}) == expected);
    map.erase(map.begin().name());
    REQUIRE(map.try_emplace(n));
}

namespace {
struct throwing {
    int* alive;
    int value;
    throwing(int& a, int v) : alive(&a), value(v) {
        if (v % 5 == 0) throw std::runtime_error("no");
        ++a;
    }
    throwing(const throwing&) = delete;
    ~throwing() { --*alive; }
};
}  // namespace

TEST_CASE("a constructor that throws leaves the map as it was", "[pool_map][fault-7]") {
    strict memory;
    int alive = 0;
    {
        alloy::pool_map<throwing, strict> map{memory};
        int made = 0;
        for (int i = 0; i < 1000; ++i) {
            if (i % 5 == 0) {
                REQUIRE_THROWS_AS(map.emplace(alive, i), std::runtime_error);
                REQUIRE_THROWS_AS(map.try_emplace(alive, i), std::runtime_error);
            } else {
                REQUIRE(map.find(map.emplace(alive, i))->value == i);
                ++made;
            }
            REQUIRE((map.size() == static_cast<std::size_t>(made) && alive == made));
        }
        REQUIRE(values(map).size() == 800);
    }
    REQUIRE((alive == 0 && memory.used() == 0));
}

namespace {
/// An element whose constructor and destructor work with the map that holds it.
struct busy {
    using map_type = alloy::pool_map<busy, strict>;
    map_type* map;
    int* alive;
    int depth;
    alloy::pool_handle<busy> child;
    busy(map_type& m, int& a, int d) : map(&m), alive(&a), depth(d) {
        ++a;
        if (d > 0) child = m.emplace(m, a, d - 1);
        m.trim();
    }
    busy(const busy&) = delete;
    ~busy() {
        --*alive;
        map->erase(child);
        map->trim();
    }
};
}  // namespace

TEST_CASE("constructors and destructors may use the map", "[pool_map][fault-31]") {
    strict memory;
    int alive = 0;
    {
        busy::map_type map{memory};
        const auto root = map.emplace(map, alive, 200);
        REQUIRE((map.size() == 201 && alive == 201));
        std::size_t met = 0;
        for (const auto& each : map) met += each.map == &map;
        REQUIRE(met == 201);
        REQUIRE(map.erase(map.find(root)->child));
        REQUIRE((map.size() == 1 && alive == 1));
        REQUIRE(map.erase(root));
        REQUIRE((map.empty() && alive == 0));
        map.emplace(map, alive, 70);
    }
    REQUIRE((alive == 0 && memory.used() == 0));
}

#if !ALLOY_DETAIL_ASAN  // which tells of the write itself
TEST_CASE("a checking policy tells of a write to an element that was erased", "[pool_map][death][fault-12]") {
    using memory_type = alloy::allocator<alloy::checking::poisoned<>>;
    const auto words = [](bool writes, bool reuses) {
        return test::dying_words([&] {
            memory_type memory;
            alloy::pool_map<std::uint64_t, memory_type> map{memory};
            const auto h = map.insert(1);
            std::uint64_t* const kept = map.find(h);
            map.erase(h);
            if (writes) *kept = 2;
            if (reuses) map.insert(3);
        });
    };
    CHECK(words(false, true) == "(lived)");
    CHECK(words(false, false) == "(lived)");
    CHECK(words(true, true).find("free memory was written") != std::string::npos);
    CHECK(words(true, false).find("free memory was written") != std::string::npos);  // seen when the map ends
}
#endif
