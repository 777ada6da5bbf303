// Several allocators under one bound, and bounds under bounds.
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string_view>
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
using std::string_view;

struct world : budget::group<"world", 1 * MiB> {};
struct scene : budget::group<"scene", 256 * KiB, world> {};

struct physics : allocator<budget::shared<scene, budget::hard<128 * KiB>>, growth::linear<16 * KiB>, tagging::named<"physics">> {};
struct render : allocator<budget::shared<scene>, growth::linear<16 * KiB>, threading::spin_locked, tagging::named<"render">> {};
struct tools : allocator<budget::shared<world>, threading::thread_cached, tagging::named<"tools">> {};

string_view whose(const alloc_error& e) { return e.whose; }
}  // namespace

TEST_CASE("what an allocator holds is charged to its group and to all outside it", "[budget]") {
    {
        physics memory;
        render other;
        tools third;
        auto a = memory.make_heap<char[]>(50 * KiB);
        auto b = other.make_heap<char[]>(60 * KiB);
        auto c = third.make_heap<char[]>(70 * KiB);
        auto frame = memory.frame();
        frame.make_span<char>(100);
        auto p = third.make_pooled<int>();
        CHECK(scene::held() == memory.held() + other.held());
        CHECK(world::held() == scene::held() + third.held());
        CHECK(world::left() == 1 * MiB - world::held());
        CHECK(scene::left() == 256 * KiB - scene::held());
        CHECK(memory.budget().own().left() == 128 * KiB - memory.held());
        CHECK(memory.budget().limit() == 128 * KiB);
        CHECK(other.budget().limit() == 256 * KiB);
        CHECK(world::peak() >= world::held());
    }
    CHECK(scene::held() == 0);
    CHECK(world::held() == 0);
}

TEST_CASE("a refusal names the bound that was met", "[budget]") {
    physics memory;
    render other;
    tools third;
    {
        const auto refused = memory.try_make_heap<char[]>(200 * KiB);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason == refusal::budget);
        CHECK(whose(refused.error()) == "physics");  // its own
        CHECK(refused.error().left == 128 * KiB);
    }
    auto most = other.make_heap<char[]>(200 * KiB);
    {
        const auto refused = memory.try_make_heap<char[]>(100 * KiB);
        REQUIRE_FALSE(refused);
        CHECK(whose(refused.error()) == "scene");
        CHECK(refused.error().left == 256 * KiB - scene::held());
        CHECK(refused.error().asked > refused.error().left);
        CHECK(memory.held() == 0);
        CHECK(memory.budget().own().left() == 128 * KiB);
    }
    auto rest = third.make_heap<char[]>(world::left() - 40 * KiB);
    {
        const auto refused = memory.try_make_heap<char[]>(50 * KiB);
        REQUIRE_FALSE(refused);
        CHECK(whose(refused.error()) == "world");
        CHECK(refused.error().left == world::left());
        CHECK(scene::held() == other.held());
    }
    CHECK(memory.try_make_heap<char[]>(20 * KiB));
#if ALLOY_DETAIL_EXCEPTIONS
    try {
        static_cast<void>(third.make_heap<char[]>(2 * MiB));
        FAIL("nothing was thrown");
    } catch (const out_of_memory& thrown) {
        CHECK(whose(thrown.error()) == "world");
    }
#endif
}

TEST_CASE("the allocator that asks gives its idle blocks back before it is refused, and is left with what the group allows", "[budget]") {
    physics memory;
    render other;
    {
        auto frame = memory.frame();
        frame.make_span<char>(60 * KiB);
    }
    CHECK(memory.held() >= 60 * KiB);
    auto b = other.make_heap<char[]>(170 * KiB);
    CHECK(memory.try_make_heap<char[]>(70 * KiB));  // not beside the idle ones
    {
        auto frame = other.frame();  // a block of 16 KiB where that much is left, and a smaller one where it is not
        const auto small = other.try_make_heap<char[]>(scene::left() - 8 * KiB);
        REQUIRE(small);
        CHECK(frame.try_allocate(1 * KiB));
        CHECK(scene::left() < 8 * KiB);
        CHECK(scene::held() <= scene::limit());
    }
}

