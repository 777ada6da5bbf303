/// Containers of containers of strings, all in one allocator: by type with a scoped allocator, and by std::pmr where an interface asks for it.
#include <cstdio>
#include <memory_resource>
#include <scoped_allocator>
#include <string>
#include <utility>
#include <vector>

#include <alloy/adaptors/std_allocator.hpp>
#include <alloy/allocator.hpp>
#include <alloy/memory_resource.hpp>

// [scoped]
struct level_allocator : alloy::allocator<> {};
template <class T>
using in_level = std::scoped_allocator_adaptor<alloy::std_allocator<T, level_allocator>>;
using text = std::basic_string<char, std::char_traits<char>, in_level<char>>;
using row = std::vector<text, in_level<text>>;
using table = std::vector<row, in_level<row>>;

static table make(level_allocator& memory) {
    table words{in_level<row>(memory)};                                          // said once;
    words.emplace_back().emplace_back("a text that is too long for its object");  // rows and texts are given it by their table
    return words;
}
// [/scoped]

int main() {
    level_allocator one, two;
    std::size_t used = 0, moved = 0;
    {
        table words = make(one);
        table other{in_level<row>(two)};
        used = one.used();
        // [moves]
        other = words;             // a copy stays where it is assigned to: in two
        other = std::move(words);  // what is moved brings its memory along: one's
        // [/moves]
        moved = two.used();
    }
    // [pmr]
    alloy::memory_resource resource{two};
    std::pmr::vector<std::pmr::string> lines{&resource};
    lines.emplace_back("another text that is too long for its object");
    // [/pmr]
    std::printf("%zu bytes for the table; %zu in the other allocator after the move; %zu for the lines\n", used, moved, two.used());
    return used > 0 && moved == 0 && one.used() == 0 && two.used() > 0 ? 0 : 1;
}
