/// Traces that are compressed as they are written.
#include <string>
#include <vector>

#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>
#include <alloy/trace/reader.hpp>
#include <alloy/trace/zstd.hpp>

#include "../support/catch.hpp"

namespace {

namespace trace = alloy::trace;

/// Takes so many bytes.
struct keeper {
    std::vector<unsigned char>* to = nullptr;
    std::size_t room = 0;
    bool open(std::vector<unsigned char>& bytes, std::size_t most = SIZE_MAX) noexcept {
        to = &bytes;
        room = most;
        return most > 0;
    }
    bool write(const void* bytes, std::size_t n) noexcept {
        if (n > room) return false;
        room -= n;
        const auto* const from = static_cast<const unsigned char*>(bytes);
        to->insert(to->end(), from, from + n);
        return true;
    }
};
using memory_type = alloy::allocator<alloy::tracking::recorded<trace::zstd_writer<keeper>, 1024>>;

void use(memory_type& memory) {
    for (int turn = 0; turn < 100; ++turn) {
        auto frame = memory.frame();
        for (int i = 0; i < 100; ++i) static_cast<void>(frame.allocate(static_cast<std::size_t>(8 * (i % 10) + turn % 4 + 1)));
    }
}

}  // namespace

TEST_CASE("a compressed trace is the same trace, in fewer bytes", "[tracking][recorded][zstd]") {
    memory_type memory;
    std::vector<unsigned char> packed, plain;
    for (int again = 0; again < 2; ++again) {  // a stream is used again
        packed.clear();
        plain.clear();
        REQUIRE(memory.tracking().start(packed));
        use(memory);
        REQUIRE(memory.tracking().stop());
        CHECK(trace::is_zstd(packed));
        REQUIRE_FALSE(trace::unzstd(packed, plain).has_value());
        CHECK(packed.size() * 2 < plain.size());
        trace::reader read(plain);
        std::size_t taken = 0;
        for (trace::event e; read.next(e);) taken += e.what == trace::op::take;
        CHECK_FALSE(read.wrong().has_value());
        CHECK(taken == 10000);
    }
    std::vector<unsigned char> part;
    const auto cut = trace::unzstd(std::span<const unsigned char>(packed).first(packed.size() / 2), part);
    REQUIRE(cut.has_value());
    CHECK(cut->what == "the compressed trace breaks off");
    packed.push_back(0);
    part.clear();
    REQUIRE(trace::unzstd(packed, part).has_value());
    CHECK(trace::unzstd(packed, part)->what == "something follows the compressed trace");
    packed[6] = static_cast<unsigned char>(~packed[6]);
    const auto broken = trace::unzstd(packed, part);
    CHECK((!broken || !broken->what.empty()));
}

TEST_CASE("a compressed trace that cannot be written ends the recording", "[tracking][recorded][zstd]") {
    memory_type memory;
    std::vector<unsigned char> packed;
    CHECK_FALSE(memory.tracking().start(packed, std::size_t{0}));
    CHECK_FALSE(memory.tracking().is_recording());
    REQUIRE(memory.tracking().start(packed, std::size_t{100}));
    use(memory);
    CHECK_FALSE(memory.tracking().stop());  // at the latest when its end is written
    CHECK(memory.tracking().failed());
}