TEST_CASE("the limit of a group may change, below what is held too", "[budget]") {
    tools memory;
    auto a = memory.make_heap<char[]>(100 * KiB);
    world::set_limit(50 * KiB);
    CHECK(world::left() == 0);
    CHECK(world::limit() == 50 * KiB);
    CHECK_FALSE(memory.try_make_heap<char[]>(1));
    a.reset();
    CHECK(memory.try_make_heap<char[]>(10 * KiB));
    world::set_limit(SIZE_MAX);
    CHECK(memory.try_make_heap<char[]>(2 * MiB));
    world::set_limit(0);
    CHECK_FALSE(memory.try_allocate(64 * KiB));
    world::set_limit(1 * MiB);
}

namespace {
struct nothing_at_all : budget::group<"nothing", 0> {};
struct starved : allocator<budget::shared<nothing_at_all>> {};
struct adjusted : allocator<budget::shared<world, budget::adjustable<>>> {
    using basic_allocator::basic_allocator;
};
}  // namespace

TEST_CASE("a group of zero bytes refuses all", "[budget]") {
    starved memory;
    const auto refused = memory.try_allocate(1);
    REQUIRE_FALSE(refused);
    CHECK(whose(refused.error()) == "nothing");
    CHECK(refused.error().left == 0);
}

TEST_CASE("the bound of its own may be a setting, and change", "[budget]") {
    auto memory = make_allocator<adjusted>(budget::shared<world, budget::adjustable<>>{budget::adjustable<>{64 * KiB}});
    CHECK(memory.budget().limit() == 64 * KiB);
    CHECK_FALSE(memory.try_make_heap<char[]>(64 * KiB));
    memory.budget().own().set_limit(2 * MiB);
    CHECK(memory.budget().limit() == 1 * MiB);  // the world's
    CHECK(memory.try_make_heap<char[]>(64 * KiB));
}

namespace {
/// A parent that is no group: it says that there is room, and grants half of what is asked for, or nothing.
struct moody {
    static inline std::size_t charged = 0;
    static inline bool grants = true;
    static std::size_t grant(std::size_t least, std::size_t most) noexcept {
        const std::size_t granted = !grants ? 0 : most / 2 < least ? least : most / 2;
        charged += granted;
        return granted;
    }
    static void give_back(std::size_t bytes) noexcept { charged -= bytes; }
    static std::size_t left() noexcept { return grants ? SIZE_MAX : 0; }
    static std::size_t limit() noexcept { return SIZE_MAX; }
    static held_bound tightest() noexcept { return {"moody", left()}; }
};
struct late : moody {
    static inline bool says_there_is_room = false;
    static std::size_t left() noexcept { return SIZE_MAX; }
    static held_bound tightest() noexcept { return {"moody", says_there_is_room ? SIZE_MAX : moody::left()}; }
};
struct under_moody : budget::group<"under", 1 * MiB, late> {};
}  // namespace

TEST_CASE("what an outer bound grants less, or not at all, is taken back from the inner ones", "[budget]") {
    allocator<budget::shared<under_moody, budget::hard<100 * KiB>>, growth::linear<32 * KiB>> memory;
    {
        auto frame = memory.frame();
        frame.make_span<char>(1000);
        CHECK(memory.held() == 16 * KiB);
        CHECK(moody::charged == memory.held());
        CHECK(under_moody::held() == memory.held());
        CHECK(memory.budget().own().left() == 100 * KiB - memory.held());
        moody::grants = false;
        const auto refused = memory.try_make_heap<char[]>(1000);
        REQUIRE_FALSE(refused);
        CHECK(whose(refused.error()) == "moody");
        CHECK(under_moody::held() == memory.held());
        CHECK(memory.budget().own().left() == 100 * KiB - memory.held());
        moody::grants = true;
        late::says_there_is_room = true;  // which is not so
        moody::grants = false;
        CHECK_FALSE(memory.try_make_heap<char[]>(1000));  // in the end
        late::says_there_is_room = false;
        moody::grants = true;
    }
    memory.trim();
    CHECK(moody::charged == 0);
    CHECK(under_moody::held() == 0);
}

