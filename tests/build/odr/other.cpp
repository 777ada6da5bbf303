/// The second of two translation units that include everything. Its own composition has the name of main.cpp's.
#include "odr.hpp"

namespace {
struct own_allocator : alloy::allocator<alloy::growth::in_place<2048>, alloy::upstream::none, alloy::lifetime::frame, alloy::tagging::named<"other">> {};
}  // namespace

test::shared_things test::things_seen_there() { return things_seen_here(); }

std::size_t test::use_there(common_allocator& memory) {
    auto frame = memory.frame();
    frame.make_span<int>(300);  // more than a block
    auto inner = frame.checkpoint();
    inner.make<double>(1.5);
    return frame.used() + inner.used();
}

std::string* test::make_there(alloy::frame_ref frame) {
    frame.make_span<char>(2000);
    return frame.make<std::string>(std::size_t{100}, 'x');
}

std::string test::own_composition_there() {
    own_allocator memory;
    auto frame = memory.frame();
    return frame.make<int>(1) ? memory.name() : "nothing";
}

bool test::throws_there(common_allocator& memory) { return memory.frame().make_span<char>(alloy::MiB).empty(); }

bool test::catches_there(void (*f)(common_allocator&), common_allocator& memory) {
    try {
        f(memory);
    } catch (const alloy::out_of_memory& refused) {
        return refused.error().reason == alloy::refusal::budget;
    }
    return false;
}
