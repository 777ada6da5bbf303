/// Traces as a recorder writes them and the reader reads them back.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>
#include <alloy/trace/reader.hpp>
#include <alloy/tracking/recorded.hpp>

#include "../support/catch.hpp"

namespace {

using alloy::allocator;
namespace trace = alloy::trace;

/// Keeps the bytes, and how they came; refuses to take more than it may.
struct keeper {
    std::vector<unsigned char>* to = nullptr;
    std::size_t room = SIZE_MAX, times = 0;
    bool is_closed = false;
    bool open(std::vector<unsigned char>& bytes, std::size_t most = SIZE_MAX) noexcept {
        to = &bytes;
        room = most;
        is_closed = false;
        return true;
    }
    bool write(const void* bytes, std::size_t n) noexcept {
        if (n > room) return false;
        room -= n;
        ++times;
        const auto* const from = static_cast<const unsigned char*>(bytes);
        to->insert(to->end(), from, from + n);
        return true;
    }
    void close() noexcept { is_closed = true; }
};
template <std::size_t Buffer>
using recorded = alloy::tracking::recorded<keeper, Buffer>;

std::string text_of(const std::vector<unsigned char>& bytes) {
    std::string text;
    const auto wrong = trace::to_text(bytes, text);
    return wrong ? wrong->text() : text;
}

}  // namespace

TEST_CASE("a trace says what happened, in order", "[tracking][recorded]") {
    allocator<recorded<4096>, alloy::tagging::named<"physics">, alloy::growth::linear<4096>> memory;
    std::vector<unsigned char> bytes;
    REQUIRE(memory.tracking().start(bytes));
    memory.mark("level \"one\"\n");
    {
        auto frame = memory.frame();
        static_cast<void>(frame.allocate(3, 1));
        {
            auto attempt = frame.checkpoint();
            static_cast<void>(attempt.allocate(10, 64));
            static_cast<void>(frame.allocate(8, 8));
            attempt.commit();
        }
        auto object = memory.make_pooled<int>(1);
        void* large = memory.allocate(5000, 16);
        large = memory.reallocate(large, 5000, 5001, 16);
        memory.deallocate(large, 5001, 16);
        CHECK_FALSE(frame.try_allocate(8, 3).has_value());
    }
    CHECK(memory.tracking().stop());
    CHECK(memory.tracking().writer().is_closed);
    const std::string text = text_of(bytes);
    CHECK(text == "alloy-trace 1\n"
                  "thread 0\n"
                  "mark \"level \\\"one\\\"\\x0a\"\n"
                  "arena 0\n"
                  "open\n"
                  "block taken 4096\n"
                  "tag 0\n"
                  "name \"physics\"\n"
                  "take 3 1\n"
                  "open\n"
                  "take 10 64\n"
                  "take 8 8 1\n"
                  + text.substr(text.find("commit "), text.find('\n', text.find("commit ")) + 1 - text.find("commit ")) +
                  "block taken 16384\n"
                  "pool 0 4 4\n"
                  "block taken 5040\n"
                  "heap 1 5000 16\n"
                  "free 1\n"
                  "heap 2 5001 16\n"
                  "free 2\n"
                  "block given_back 5040\n"
                  "refusal bad_alignment 8 0\n"
                  "free 0\n"
                  + text.substr(text.find("close ")));
    CHECK(text.find("\nend 23\n") == text.size() - 8);
}

TEST_CASE("the buffer is written where outermost frames end, and in the middle of one where it is full", "[tracking][recorded]") {
    allocator<recorded<4096>> memory;
    std::vector<unsigned char> bytes;
    REQUIRE(memory.tracking().start(bytes));
    const auto run = [&](int objects) {
        auto frame = memory.frame();
        for (int i = 0; i < objects; ++i) frame.make<int>(i);
        return memory.tracking().writer().times;
    };
    for (int turn = 0; turn < 3; ++turn) CHECK(run(100) == 0);
    for (int turn = 0; turn < 20; ++turn) run(100);
    const std::size_t times = memory.tracking().writer().times;
    CHECK(times > 0);
    CHECK(run(5000) > times);
    REQUIRE(memory.tracking().stop());
    trace::reader read(bytes);
    std::size_t taken = 0;
    for (trace::event e; read.next(e);) taken += e.what == trace::op::take;
    CHECK_FALSE(read.wrong().has_value());
    CHECK(taken == 23 * 100 + 5000);
}

