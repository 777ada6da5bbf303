/// A recorder asks nobody for memory.
#include <cstddef>

#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>
#include <alloy/tracking/recorded.hpp>

#include "../support/catch.hpp"
#include "../support/counting_new.hpp"

namespace {

struct forgetful {
    std::size_t bytes = 0;
    static bool open() noexcept { return true; }
    bool write(const void*, std::size_t n) noexcept {
        bytes += n;
        return true;
    }
};

}  // namespace

TEST_CASE("a recorder asks neither upstream nor anyone else for memory", "[tracking][recorded]") {
    using watched = alloy::tracking::observed<alloy::tracking::recorded<forgetful, 1024>, alloy::tracking::boundary_metrics>;
    alloy::allocator<watched, alloy::upstream::malloc> memory;
    auto& recorder = memory.tracking().get<alloy::tracking::recorded<forgetful, 1024>>();
    REQUIRE(recorder.start());
    for (int turn = 0; turn < 3; ++turn) {
        std::size_t before, after;
        {
            auto frame = memory.frame();
            frame.make<int>(0);
            before = test::news() + memory.metrics().upstream_requests;
            for (int i = 0; i < 2000; ++i) frame.make<int>(i);
            memory.mark("half-way");
            after = test::news() + memory.metrics().upstream_requests;
        }
        CHECK(after == before);
    }
    CHECK(recorder.writer().bytes > 3 * 1024);  // in the middle of each, several times
    CHECK(recorder.stop());
}
