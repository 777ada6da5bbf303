/// All headers in two translation units of one program: inline variables are one, frames opened in one serve in the other.
#include <cstdio>

#include "odr.hpp"

namespace {

struct own_allocator : alloy::allocator<alloy::budget::hard<65536 * 2>, alloy::tagging::named<"main">> {};

constinit test::common_allocator memory;
int complaints = 0;

void check(bool holds, const char* what) {
    if (holds) return;
    std::printf("not so: %s\n", what);
    ++complaints;
}

}  // namespace

int main() {
#ifndef ALLOY_TEST_HIDES
    check(test::things_seen_here() == test::things_seen_there(), "tables and names have one address in the whole program");
#endif
    {
        auto frame = memory.frame();
        check(test::use_there(memory) >= 1200, "a frame of the other unit opens inside this one's: the same thread, the same engine");
        check(test::make_there(frame)->size() == 100, "an object is made there in a frame of here");
        alloy::frame_vector<int> numbers{frame};
        for (int i = 0; i < 100; ++i) numbers.push_back(i);
        check(test::use_there(memory) >= 1200 && numbers.back() == 99, "what was made here is left alone there");
    }
    check(memory.metrics().frames == 1 && memory.used() == 0, "one outermost frame has ended");
    {
        own_allocator own;
        auto frame = own.frame();
        check(test::make_there(frame)->size() == 100, "code of the other unit allocates from a composition that it has not seen");
        check(std::string(own.name()) == "main" && test::own_composition_there() == "other", "two types of one name stay two");
    }
    check(test::catches_there([](test::common_allocator& m) { m.frame().make_span<char>(alloy::MiB); }, memory), "an exception thrown here is known there");
    bool caught = false;
    try {
        test::throws_there(memory);
    } catch (const alloy::out_of_memory& refused) {
        caught = refused.error().reason == alloy::refusal::budget;
    }
    check(caught, "an exception thrown there is known here");
    return complaints == 0 ? 0 : 1;
}
