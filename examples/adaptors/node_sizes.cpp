/// What one more element of a container costs in a pool: its node, the slot for that, and what the slot leaves.
#include <array>
#include <cstdio>
#include <forward_list>
#include <list>
#include <map>
#include <set>
#include <string>
#include <unordered_map>

#include <alloy/adaptors/node_size.hpp>

// [table]
template <class Container>
static void row(const char* name) {
    const alloy::node_size node = alloy::node_size_of<Container>();
    std::printf("%-34s %4zu %8zu %4zu %5zu\n", name, node.bytes, sizeof(typename Container::value_type), node.slot(), node.waste());
}
// [/table]

int main() {
    std::printf("%-34s %4s %8s %4s %5s\n", "container", "node", "element", "slot", "waste");
    row<std::forward_list<int>>("forward_list<int>");
    row<std::list<int>>("list<int>");
    row<std::set<int>>("set<int>");
    row<std::map<int, std::string>>("map<int, string>");
    row<std::unordered_map<int, std::string>>("unordered_map<int, string>");
    row<std::unordered_map<std::string, double>>("unordered_map<string, double>");
    row<std::map<int, std::array<char, 100>>>("map<int, array<char, 100>>");
    const auto node = alloy::node_size_of<std::map<int, std::string>>();
    return node.bytes > sizeof(std::pair<const int, std::string>) && node.slot() >= node.bytes ? 0 : 1;
}