namespace {
struct strict_group : budget::group<"strict", 512 * KiB, world> {};
template <class Threading>
struct strict : allocator<budget::shared<strict_group, budget::hard<400 * KiB>>, growth::linear<4 * KiB>, test::strict_upstream, Threading> {};

template <class Memory>
int work(Memory& memory) {
    int refused = 0;
    {
        auto frame = memory.try_frame();
        if (frame) refused += !(*frame).try_allocate(10 * KiB);
        refused += !frame;
        refused += !memory.template try_make_pooled<int>();
        auto large = memory.try_allocate(20 * KiB);
        refused += !large;
        if (large) {
            const auto larger = memory.try_reallocate(*large, 20 * KiB, 60 * KiB);
            refused += !larger;
            memory.deallocate(larger ? *larger : *large, larger ? 60 * KiB : 20 * KiB);
        }
    }
    REQUIRE(strict_group::held() == memory.held());
    REQUIRE(world::held() == memory.held());
    REQUIRE(memory.budget().own().left() == 400 * KiB - memory.held());
    return refused;
}
}  // namespace

TEST_CASE("groups are as they were wherever upstream refuses", "[budget][faults]") {
    test::try_each_refusal<strict<threading::single_threaded>>([](auto& memory) { return work(memory); });
    CHECK(world::held() == 0);
    test::try_each_refusal<strict<threading::thread_cached>>([](auto& memory) { return work(memory); });
    CHECK(world::held() == 0);
}

TEST_CASE("groups are as they were wherever an outer one refuses", "[budget][faults]") {
    strict<threading::single_threaded> memory;
    for (std::size_t limit = 0; limit < 160 * KiB; limit += 1 * KiB) {
        world::set_limit(limit);
        work(memory);
        REQUIRE(world::held() <= limit);
        memory.trim();
        REQUIRE(world::held() == 0);
    }
    world::set_limit(1 * MiB);
    CHECK(work(memory) == 0);
}

TEST_CASE("messages in flight are charged to nobody once their allocator has ended", "[budget][transfer]") {
    transfer_handle<int> late;
    {
        tools memory;
        late = memory.make_transfer<int>(7);
        CHECK(world::held() == memory.held());
    }
    CHECK(world::held() == 0);
    CHECK(*std::move(late).receive() == 7);
    CHECK(world::held() == 0);
}

// Threads ---------------------------------------------------------------------------------------------------------------------------

namespace {
constexpr std::size_t crowd_limit = 384 * KiB, inner_limit = 256 * KiB;
struct crowd : budget::group<"crowd", crowd_limit> {};
struct inner_crowd : budget::group<"inner crowd", inner_limit, crowd> {};

/// Counts what is out, for all allocators of a group, and how much that was at most.
template <class Group>
struct counted_upstream {
    using axis = upstream::axis;
    static constexpr bool gives = true, is_stateless = true, reserves = false, reallocates = false;
    static constexpr std::size_t granularity = 16;
    static inline std::atomic<std::size_t> out = 0, most = 0;
    static void* allocate(std::size_t bytes, std::size_t alignment) noexcept {
        const std::size_t now = out.fetch_add(bytes, std::memory_order_relaxed) + bytes;
        std::size_t seen = most.load(std::memory_order_relaxed);
        while (seen < now && !most.compare_exchange_weak(seen, now, std::memory_order_relaxed)) {}
        return ::operator new(bytes, std::align_val_t{alignment}, std::nothrow);
    }
    static void deallocate(void* at, std::size_t, std::size_t alignment) noexcept;
};
template <class Group>
void counted_upstream<Group>::deallocate(void* at, std::size_t bytes, std::size_t alignment) noexcept {
    ::operator delete(at, std::align_val_t{alignment});
    out.fetch_sub(bytes, std::memory_order_relaxed);
}
struct one_lock : allocator<budget::shared<inner_crowd>, threading::locked<std::mutex>, counted_upstream<inner_crowd>, growth::linear<8 * KiB>> {};
struct spinning : allocator<budget::shared<inner_crowd, budget::hard<200 * KiB>>, threading::spin_locked, counted_upstream<inner_crowd>, growth::linear<8 * KiB>> {};
struct cached : allocator<budget::shared<crowd>, threading::thread_cached, counted_upstream<crowd>, growth::linear<8 * KiB>> {};
struct lone : allocator<budget::shared<inner_crowd>, counted_upstream<inner_crowd>, growth::linear<8 * KiB>> {};

std::size_t out_of_crowd() { return counted_upstream<crowd>::out + counted_upstream<inner_crowd>::out; }
}  // namespace

