// Each of these went wrong once.
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

#include <alloy/containers.hpp>
#include <alloy/containers/growing_vector.hpp>

#include "../support/catch.hpp"
#include "../support/compositions.hpp"

namespace {

/// Gives a mapping that lies far above the reservation.
struct from_above {
    using axis = alloy::fallback::axis;
    static constexpr bool retries = false, provides = true, asks_heap = false, is_concurrent = true;
    void* provide(std::size_t bytes, std::size_t) noexcept { return bytes <= 65536 ? above : nullptr; }
    static void take_back(void*, std::size_t, std::size_t) noexcept {}
    static void give_up(const alloy::alloc_error&) noexcept {}
    void* above = nullptr;
};

template <class Memory>
struct opens_a_frame {
    Memory* memory;
    int value;
    int* seen;
    ~opens_a_frame() {
        {
            auto frame = memory->frame();
            std::memset(frame.allocate(64, 8), 0xAA, 64);
        }
        *seen = value;
    }
};
template <class Memory>
struct leaves_a_frame {
    Memory* memory;
    ~leaves_a_frame() { memory->begin_frame(); }
};

/// Ends the frame in which it lies.
template <class Scope>
struct ends_its_own {
    Scope* scope;
    int* closed;
    ~ends_its_own() {
        if constexpr (requires { scope->commit(); })
            *closed += scope->commit().closed;
        else
            *closed += scope->end().closed;
    }
};

}  // namespace

