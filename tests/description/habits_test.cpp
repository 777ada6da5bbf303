/// What objects are used for, noticed, and what is advised of it.
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>
#include <alloy/report/habits.hpp>
#include <alloy/tracking/observed.hpp>

#include "../support/catch.hpp"

namespace {

using namespace alloy;

struct measured : allocator<tagging::named<"level">, tracking::observed<report::habits>> {};

std::vector<report::advice> of(measured& memory) { return memory.tracking().get<report::habits>().advise(); }

TEST_CASE("objects of the pool that are freed in the frame that made them") {
    measured memory;
    for (int i = 0; i < 100; ++i) {
        auto frame = memory.frame();
        for (int k = 0; k < 3; ++k) static_cast<void>(memory.make_pooled<long>(k));
    }
    const auto all = of(memory);
    REQUIRE(all.size() == 1);
    CHECK(all[0].kind == "pooled_for_a_frame");
    CHECK(all[0].tag == "level");
    INFO(all[0].what);
    CHECK(std::stoul(all[0].what) >= 256);  // one place has two addresses: in place, and by a call where the free list is empty
    CHECK(all[0].what.find(" objects of the pool were made") != std::string::npos);
    CHECK(all[0].what.ends_with(" of them freed in the frame that made them"));
}

TEST_CASE("few of them, or such as live on, or such as are made outside of frames, are well") {
    measured memory;
    {
        auto frame = memory.frame();
        for (int i = 0; i < 255; ++i) static_cast<void>(memory.make_pooled<long>(i));
    }
    std::vector<measured::pool_ptr<int>> kept;
    for (int i = 0; i < 400; ++i) {
        auto frame = memory.frame();
        kept.push_back(memory.make_pooled<int>(i));
        if (kept.size() > 3) kept.erase(kept.begin());
    }
    kept.clear();
    for (int i = 0; i < 400; ++i) static_cast<void>(memory.make_pooled<short>());
    CHECK(of(memory).empty());
}

TEST_CASE("objects of the heap that would fit the pool") {
    measured memory;
    std::vector<measured::heap_ptr<std::array<char, 100>>> objects;
    for (int i = 0; i < 256; ++i) objects.push_back(memory.make_heap<std::array<char, 100>>());
    for (int i = 0; i < 300; ++i) static_cast<void>(memory.make_heap<std::array<char, 2000>>());
    const auto all = of(memory);
    REQUIRE(all.size() == 1);
    CHECK(all[0].kind == "heap_fits_pool");
    CHECK(all[0].what.starts_with("256 objects of at most 100 B were made in the heap"));
}

TEST_CASE("objects that are promoted again and again") {
    report::habits seen;
    int from = 0, to = 0;
    for (int i = 0; i < 256; ++i) {
        CHECK(seen.advise().empty());
        seen.on(promotion_event{&from, &to, 16, 8, 0, "level", true});
    }
    REQUIRE(seen.advise().size() == 1);
    CHECK(seen.advise()[0].kind == "promoted_again");
}

TEST_CASE("two places in the code are two, though their tag is one") {
    measured memory;
    auto frame = memory.frame();
    for (int i = 0; i < 200; ++i) {
        static_cast<void>(memory.allocate(16));
        void* const there = memory.allocate(16);
        memory.deallocate(there, 16);
    }
    CHECK(of(memory).empty());  // the second alone would be a habit, were it more
    for (int i = 0; i < 100; ++i) memory.deallocate(memory.allocate(24), 24);
    CHECK(of(memory).empty());
}

}  // namespace