TEST_CASE("no number of threads and allocators exceeds a bound that they share", "[budget][threads][concurrent]") {
    {
        one_lock first;
        spinning second;
        cached third;
        std::atomic<int> wrong = 0, refused = 0, met = 0;
        std::atomic<bool> ended = false;
        std::thread sampler([&] {
            while (!ended) {
                wrong += inner_crowd::held() > inner_limit;
                wrong += crowd::held() > crowd_limit;
                wrong += crowd::left() > crowd_limit;
                std::this_thread::yield();
            }
        });
        const auto ask = [&](auto& memory, std::size_t bytes, auto& kept) {
            auto got = memory.template try_make_heap<char[]>(bytes);
            if (got) {
                (*got)[0] = (*got)[bytes - 1] = 'x';
                ++met;
                kept = *std::move(got);
                return;
            }
            ++refused;
            wrong += got.error().reason != refusal::budget || got.error().left >= got.error().asked;
            wrong += string_view(got.error().whose) != "crowd" && string_view(got.error().whose) != "inner crowd" && string_view(got.error().whose) != "untagged";
        };
        test::on_threads([&](int t) {
            lone mine;
            one_lock::heap_ptr<char[]> a[4];
            spinning::heap_ptr<char[]> b[4];
            cached::heap_ptr<char[]> c[4];
            lone::heap_ptr<char[]> d[4];
            for (std::size_t i = 0; i < 600; ++i) {
                const std::size_t bytes = 1 + (i * 7919 + static_cast<std::size_t>(t) * 104729) % (60 * KiB);
                switch ((i + static_cast<std::size_t>(t)) % 4) {
                    case 0: ask(first, bytes, a[i / 4 % 4]); break;
                    case 1: ask(second, bytes, b[i / 4 % 4]); break;
                    case 2: ask(third, bytes, c[i / 4 % 4]); break;
                    default: ask(mine, bytes, d[i / 4 % 4]); break;
                }
                if (i % 16 == 0) {
                    auto frame = third.try_frame();
                    if (frame) static_cast<void>((*frame).try_allocate(bytes / 8));
                }
                if (i % 64 == 63) third.trim();
            }
        });
        ended = true;
        sampler.join();
        CHECK(wrong == 0);
        CHECK(met > 0);
        CHECK(refused > 0);  // the bound was met, or nothing was tried
        CHECK(counted_upstream<inner_crowd>::most <= inner_limit);
        CHECK(counted_upstream<crowd>::most <= crowd_limit);
        CHECK(crowd::peak() <= crowd_limit);
        CHECK(inner_crowd::peak() <= inner_limit);
        CHECK(crowd::held() == out_of_crowd());
        for (auto* each : {&first}) each->trim();
        second.trim();
        third.trim();
        CHECK(first.try_make_heap<char[]>(150 * KiB));  // no refusal stays
    }
    CHECK(crowd::held() == 0);
    CHECK(inner_crowd::held() == 0);
    CHECK(out_of_crowd() == 0);
}

TEST_CASE("where each thread may hold one block at a time, all that there is room for get one", "[budget][threads][concurrent]") {
    static constexpr std::size_t each = 10 * KiB;
    struct seats : budget::group<"seats", 2 * (each + 32)> {};
    std::atomic<int> inside = 0, most = 0, wrong = 0;
    test::on_threads([&](int) {
        allocator<budget::shared<seats>> mine;
        for (int i = 0; i < 500;) {
            if (auto got = mine.try_make_heap<char[]>(each)) {
                const int now = ++inside;
                wrong += now > 2;
                for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {}
                std::this_thread::yield();
                --inside;
                ++i;
            } else {
                std::this_thread::yield();  // the others, which hold one, give it back
            }
        }
    });
    CHECK(wrong == 0);
    CHECK(most <= 2);
    CHECK(seats::held() == 0);
    CHECK(seats::peak() <= 2 * (each + 32));
}