TEST_CASE("a recording begun late says so, and passes over what it does not know", "[tracking][recorded]") {
    allocator<recorded<1024>> memory;
    auto early = memory.make_pooled<int>(1);
    auto outer = memory.frame();
    std::vector<unsigned char> bytes;
    REQUIRE(memory.tracking().start(bytes));
    auto late = memory.make_pooled<int>(2);
    early.reset();
    outer.make<int>(3);
    outer.end();
    late.reset();
    REQUIRE(memory.tracking().stop());
    CHECK_FALSE(memory.tracking().stop());
    trace::reader read(bytes);
    CHECK(read.is_partial());
    for (trace::event e; read.next(e);) CHECK(e.what != trace::op::close);
    CHECK_FALSE(read.wrong().has_value());
    CHECK(read.passed_over() == 3);
    CHECK(read.objects() == 1);
    CHECK(text_of(bytes).substr(0, 22) == "alloy-trace 1 partial\n");
}

TEST_CASE("a writer that refuses ends the recording, and the reader says that the trace breaks off", "[tracking][recorded]") {
    allocator<recorded<1024>> memory;
    std::vector<unsigned char> bytes;
    REQUIRE(memory.tracking().start(bytes, 1500));
    for (int turn = 0; turn < 100; ++turn) {
        auto frame = memory.frame();
        for (int i = 0; i < 100; ++i) frame.make<int>(i);
    }
    CHECK(memory.tracking().failed());
    CHECK_FALSE(memory.tracking().is_recording());
    CHECK_FALSE(memory.tracking().flush());
    CHECK_FALSE(memory.tracking().stop());
    CHECK(memory.tracking().writer().is_closed);
    CHECK(text_of(bytes).find("breaks off") != std::string::npos);

    bytes.clear();
    REQUIRE(memory.tracking().start(bytes));  // and another one may begin
    REQUIRE(memory.tracking().stop());
    CHECK(text_of(bytes) == "alloy-trace 1 partial\nend 0\n");
}

TEST_CASE("texts longer than the buffer are written whole", "[tracking][recorded]") {
    allocator<recorded<1024>> memory;
    std::vector<unsigned char> bytes;
    REQUIRE(memory.tracking().start(bytes));
    const std::string name(5000, 'x');
    memory.mark(name.c_str());
    REQUIRE(memory.tracking().stop());
    trace::reader read(bytes);
    std::string told;
    for (trace::event e; read.next(e);)
        if (e.what == trace::op::text) told = e.text;
    CHECK(told == name);
}

TEMPLATE_TEST_CASE("threads, their arenas, and what they hand over", "[tracking][recorded]", (allocator<recorded<4096>, alloy::threading::spin_locked>),
                   (allocator<recorded<4096>, alloy::threading::thread_cached>)) {
    std::vector<unsigned char> bytes;
    {
        TestType memory;
        REQUIRE(memory.tracking().start(bytes));
        auto kept = memory.template make_pooled<int>(0);
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&memory, t] {
                for (int turn = 0; turn < 50; ++turn) {
                    if (auto frame = memory.try_frame()) {
                        for (int i = 0; i < 20; ++i) frame->template make<int>(i);
                        auto nested = frame->checkpoint();
                        nested.template make<int>(t);
                    }
                    auto object = memory.template make_pooled<long>(turn);
                    auto message = memory.template make_transfer<int>(turn);
                }
            });
        for (std::thread& thread : threads) thread.join();
        kept.reset();
        memory.trim();
    }  // the allocator's end ends the trace
    trace::reader read(bytes);
    std::uint64_t pooled = 0, sent = 0;
    for (trace::event e; read.next(e);) {
        pooled += e.what == trace::op::pool;
        sent += e.what == trace::op::send;
    }
    INFO((read.wrong() ? read.wrong()->text() : ""));
    CHECK_FALSE(read.wrong().has_value());
    CHECK(pooled == 201);
    CHECK(sent == 200);
    CHECK(read.threads() == 5);
    CHECK(read.arenas() >= 1);
    CHECK(read.arenas() <= 4);
}

TEST_CASE("a trace goes into a file", "[tracking][recorded]") {
    char path[] = "alloy_trace_XXXXXX";
    const int made = ::mkstemp(path);
    REQUIRE(made >= 0);
    {
        allocator<alloy::tracking::recorded<>> memory;
        CHECK_FALSE(memory.tracking().start("no/such/folder/trace"));
        REQUIRE(memory.tracking().start(path));
        auto frame = memory.frame();
        frame.make<int>(1);
    }
    std::FILE* const file = ::fdopen(made, "rb");
    unsigned char read[4096];
    const std::size_t n = std::fread(read, 1, sizeof read, file);
    std::fclose(file);
    std::remove(path);
    const std::string text = text_of({read, read + n});
    CHECK(text.find("\nopen\n") != std::string::npos);
    CHECK(text.find("\nend ") != std::string::npos);
}
