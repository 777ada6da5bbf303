// After warm-up, frames ask upstream for nothing and touch no page that was not there.
#include <cstring>

#include <sys/resource.h>

#include "../support/catch.hpp"
#include "../support/compositions.hpp"

namespace {
long page_faults() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return used.ru_minflt + used.ru_majflt;
}
using steady = std::tuple<alloy::allocator<test::strict_upstream>, alloy::allocator<test::strict_upstream, alloy::growth::coalesced<alloy::growth::geometric<4096>>>,
                          alloy::allocator<test::strict_upstream, alloy::growth::linear<4096>, alloy::lifetime::frames<2>>,
                          alloy::allocator<test::strict_upstream, alloy::threading::spin_locked, alloy::tracking::boundary_metrics, alloy::budget::hard<4 * alloy::MiB>>>;
}  // namespace

TEMPLATE_LIST_TEST_CASE("a steady frame costs no request and no page fault", "[frame][steady]", steady) {
    TestType memory;
    const auto work = [&memory] {
        auto frame = memory.frame();
        for (int i = 0; i < 100; ++i) std::memset(frame.allocate(1000, 8), i, 1000);
        auto inner = memory.frame();
        for (int i = 0; i < 100; ++i) std::memset(inner.allocate(500, 8), i, 500);
        std::memset(frame.allocate(2000, 8), 1, 2000);
    };
    for (int i = 0; i < 100; ++i) work();
    const std::size_t requests = memory.upstream().requests;
    long more = 1;  // the least of some rounds, since the system may take a page away for reasons of its own
    for (int round = 0; round < 5 && more != 0; ++round) {
        const long faults = page_faults();
        for (int i = 0; i < 1000; ++i) work();
        more = page_faults() - faults;
    }
    CHECK(memory.upstream().requests == requests);
    if (!ALLOY_DETAIL_ASAN) CHECK(more == 0);  // whose own bookkeeping touches pages
}
