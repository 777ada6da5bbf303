/// Standard containers over Alloy's memory, nested and assigned in every way: who goes along, who stays, and whose memory each element lies in.
#include <list>
#include <map>
#include <memory>
#include <memory_resource>
#include <scoped_allocator>
#include <string>
#include <utility>
#include <vector>

#include <alloy/adaptors/std_allocator.hpp>
#include <alloy/allocator.hpp>
#include <alloy/memory_resource.hpp>
#include <alloy/policies.hpp>
#include <alloy/upstream/resource.hpp>

#include "../support/catch.hpp"

namespace {

struct mine : alloy::allocator<> {};
template <class T>
using over = alloy::std_allocator<T, mine>;
template <class T>
using scoped = std::scoped_allocator_adaptor<over<T>>;
using text = std::basic_string<char, std::char_traits<char>, scoped<char>>;
using row = std::vector<text, scoped<text>>;
using table = std::vector<row, scoped<row>>;
using numbers = std::vector<int, over<int>>;
using nodes = std::list<int, over<int>>;

const char* const sentence = "a text that is too long to be kept inside its object";

static_assert(!std::allocator_traits<over<int>>::propagate_on_container_copy_assignment::value);
static_assert(std::allocator_traits<over<int>>::propagate_on_container_move_assignment::value);
static_assert(std::allocator_traits<over<int>>::propagate_on_container_swap::value);
static_assert(!std::allocator_traits<over<int>>::is_always_equal::value);
static_assert(std::allocator_traits<scoped<int>>::propagate_on_container_move_assignment::value);
static_assert(std::is_nothrow_move_assignable_v<numbers>);

}  // namespace

TEST_CASE("scoped_allocator_adaptor hands the allocator on to every level") {
    mine memory;
    {
        table t{scoped<row>(memory)};
        t.emplace_back();
        t[0].emplace_back(sentence);
        t[0].emplace_back("short");
        t.emplace_back(t[0]);
        CHECK(t[1][0] == sentence);
        CHECK(t[0].get_allocator().outer_allocator() == over<text>(memory));
        CHECK(t[1][0].get_allocator().outer_allocator() == over<char>(memory));
        CHECK(memory.used() >= 2 * std::char_traits<char>::length(sentence) + 4 * sizeof(text));
        std::map<int, text, std::less<>, scoped<std::pair<const int, text>>> names{scoped<std::pair<const int, text>>(memory)};
        names[1] = sentence;
        names.try_emplace(2, sentence);
        CHECK(names.at(2).get_allocator().outer_allocator() == over<char>(memory));
    }
    CHECK(memory.used() == 0);
}

TEST_CASE("move assignment takes the other's memory and allocator along") {
    mine a, b;
    {
        numbers from({1, 2, 3}, a), to({4}, b);
        const int* const there = from.data();
        to = std::move(from);
        CHECK(to.data() == there);
        CHECK(to.get_allocator() == over<int>(a));
        CHECK(b.used() == 0);
        nodes list_from({1, 2, 3}, a), list_to({4}, b);
        const int* const node = &list_from.front();
        list_to = std::move(list_from);
        CHECK(&list_to.front() == node);
        CHECK(b.used() == 0);
    }
    CHECK(a.used() == 0);
}

TEST_CASE("move construction with another allocator moves element by element, with an equal one it takes the memory") {
    mine a, b;
    numbers from({1, 2, 3}, a);
    const int* const there = from.data();
    numbers same(std::move(from), over<int>(a));
    CHECK(same.data() == there);
    numbers other(std::move(same), over<int>(b));
    CHECK(other.data() != there);
    CHECK(other == numbers({1, 2, 3}, b));
    CHECK(b.used() > 0);
    nodes list({1, 2, 3}, a);
    const nodes list_other(std::move(list), over<int>(b));
    CHECK(list_other == nodes({1, 2, 3}, b));
}

TEST_CASE("copy assignment stays with its own allocator, copy construction takes the source's") {
    mine a, b;
    numbers from({1, 2, 3}, a), to({4}, b);
    to = from;
    CHECK(to.get_allocator() == over<int>(b));
    CHECK(to == from);
    const numbers copy(from);
    CHECK(copy.get_allocator() == over<int>(a));
    nodes list_from({1, 2, 3}, a), list_to({4, 5, 6, 7}, b);
    list_to = list_from;
    CHECK(list_to.get_allocator() == over<int>(b));
    CHECK(list_to == list_from);
}

