// A limit that changes while the program runs.
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>
#include <alloy/settings.hpp>

#include "../support/catch.hpp"
#include "../support/refusals.hpp"
#include "../support/threads.hpp"
#include "../support/upstreams.hpp"

namespace {
using namespace alloy;

constexpr std::size_t step = 4 * KiB;
struct adjusted : allocator<budget::adjustable<>, growth::linear<step>, tagging::named<"adjusted">, test::strict_upstream> {};
struct set_before : allocator<budget::adjustable<8 * KiB>> {
    using basic_allocator::basic_allocator;
};
}  // namespace

TEST_CASE("an adjustable budget is no bound until one is set", "[budget]") {
    adjusted memory;
    CHECK(memory.budget().limit() == SIZE_MAX);
    CHECK(memory.budget().left() == SIZE_MAX);
    const auto large = memory.try_make_heap<char[]>(4 * MiB);
    REQUIRE(large);
    CHECK(memory.budget().left() == SIZE_MAX - memory.held());
}

TEST_CASE("a limit below what is held takes nothing away, and refuses until less is held", "[budget]") {
    adjusted memory;
    auto first = memory.make_heap<char[]>(40 * KiB);
    auto second = memory.make_heap<char[]>(40 * KiB);
    const std::size_t held = memory.held();
    memory.budget().set_limit(48 * KiB);
    CHECK(memory.held() == held);
    CHECK(memory.budget().left() == 0);
    first[0] = second[40 * KiB - 1] = 'x';
    {
        const auto refused = memory.try_make_heap<char[]>(1);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason == refusal::budget);
        CHECK(std::string(refused.error().whose) == "adjusted");
        CHECK(refused.error().left == 0);
    }
    CHECK_FALSE(memory.try_make_pooled<int>());  // a slab would be needed
    first.reset();
    CHECK(memory.budget().left() == 48 * KiB - memory.held());
    CHECK(memory.try_make_heap<char[]>(2 * KiB));
    memory.budget().set_limit(SIZE_MAX);
    CHECK(memory.try_make_heap<char[]>(80 * KiB));
}

TEST_CASE("a limit of zero refuses everything, and idle blocks are given back before", "[budget]") {
    adjusted memory;
    {
        auto frame = memory.frame();
        frame.make_span<char>(1000);
    }
    CHECK(memory.held() == step);
    memory.budget().set_limit(0);
    CHECK_FALSE(memory.try_allocate(1));
    CHECK(memory.held() == 0);
    CHECK(memory.upstream().live() == 0);
    auto frame = memory.frame();
    CHECK_FALSE(frame.try_allocate(1));
    memory.budget().set_limit(step);
    CHECK(frame.try_allocate(1));
    CHECK(memory.budget().left() == 0);
}

TEST_CASE("the first limit is a parameter or a setting", "[budget]") {
    set_before memory;
    CHECK(memory.budget().limit() == 8 * KiB);
    auto set = make_allocator<set_before>(budget::adjustable<8 * KiB>{1 * MiB});
    CHECK(set.budget().limit() == 1 * MiB);
    CHECK(set.budget().left() == 1 * MiB);
}

TEST_CASE("an adjustable budget is as it was wherever upstream refuses", "[budget][faults]") {
    test::try_each_refusal<adjusted>([](adjusted& memory) {
        int refused = 0;
        memory.budget().set_limit(256 * KiB);
        {
            auto frame = memory.frame();
            refused += !frame.try_allocate(3 * step);
            refused += !memory.try_make_pooled<int>();
            refused += !memory.try_make_heap<char[]>(20 * KiB);
        }
        REQUIRE(memory.budget().left() == 256 * KiB - memory.held());
        return refused;
    });
}

TEMPLATE_TEST_CASE("the limit is set by one thread while others allocate", "[budget][threads][concurrent]", threading::locked<std::mutex>, threading::spin_locked, threading::thread_cached) {
    constexpr std::size_t most = 512 * KiB;
    allocator<TestType, budget::adjustable<most>, growth::linear<step>> memory;
    std::atomic<bool> ended = false;
    std::atomic<int> wrong = 0;
    std::thread setter([&] {
        for (std::size_t n = 0; !ended; ++n) {
            memory.budget().set_limit(n % 3 == 0 ? 0 : most / (1 + n % 5));
            wrong += memory.budget().limit() > most;
            if (memory.held() > most) ++wrong;
            std::this_thread::yield();
        }
    });
    test::on_threads([&](int) {
        for (int i = 0; i < 400; ++i) {
            auto frame = memory.try_frame();
            if (TestType::sharing == sharing::engine_per_thread && frame) {
                auto got = (*frame).try_allocate(300);
                if (!got) wrong += got.error().reason != refusal::budget;
            }
            auto large = memory.template try_make_heap<char[]>(static_cast<std::size_t>(i) * 40 + 1);
            if (large)
                (*large)[0] = 'x';
            else
                wrong += large.error().reason != refusal::budget;
        }
    });
    ended = true;
    setter.join();
    memory.budget().set_limit(most);
    CHECK(wrong == 0);
    CHECK(memory.template try_make_heap<char[]>(100 * KiB));  // no refusal stays
    memory.trim();
    CHECK(memory.budget().left() == most - memory.held());
}
