// Standard containers over the pool and the heap: what their allocator promises, and how it goes along.
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <memory_resource>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include <alloy/adaptors/std_allocator.hpp>
#include <alloy/memory_resource.hpp>

#include "../support/catch.hpp"
#include "../support/pool_compositions.hpp"

namespace {
template <class T, class Memory>
using over = alloy::std_allocator<T, typename Memory::allocator_type>;
}  // namespace

TEMPLATE_LIST_TEST_CASE("containers live in the pool and the heap of any composition", "[pool][heap][containers]", test::pool_compositions) {
    TestType memory;
    {
        using string = std::basic_string<char, std::char_traits<char>, over<char, TestType>>;
        const over<int, TestType> a{memory};
        std::list<int, over<int, TestType>> list{a};
        std::map<int, string, std::less<>, over<std::pair<const int, string>, TestType>> map{a};
        std::unordered_map<int, int, std::hash<int>, std::equal_to<>, over<std::pair<const int, int>, TestType>> hashed{a};
        std::vector<int, over<int, TestType>> vector{a};
        std::deque<int, over<int, TestType>> deque{a};
        string text{"", a};
        std::vector<bool, over<bool, TestType>> bits{a};
        for (int i = 0; i < 500; ++i) {
            list.push_front(i);
            map.emplace(i, string(static_cast<std::size_t>(i), 'x', a));
            hashed[i] = i;
            vector.push_back(i);
            deque.push_back(i);
            text += "some text";
            bits.push_back(i % 3 == 0);
        }
        for (int i = 0; i < 500; ++i) {
            REQUIRE(map.at(i).size() == static_cast<std::size_t>(i));
            REQUIRE(hashed.at(i) == i);
            REQUIRE(vector[static_cast<std::size_t>(i)] == i);
            REQUIRE(deque[static_cast<std::size_t>(i)] == i);
            REQUIRE(bits[static_cast<std::size_t>(i)] == (i % 3 == 0));
        }
        CHECK(list.front() == 499);
        CHECK(text.size() == 4500);
        for (int i = 0; i < 500; i += 2) map.erase(i);
        list.remove_if([](int n) { return n % 3 == 0; });
        vector.shrink_to_fit();
        CHECK(vector.capacity() == 500);
        CHECK(memory.used() > 500 * sizeof(int) * 4);
        auto shared = std::allocate_shared<std::vector<int, over<int, TestType>>>(a, std::size_t{100}, 7, a);
        std::weak_ptr<std::vector<int, over<int, TestType>>> weak = shared;
        CHECK(shared->at(99) == 7);
        shared.reset();
        CHECK(weak.expired());
    }
    CHECK(memory.used() == 0);
    memory.trim();
    CHECK(memory.held() == 0);
}

TEST_CASE("a pool's allocator keeps the standard's rules", "[pool][containers][fault-30]") {
    using memory_type = alloy::allocator<test::strict_upstream>;
    using a_int = alloy::std_allocator<int, memory_type>;
    using traits = std::allocator_traits<a_int>;
    STATIC_REQUIRE(traits::propagate_on_container_move_assignment::value);
    STATIC_REQUIRE(traits::propagate_on_container_swap::value);
    STATIC_REQUIRE_FALSE(traits::propagate_on_container_copy_assignment::value);
    STATIC_REQUIRE_FALSE(traits::is_always_equal::value);
    STATIC_REQUIRE(std::is_same_v<traits::rebind_alloc<long>, alloy::std_allocator<long, memory_type>>);
    STATIC_REQUIRE(sizeof(a_int) == sizeof(void*));
    STATIC_REQUIRE(std::is_nothrow_copy_constructible_v<a_int> && std::is_nothrow_move_assignable_v<a_int>);
    memory_type one, two;
    const a_int a{one}, b{two};
    const alloy::std_allocator<void*, memory_type> other{a};
    CHECK(a == a_int{other});
    CHECK(other == a);
    CHECK(a != b);
    a_int assigned = a;
    assigned = b;
    CHECK(assigned == b);

    using vector = std::vector<int, a_int>;
    vector v({1, 2, 3}, a), w({4, 5}, b);
    const int* const at = v.data();
    vector moved = std::move(v);
    CHECK(moved.data() == at);
    CHECK(moved.get_allocator() == a);
    w = std::move(moved);  // the memory and its allocator go along
    CHECK(w.data() == at);
    CHECK(w.get_allocator() == a);
    vector x({6}, b);
    x = w;  // a copy stays where it is
    CHECK(x.get_allocator() == b);
    CHECK(x == w);
    const int *const px = x.data(), *const pw = w.data();
    std::swap(x, w);
    CHECK(x.data() == pw);
    CHECK(w.data() == px);
    CHECK(x.get_allocator() == a);
    vector elsewhere(std::move(x), b);  // other memory: the elements move
    CHECK(elsewhere.data() != pw);
    CHECK(elsewhere == vector({1, 2, 3}, b));
    std::list<int, a_int> from({1, 2}, a), to({3}, a);
    to.splice(to.end(), from);
    CHECK(to.size() == 3);
}