TEST_CASE("swap exchanges memory and allocators") {
    mine a, b;
    {
        numbers x({1, 2, 3}, a), y({4}, b);
        const int* const there = x.data();
        x.swap(y);
        CHECK(y.data() == there);
        CHECK(x.get_allocator() == over<int>(b));
        CHECK(y.get_allocator() == over<int>(a));
    }
    CHECK(a.used() == 0);
    CHECK(b.used() == 0);
}

TEST_CASE("splicing, merging and node handles between containers of one allocator move nothing") {
    mine a;
    nodes x({1, 3}, a), y({2, 4}, a);
    const std::size_t used = a.used();
    x.merge(y);
    CHECK(x == nodes({1, 2, 3, 4}, a));
    CHECK(a.used() == used);
    std::map<int, int, std::less<>, over<std::pair<const int, int>>> m{a}, n{a};
    m[1] = 2;
    const int* const there = &m[1];
    n.insert(m.extract(1));
    CHECK(&n[1] == there);
}

TEST_CASE("nested tables move between allocators with all their strings") {
    mine a, b;
    {
        table from{scoped<row>(a)}, to{scoped<row>(b)};
        from.emplace_back().emplace_back(sentence);
        to.emplace_back().emplace_back(sentence);
        to = from;
        CHECK(to[0][0].get_allocator().outer_allocator() == over<char>(b));
        to = std::move(from);
        CHECK(to[0][0].get_allocator().outer_allocator() == over<char>(a));
        CHECK(to[0][0] == sentence);
        CHECK(b.used() == 0);
        table moved(std::move(to), scoped<row>(b));
        CHECK(moved[0][0].get_allocator().outer_allocator() == over<char>(b));
        CHECK(moved[0][0] == sentence);
    }
    CHECK(a.used() == 0);
    CHECK(b.used() == 0);
}

TEST_CASE("polymorphic allocators over a memory_resource: every level, and nothing goes along") {
    mine a, b;
    alloy::memory_resource ra{a}, rb{b}, again{a};
    CHECK(ra.is_equal(again));
    CHECK_FALSE(ra.is_equal(rb));
    CHECK_FALSE(ra.is_equal(*std::pmr::new_delete_resource()));
    {
        std::pmr::vector<std::pmr::string> from{&ra}, to{&rb};
        from.emplace_back(sentence);
        CHECK(from[0].get_allocator().resource() == &ra);
        to = from;
        CHECK(to[0].get_allocator().resource() == &rb);
        to = std::move(from);  // unequal: element by element
        CHECK(to.get_allocator().resource() == &rb);
        CHECK(to[0].get_allocator().resource() == &rb);
        CHECK(to[0] == sentence);
        std::pmr::vector<std::pmr::string> equal{&again};
        equal.emplace_back(sentence);
        const auto* const there = equal.data();
        std::pmr::vector<std::pmr::string> target{&ra};
        target = std::move(equal);  // equal, though another object: the memory goes along
        CHECK(target.data() == there);
        std::pmr::map<int, std::pmr::vector<std::pmr::string>> deep{&ra};
        deep[1].emplace_back(sentence);
        CHECK(deep[1][0].get_allocator().resource() == &ra);
    }
    CHECK(a.used() == 0);
    CHECK(b.used() == 0);
}

TEST_CASE("allocate_shared puts object and counts into the allocator, until the last weak one ends") {
    mine memory;
    std::weak_ptr<text> watched;
    {
        const auto shared = std::allocate_shared<text>(over<text>(memory), sentence, scoped<char>(memory));
        watched = shared;
        CHECK(memory.used() > sizeof(text));
        alloy::memory_resource resource{memory};
        const auto by_resource = std::allocate_shared<int>(std::pmr::polymorphic_allocator<int>(&resource), 7);
        CHECK(*by_resource == 7);
        const auto array = std::allocate_shared<int[]>(over<int>(memory), 100);
        CHECK(array[99] == 0);
    }
    CHECK(watched.expired());
    CHECK(memory.used() > 0);
    watched.reset();
    CHECK(memory.used() == 0);
}

TEST_CASE("an allocator stands on another one's memory") {
    mine below;
    alloy::memory_resource ground{below};
    {
        struct upper : alloy::allocator<alloy::upstream::resource> {};
        upper memory;
        memory.upstream() = alloy::upstream::resource(&ground);
        std::vector<int, alloy::std_allocator<int, upper>> v{memory};
        v.resize(100'000, 7);
        std::list<int, alloy::std_allocator<int, upper>> l({1, 2, 3}, memory);
        auto frame = memory.frame();
        CHECK(frame.make_span<int>(1000).size() == 1000);
        CHECK(v.back() == 7);
        CHECK(below.used() >= memory.used());
        CHECK(below.used() >= 100'000 * sizeof(int));
    }
    CHECK(below.used() == 0);
}