TEST_CASE("decommit keeps to the reservation, whatever block a frame ended in", "[regression][reserve]") {
    constexpr std::size_t bytes = 65536;
    alloy::allocator<alloy::growth::trimmed<alloy::growth::virtual_reserve<bytes>, 4096>, alloy::upstream::pages<>, from_above> memory;
    const auto map = [](char* at) {
        return static_cast<char*>(::mmap(at, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    };
    char* neighbour = nullptr;
    {
        auto frame = memory.frame();
        auto* in_reservation = static_cast<char*>(frame.allocate(bytes - 32, 8));
        neighbour = map(in_reservation + (32 << 20));
        memory.fallback().above = map(in_reservation + (64 << 20));
        std::strcpy(neighbour, "precious");
        REQUIRE(frame.allocate(8, 8) != nullptr);
    }
    CHECK(std::string(neighbour) == "precious");
    ::munmap(neighbour, bytes);
    ::munmap(memory.fallback().above, bytes);
}

TEST_CASE("a reservation given back whole keeps its header", "[regression][reserve]") {
    alloy::allocator<alloy::growth::released<alloy::growth::virtual_reserve<1 << 20>>, alloy::upstream::pages<>> memory;
    for (int i = 0; i < 3; ++i) {
        auto frame = memory.frame();
        CHECK(frame.make_span<char>(100'000).size() == 100'000);
        CHECK_FALSE(frame.try_allocate(std::size_t{1} << 40, 8).has_value());
    }
}

TEST_CASE("pages that only an inner frame touched are given back too", "[regression][reserve]") {
    alloy::allocator<alloy::growth::trimmed<alloy::growth::virtual_reserve<1 << 20>, 8192>, alloy::upstream::pages<>> memory;
    char* base = nullptr;
    {
        auto frame = memory.frame();
        base = frame.make_span<char>(100).data();
        auto inner = memory.frame();
        auto touched = inner.make_span_for_overwrite<char>(900'000);
        std::memset(touched.data(), 1, touched.size());
    }
    unsigned char resident[256] = {};
    REQUIRE(::mincore(reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(base) & ~std::uintptr_t{4095}), 1 << 20, resident) == 0);
    int pages = 0;
    for (unsigned char r : resident) pages += r & 1;
    CHECK(pages <= 2);
}

TEMPLATE_TEST_CASE("with several buffers a destructor that opens a frame runs before its memory is reused", "[regression][buffers]",
                   (alloy::allocator<test::strict_upstream, alloy::lifetime::frames<2>>),
                   (alloy::allocator<test::strict_upstream, alloy::lifetime::frames<3>, alloy::threading::spin_locked>)) {
    int seen = 0;
    {
        TestType memory;
        for (int i = 0; i < 8; ++i) {
            auto frame = memory.frame();
            frame.template make<opens_a_frame<TestType>>(&memory, 7, &seen);
            CHECK((seen == 0 || seen == 7));
            seen = 0;
        }
    }
    CHECK(seen == 7);
}

TEST_CASE("what a budget of used bytes refuses takes no block", "[regression][budget]") {
    alloy::allocator<test::frame_budget<4096>> memory;
    auto frame = memory.frame();
    CHECK_FALSE(frame.try_allocate(256 * alloy::MiB, 8).has_value());
    CHECK(memory.held() == 0);

    alloy::allocator<test::chained, alloy::growth::fixed<256>, test::frame_budget<1000>> helped;
    {
        auto other = helped.frame();
        CHECK(other.try_allocate(100, 8).has_value());
        CHECK_FALSE(other.try_allocate(2000, 8).has_value());
    }
    CHECK(helped.fallback().provided == helped.fallback().taken_back);
}

TEST_CASE("allocating through outer leases needs no blocks of its own while the window has room", "[regression][side]") {
    alloy::allocator<> memory;
    auto frame = memory.frame();
    CHECK(frame.allocate(8, 8) != nullptr);
    const std::size_t held = memory.held();
    std::vector<std::unique_ptr<alloy::frame_checkpoint>> nested;
    alloy::lease* last = &frame;
    for (int i = 0; i < 10; ++i) {
        nested.emplace_back(new alloy::frame_checkpoint(frame));
        CHECK(last->allocate(8, 8) != nullptr);
        last = nested.back().get();
    }
    CHECK(memory.held() == held);
    while (!nested.empty()) nested.pop_back();
}

TEST_CASE("with a register cursor open, side blocks stay as small as a first block", "[regression][side]") {
    alloy::allocator<alloy::growth::geometric<4096>> memory;
    auto frame = memory.frame();
    frame.make<int>(1);
    auto cursor = frame.cursor();
    for (int i = 0; i < 20; ++i) CHECK(frame.allocate(3000, 8) != nullptr);
    CHECK(memory.held() <= 22 * 4096);
}

TEST_CASE("an outer vector grows inside an inner frame in memory that is all in place", "[regression][side]") {
    alloy::allocator<alloy::growth::in_place<4096>, alloy::upstream::none, alloy::lifetime::frame> memory;
    auto outer = memory.frame();
    alloy::frame_vector<int> v{outer};
    for (int round = 0; round < 5; ++round) {
        auto inner = memory.frame();
        std::memset(inner.allocate(200, 8), 0xEE, 200);
        for (int i = 0; i < 20; ++i) v.push_back(i);
        std::memset(inner.allocate(200, 8), 0xEE, 200);
    }
    for (std::size_t i = 0; i < 100; ++i) REQUIRE(v[i] == static_cast<int>(i % 20));
}

TEST_CASE("fences are looked at wherever a lease ends", "[regression][checking]") {
    alloy::allocator<test::fenced> memory;
    {
        auto frame = memory.frame();
        auto attempt = frame.checkpoint();
        std::memset(attempt.allocate(16, 8), 1, 17);
        attempt.commit();
        CHECK(memory.checking().checked == 1);
        CHECK(memory.checking().broken == 1);
    }
    alloy::allocator<test::fenced, alloy::lifetime::frames<2>> buffered;
    for (int i = 0; i < 4; ++i) {
        auto frame = buffered.frame();
        std::memset(frame.allocate(16, 8), 1, 17);
    }
    CHECK(buffered.checking().broken == 4);
}

TEST_CASE("beginning a frame asks the fallback and tells the watcher, as every request does", "[regression][fallback]") {
    alloy::allocator<test::chained, test::observer, alloy::budget::hard<100>> memory;
    CHECK_FALSE(memory.try_begin_frame().has_value());
    CHECK(memory.fallback().retried == 3);
    CHECK(memory.tracking().refusals == 1);
}

TEST_CASE("a begun frame's record is charged to nobody", "[regression][budget]") {
    alloy::allocator<test::frame_budget<4096>> memory;
    memory.begin_frame();
    CHECK(memory.usage_under_bound(0).used == 0);
    CHECK(memory.used() == 0);
    memory.current_frame().make<double>(1.0);
    CHECK(memory.used() == 8);
    CHECK(memory.end_frame().used == 8);
    CHECK(memory.usage_under_bound(0).used == 0);
}

TEST_CASE("growth does not count what the fallback gave", "[regression][fallback]") {
    alloy::allocator<test::chained, alloy::growth::fixed<65536>> memory;
    auto frame = memory.frame();
    CHECK(frame.allocate(100'000, 8) != nullptr);
    for (int i = 0; i < 100; ++i) CHECK(frame.allocate(100, 8) != nullptr);
    CHECK(memory.fallback().provided == 1);
}

TEST_CASE("a destructor that leaves a frame open loses nothing", "[regression][fault-31]") {
    using memory_type = alloy::allocator<test::strict_upstream, alloy::growth::linear<256>>;
    memory_type memory;
    {
        auto frame = memory.frame();
        frame.make<leaves_a_frame<memory_type>>(&memory);
        CHECK(frame.allocate(200, 8) != nullptr);
    }
    CHECK_FALSE(memory.in_frame());
    memory.begin_frame().make<leaves_a_frame<memory_type>>(&memory);
    CHECK(memory.end_frame().closed);
    CHECK_FALSE(memory.in_frame());
    CHECK(memory.held() == memory.upstream().live_bytes());
}

TEST_CASE("try_push_back never throws, and takes elements of the container itself", "[regression][containers]") {
    alloy::allocator<alloy::growth::linear<256>, alloy::budget::hard<8192>> memory;
    auto frame = memory.frame();
    alloy::frame_vector<int> v{frame};
    alloy::growing_frame_vector<double> g{frame};
    alloy::frame_string s{frame};
    bool refused = false;
    for (int i = 0; i < 5000 && !refused; ++i) {
        refused = !alloy::try_push_back(v, i) || !alloy::try_push_back(g, 1.0 * i) || !alloy::try_push_back(s, 'x');
    }
    CHECK(refused);
    CHECK(v.back() + 1 == static_cast<int>(v.size()));
    alloy::allocator<> plain;
    auto other = plain.frame();
    alloy::frame_vector<std::string> names{other};
    names.reserve(1);
    const std::string first = "first, and too long to be kept inside";
    names.push_back(first);
    REQUIRE(alloy::try_push_back(names, names[0]).has_value());
    CHECK(names[1] == names[0]);
}

TEST_CASE("coalesced blocks stay one while outer leases and cursors are used", "[regression][growth]") {
    alloy::allocator<test::strict_upstream, alloy::growth::coalesced<alloy::growth::geometric<4096>>> memory;
    const auto work = [&memory] {
        auto frame = memory.frame();
        for (int i = 0; i < 100; ++i) std::memset(frame.allocate(1000, 8), i, 1000);
        auto cursor = frame.cursor();
        std::memset(cursor.allocate(10, 8), 1, 10);
        std::memset(frame.allocate(1000, 8), 1, 1000);
    };
    for (int i = 0; i < 5; ++i) work();
    const std::size_t requests = memory.upstream().requests, held = memory.held();
    for (int i = 0; i < 100; ++i) work();
    CHECK(memory.upstream().requests == requests);
    CHECK(memory.held() == held);
}

TEST_CASE("a result holds types that overload operator&", "[regression][result]") {
    struct shy {
        int value;
        explicit shy(int v) : value(v) {}
        shy(shy&& other) noexcept : value(other.value) {}
        shy* operator&() { return nullptr; }
    };
    alloy::result<shy> made{shy(3)};
    alloy::result<shy> moved{std::move(made)};
    CHECK((*moved).value == 3);
    CHECK(moved->value == 3);
}

TEST_CASE("a counted frame that has ended gives an error", "[regression][metrics]") {
    alloy::allocator<alloy::tracking::metrics<alloy::metric::count>> memory;
    auto frame = memory.frame();
    frame.make<int>(1);
    frame.end();
    const auto late = frame.try_allocate(8, 8);
    REQUIRE_FALSE(late.has_value());
    CHECK(late.error().reason == alloy::refusal::frame_closed);
    CHECK(memory.metrics().allocations == 1);
}

TEST_CASE("a destructor cannot end its own frame a second time", "[regression][fault-31]") {
    using memory_type = alloy::allocator<test::strict_upstream, alloy::growth::linear<512>>;
    memory_type memory;
    int closed = 0;
    auto outer = memory.frame();
    const int* kept = outer.make<int>(5);
    {
        auto inner = memory.frame();
        inner.make<ends_its_own<memory_type::frame_type>>(&inner, &closed);
    }
    auto attempt = outer.checkpoint();
    attempt.make<ends_its_own<alloy::frame_checkpoint>>(&attempt, &closed);
    CHECK(attempt.rollback().closed);
    CHECK(closed == 0);
    CHECK(memory.in_frame());
    CHECK(outer.allocate(8, 8) != nullptr);
    CHECK(*kept == 5);
}

TEST_CASE("try_push_back gives an error under a lock and a fallback that returns null, too", "[regression][containers]") {
    alloy::allocator<alloy::threading::spin_locked, alloy::growth::linear<256>, alloy::budget::hard<4096>, alloy::fallback::null> memory;
    auto frame = memory.frame();
    alloy::frame_vector<int> v{frame};
    int pushed = 0;
    while (pushed < 5000 && alloy::try_push_back(v, pushed)) ++pushed;
    CHECK(pushed > 10);
    CHECK(pushed < 5000);
    CHECK(v.back() + 1 == pushed);
}

TEST_CASE("elements that allocate while their vector grows are counted once", "[regression][containers][budget]") {
    alloy::allocator<test::frame_budget<1 << 20>, alloy::growth::linear<1024>> memory;
    {
        auto frame = memory.frame();
        using strings = alloy::frame_vector<alloy::frame_string>;
        alloy::frame_vector<strings> v{frame};
        for (int i = 0; i < 40; ++i) {
            strings s{frame};
            s.emplace_back(50, 'x', frame);
            REQUIRE(alloy::try_push_back(v, s).has_value());
        }
        for (const strings& s : v) REQUIRE(s[0].size() == 50);
        CHECK_FALSE(frame.try_allocate(2 << 20, 8).has_value());  // looks at the budget, and so settles what was used
        CHECK(memory.used() == memory.usage_under_bound(0).used);
    }
    CHECK(memory.usage_under_bound(0).used == 0);
}

TEST_CASE("what other buffers hold does not make blocks larger", "[regression][buffers][growth]") {
    alloy::allocator<alloy::growth::geometric<4096>, alloy::lifetime::frames<8>> memory;
    for (int i = 0; i < 40; ++i) {
        auto frame = memory.frame();
        std::memset(frame.allocate(20'000, 8), 1, 20'000);
    }
    CHECK(memory.held() < 8 * 40'000);
}

TEST_CASE("a frame that repeats asks upstream for nothing, whatever its requests", "[regression][steady]") {
    for (unsigned shape = 1; shape <= 60; ++shape) {
        alloy::allocator<test::strict_upstream, alloy::growth::linear<512>> memory;
        const auto work = [&] {
            auto frame = memory.frame();
            unsigned seed = shape;
            for (int i = 0; i < 30; ++i) {
                seed = seed * 1664525u + 1013904223u;
                CHECK(frame.allocate(8 + (seed >> 16) % 900, 8) != nullptr);
            }
        };
        for (int i = 0; i < 20; ++i) work();
        const std::size_t requests = memory.upstream().requests;
        for (int i = 0; i < 50; ++i) work();
        REQUIRE(memory.upstream().requests == requests);
    }
}

TEST_CASE("blocks that frames have outgrown are not kept beside larger ones", "[regression][growth]") {
    alloy::allocator<test::strict_upstream, alloy::growth::linear<4096>> memory;
    for (std::size_t i = 0; i < 2000; ++i) {
        auto frame = memory.frame();
        CHECK(frame.allocate(4000 + i * 16, 8) != nullptr);
    }
    CHECK(memory.held() < 200'000);
}

TEST_CASE("with several buffers, too, a destructor that leaves a frame open loses nothing", "[regression][buffers][fault-31]") {
    using memory_type = alloy::allocator<test::strict_upstream, alloy::growth::linear<512>, alloy::lifetime::frames<2>>;
    memory_type memory;
    for (int i = 0; i < 6; ++i) {
        auto frame = memory.frame();
        frame.make<leaves_a_frame<memory_type>>(&memory);
        frame.end();
        CHECK_FALSE(memory.in_frame());
    }
}

TEST_CASE("destructors of one thread's engine may use another's while the allocator ends", "[regression][threading]") {
    using memory_type = alloy::allocator<test::strict_upstream, alloy::growth::linear<512>, alloy::threading::thread_cached>;
    int seen = 0;
    {
        memory_type memory;
        CHECK(memory.frame().allocate(8, 8) != nullptr);
        std::thread([&] { memory.begin_frame().make<opens_a_frame<memory_type>>(&memory, 7, &seen); }).join();
    }
    CHECK(seen == 7);
}

TEST_CASE("under a lock another thread cannot end a frame", "[regression][threading][fault-21]") {
    alloy::allocator<alloy::threading::spin_locked> memory;
    auto frame = memory.frame();
    bool closed = true;
    std::thread([&] { closed = frame.end().closed; }).join();
    CHECK_FALSE(closed);
    CHECK(frame.end().closed);
}