TEST_CASE("a pool's adaptors throw where there is no memory, whatever the fallback", "[pool][containers][fault-1]") {
    alloy::allocator<test::strict_upstream, alloy::fallback::null> memory;
    const volatile std::size_t most = SIZE_MAX;
    alloy::std_allocator<long, decltype(memory)> longs{memory};
    CHECK_THROWS_AS(longs.allocate(most / 8), std::bad_array_new_length);
    CHECK_THROWS_AS(longs.allocate(most / 16), std::bad_alloc);
    alloy::std_allocator<char, decltype(memory)> chars{memory};
    CHECK_THROWS_AS(chars.allocate(most), std::bad_alloc);
    CHECK(memory.upstream().requests == 0);
    memory.upstream().refuse_at = 1;
    memory.upstream().refuse_on = true;
    CHECK_THROWS_AS(longs.allocate(1), std::bad_alloc);
    alloy::memory_resource resource{memory};
    CHECK_THROWS_AS(resource.allocate(1, 1), std::bad_alloc);
    const volatile std::size_t three = 3;
    CHECK_THROWS_AS(resource.allocate(8, three), std::bad_alloc);
    CHECK(memory.allocate(8) == nullptr);
    CHECK_FALSE(memory.make_pooled<int>(1));
    CHECK_FALSE(memory.make_heap<int[]>(10));
    CHECK(memory.reallocate(nullptr, 0, 10) == nullptr);
    memory.upstream().refuse_at = 0;
    long* none = longs.allocate(0);  // not null, and it can be freed
    CHECK(none != nullptr);
    longs.deallocate(none, 0);
    CHECK(memory.used() == 0);
}

TEST_CASE("the pool is a pmr resource, aligned as asked, equal over the same allocator", "[pool][containers][pmr][fault-2][fault-5]") {
    struct mine : alloy::allocator<test::strict_upstream> {};
    mine memory, second;
    alloy::memory_resource resource{memory}, again{memory}, other{second};
    CHECK(resource == again);
    CHECK_FALSE(resource == other);
    CHECK_FALSE(resource == *std::pmr::new_delete_resource());
    std::vector<void*> all;
    for (int i = 0; i < 100; ++i) {
        all.push_back(resource.allocate(24, 16));
        REQUIRE(reinterpret_cast<std::uintptr_t>(all.back()) % 16 == 0);
    }
    for (void* p : all) resource.deallocate(p, 24, 16);
    for (std::size_t alignment = 1; alignment <= 4096; alignment *= 2) {
        void* p = resource.allocate(0, alignment);
        REQUIRE(p != nullptr);
        REQUIRE(reinterpret_cast<std::uintptr_t>(p) % alignment == 0);
        again.deallocate(p, 0, alignment);
    }
    {
        std::pmr::map<int, std::pmr::string> map{&resource};
        for (int i = 0; i < 100; ++i) map.emplace(i, std::string(static_cast<std::size_t>(i) * 30, 'y'));
        std::pmr::map<int, std::pmr::string> copy{map, &other};
        CHECK(copy == map);
        CHECK(second.used() > 0);
    }
    CHECK(memory.used() == 0);
    CHECK(second.used() == 0);
}

TEST_CASE("containers of one allocator hold what another one's handles own", "[pool][containers][handles]") {
    alloy::allocator<test::strict_upstream> memory;
    using handle = decltype(memory)::pool_ptr<std::string>;
    {
        std::vector<handle, alloy::std_allocator<handle, decltype(memory)>> all{memory};
        for (int i = 0; i < 100; ++i) all.push_back(memory.make_pooled<std::string>(std::to_string(i)));
        all.erase(all.begin() + 10, all.begin() + 20);
        CHECK(*all[10] == "20");
        CHECK(all.size() == 90);
    }
    CHECK(memory.used() == 0);
}
