// The locked frame engine under threads: whoever asks, no byte is given twice, and frames belong to the thread that opened them.
#include <atomic>
#include <cstring>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <alloy/containers.hpp>

#include "../support/catch.hpp"
#include "../support/compositions.hpp"
#include "../support/threads.hpp"

namespace {
using locked_compositions =
    std::tuple<alloy::allocator<alloy::threading::spin_locked, alloy::growth::linear<1024>>,
               alloy::allocator<alloy::threading::locked<std::mutex>, alloy::growth::geometric<1024>, alloy::budget::hard<64 * alloy::MiB>, alloy::tracking::boundary_metrics>,
               alloy::allocator<alloy::threading::spin_locked, alloy::growth::linear<1024>, alloy::lifetime::frames<2>, alloy::tracking::metrics<alloy::metric::count>>,
               alloy::allocator<alloy::threading::spin_locked, alloy::growth::linear<1024>, test::frame_budget<64 * alloy::MiB>>>;

using test::on_threads;
using test::workers;
}  // namespace

TEMPLATE_LIST_TEST_CASE("threads allocate in one frame, and each byte is one thread's", "[threads][concurrent]", locked_compositions) {
    TestType memory;
    for (int round = 0; round < 5; ++round) {
        auto frame = memory.frame();
        alloy::frame_ref shared = frame;
        std::atomic<int> ends = 0, wrong = 0;
        struct counted {
            std::atomic<int>& ends;
            explicit counted(std::atomic<int>& e) : ends(e) {}
            counted(const counted&) = delete;
            ~counted() { ++ends; }
        };
        on_threads([&](int t) {
            std::vector<std::pair<unsigned char*, std::size_t>> mine;
            for (std::size_t i = 0; i < 300; ++i) {
                const std::size_t bytes = 1 + i % 70;
                auto* p = static_cast<unsigned char*>(shared.allocate(bytes, std::size_t{1} << i % 6));
                std::memset(p, t, bytes);
                mine.emplace_back(p, bytes);
                if (i % 50 == 0) shared.make<counted>(ends);
                if (i % 97 == 0) static_cast<void>(memory.used() + memory.held());
            }
            for (auto [p, bytes] : mine)
                for (std::size_t b = 0; b < bytes; ++b) wrong += p[b] != t;
        });
        CHECK(wrong == 0);
        const alloy::frame_summary said = frame.end();
        CHECK(said.closed);
        if (TestType::lifetimes::buffers == 1) {
            CHECK(said.cleanups == workers * 6);
            CHECK(ends == workers * 6);
        }
        // With several buffers the destructors would run when `ends` is gone: reuse both buffers now.
        if (TestType::lifetimes::buffers > 1)
            for (std::size_t i = 0; i < TestType::lifetimes::buffers; ++i) memory.frame().end();
        CHECK(ends == workers * 6);
    }
    CHECK(memory.used() == 0);
}

TEMPLATE_LIST_TEST_CASE("a frame belongs to its thread; others get an error value", "[threads][concurrent][fault-21]", locked_compositions) {
    TestType memory;
    {
        auto frame = memory.frame();
        alloy::refusal reason{};
        bool begun = true;
        std::thread([&] {
            auto other = memory.try_frame();
            if (!other) reason = other.error().reason;
            begun = memory.try_begin_frame().has_value();
        }).join();
        CHECK(reason == alloy::refusal::frame_elsewhere);
        CHECK_FALSE(begun);
    }
    bool opened = false;
    std::thread([&] { opened = memory.try_frame().has_value(); }).join();
    CHECK(opened);
}

TEMPLATE_LIST_TEST_CASE("threads take turns with frames of their own", "[threads][concurrent]", locked_compositions) {
    TestType memory;
    std::atomic<int> done = 0, wrong = 0;
    on_threads([&](int t) {
        for (int i = 0; i < 40;) {
            auto frame = memory.try_frame();
            if (!frame) {
                std::this_thread::yield();
                continue;
            }
            alloy::frame_vector<int> v{*frame};
            for (int n = 0; n < 200; ++n) v.push_back(t);
            auto cursor = frame->cursor();
            auto* last = cursor.template make<int>(t);
            for (int n : v) wrong += n != t;
            wrong += *last != t;
            ++done;
            ++i;
        }
    });
    CHECK(done == workers * 40);
    CHECK(wrong == 0);
    CHECK(memory.used() == 0);
}
