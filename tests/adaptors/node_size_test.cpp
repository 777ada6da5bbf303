/// What node_bytes says is what containers over a pool are really asked for, node by node.
#include <forward_list>
#include <list>
#include <map>
#include <set>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>

#include <alloy/adaptors/node_size.hpp>
#include <alloy/adaptors/std_allocator.hpp>
#include <alloy/allocator.hpp>

#include "../support/catch.hpp"

namespace {

struct mine : alloy::allocator<> {};
template <class T>
using over = alloy::std_allocator<T, mine>;

struct key {
    key(int n, const char* s) : number(n), text(s) {}
    int number;
    std::string text;
    friend bool operator<(const key& a, const key& b) { return a.number < b.number; }
};
struct alignas(64) wide {
    char bytes[64]{};
};

/// One more element takes one more slot of the size that was foretold. The first elements are made before, so that tables of hash containers, whose
/// growth is no node, stay as they are.
template <class Alloy, class Plain, class Add>
void compare(Add add) {
    const alloy::node_size foretold = alloy::node_size_of<Plain>();
    REQUIRE(foretold.bytes >= sizeof(typename Plain::value_type));
    CHECK(foretold.bytes == alloy::node_bytes<Plain>());
    CHECK(foretold.slot() == foretold.bytes + foretold.waste());
    mine memory;
    Alloy container{over<typename Alloy::value_type>(memory)};
    for (int i = 0; i < 3; ++i) add(container, i);
    for (int i = 3; i < 6; ++i) {
        const std::size_t before = memory.used();
        add(container, i);
        CHECK(memory.used() == before + foretold.slot());
    }
}

}  // namespace

TEST_CASE("nodes take the slots that node_bytes foretells") {
    using text = std::string;
    compare<std::list<int, over<int>>, std::list<int>>([](auto& c, int i) { c.push_back(i); });
    compare<std::list<char, over<char>>, std::list<char>>([](auto& c, int) { c.push_back('x'); });
    compare<std::forward_list<text, over<text>>, std::forward_list<text>>([](auto& c, int) { c.push_front("x"); });
    compare<std::map<int, text, std::less<>, over<std::pair<const int, text>>>, std::map<int, text>>([](auto& c, int i) { c.emplace(i, "x"); });
    compare<std::multimap<char, char, std::less<>, over<std::pair<const char, char>>>, std::multimap<char, char>>([](auto& c, int) { c.emplace('a', 'b'); });
    compare<std::set<double, std::less<>, over<double>>, std::set<double>>([](auto& c, int i) { c.insert(i); });
    compare<std::unordered_map<int, text, std::hash<int>, std::equal_to<>, over<std::pair<const int, text>>>, std::unordered_map<int, text>>(
        [](auto& c, int i) { c.emplace(i, "x"); });
    compare<std::unordered_set<text, std::hash<text>, std::equal_to<>, over<text>>, std::unordered_set<text>>(
        [](auto& c, int i) { c.insert(std::to_string(i)); });
}

TEST_CASE("an over-aligned element has an over-aligned node") {
    const auto node = alloy::node_size_of<std::list<wide>>();
    CHECK(node.alignment == 64);
    CHECK(node.bytes == 128);
    CHECK(node.slot() == 128);
    CHECK(node.waste() == 0);
}

TEST_CASE("an element without a default is made from arguments") {
    CHECK_FALSE(std::is_default_constructible_v<key>);
    CHECK(alloy::node_bytes<std::set<key>>(1, "x") == alloy::node_bytes<std::set<std::pair<int, std::string>>>());
}

TEST_CASE("a node larger than the pool's slots has none") {
    struct large {
        char bytes[2000]{};
    };
    const auto node = alloy::node_size_of<std::list<large>>();
    CHECK(node.bytes >= 2016);
    CHECK(node.slot() == 0);
    CHECK(node.waste() == 0);
}
