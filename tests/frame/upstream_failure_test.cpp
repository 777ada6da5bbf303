// Every operation survives upstream refusing its k-th request, once and from then on, for every k.
#include <cstring>
#include <string>
#include <vector>

#include <alloy/containers.hpp>

#include "../support/catch.hpp"
#include "../support/compositions.hpp"
#include "../support/refusals.hpp"

namespace {

/// A frame's work that asks upstream often, through every kind of request. Gives how many requests were refused.
template <class Memory>
int work(Memory& memory) {
    int refused = 0;
    const auto guarded = [&](auto f) {
        try {
            f();
        } catch (const std::bad_alloc&) {
            ++refused;
        }
    };
    auto opened = memory.try_frame();  // with frames per thread the first takes memory
    if (!opened) return refused + 1;
    auto& frame = *opened;
    guarded([&] { std::memset(frame.allocate(400, 8), 1, 400); });
    guarded([&] { frame.template make<std::string>(std::size_t{100}, 'x'); });
    guarded([&] {
        auto inner = memory.frame();
        inner.template make_span<double>(200);
        frame.template make_span<int>(100);  // a side block
        auto attempt = inner.checkpoint();
        attempt.template make<std::string>(std::size_t{600}, 'y');
        std::memset(attempt.allocate(2000, 64), 2, 2000);
        attempt.commit();
    });
    guarded([&] {
        auto cursor = frame.cursor();
        for (int i = 0; i < 300; ++i) cursor.template make<double>(i);
        std::memset(frame.allocate(700, 8), 3, 700);
    });
    guarded([&] {
        alloy::frame_vector<int> v{frame};
        for (int i = 0; i < 1000; ++i) v.push_back(i);
        for (int i = 0; i < 1000; ++i) REQUIRE(v[static_cast<std::size_t>(i)] == i);
    });
    if (auto begun = memory.try_begin_frame()) {
        guarded([&] { (*begun)->template make_batch<std::string>(10, [](std::size_t i) { return std::string(i * 10, 'z'); }); });
        REQUIRE(memory.end_frame().closed);
    } else {
        ++refused;
    }
    REQUIRE((frame.try_allocate(5000, 8).has_value() || ++refused));
    return refused;
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("upstream may refuse any request", "[fault-6]", test::compositions) {
    test::try_each_refusal<TestType>([](TestType& memory) { return work(memory); });
}
