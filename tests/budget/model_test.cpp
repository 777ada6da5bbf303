// Random programs over allocators of several threadings under a tree of groups with random limits, against a model: sums, bounds, and who is named.
// A limit of SIZE_MAX takes a group out of the tree, and one of zero what is below it, so the shapes differ.
#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include <rapidcheck.h>

#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#include "../support/catch.hpp"
#include "../support/upstreams.hpp"

namespace {
using namespace alloy;

struct root : budget::group<"root", SIZE_MAX> {};
struct west : budget::group<"west", SIZE_MAX, root> {};
struct east : budget::group<"east", SIZE_MAX, root> {};
struct leaf : budget::group<"leaf", SIZE_MAX, west> {};
constexpr std::size_t groups = 4;
enum group_index : std::size_t { at_root, at_west, at_east, at_leaf };
constexpr std::size_t outer[groups] = {groups, at_root, at_root, at_west};
constexpr const char* names[groups] = {"root", "west", "east", "leaf"};

std::size_t held_of(std::size_t g) { return std::array{root::held(), west::held(), east::held(), leaf::held()}[g]; }
std::size_t limit_of(std::size_t g) { return std::array{root::limit(), west::limit(), east::limit(), leaf::limit()}[g]; }
void set_limit(std::size_t g, std::size_t bytes) { std::array{&root::set_limit, &west::set_limit, &east::set_limit, &leaf::set_limit}[g](bytes); }
std::size_t left_of(std::size_t g) { return limit_of(g) > held_of(g) ? limit_of(g) - held_of(g) : 0; }

template <class Parent, std::size_t Group, class... Policies>
struct member : allocator<budget::shared<Parent, budget::adjustable<>>, test::strict_upstream, tagging::named<"own">, Policies...> {
    static constexpr std::size_t group = Group;
};
using forest = std::tuple<member<leaf, at_leaf, growth::linear<4 * KiB>>, member<leaf, at_leaf, threading::spin_locked, growth::released<growth::linear<4 * KiB>>>,
                          member<west, at_west, lifetime::pool, lifetime::heap>, member<east, at_east, threading::thread_cached, growth::coalesced<growth::geometric<4 * KiB>>>,
                          member<root, at_root, threading::locked<std::mutex>, growth::linear<8 * KiB>>>;
constexpr std::size_t members = std::tuple_size_v<forest>;

/// Calls f with the allocator number i.
template <class F, std::size_t... I>
void with(forest& all, std::size_t i, F f, std::index_sequence<I...>) {
    (static_cast<void>(I == i ? (f(std::get<I>(all)), 0) : 0), ...);
}
template <class F>
void with(forest& all, std::size_t i, F f) {
    with(all, i % members, f, std::make_index_sequence<members>());
}
template <class F>
void with_each(forest& all, F f) {
    for (std::size_t i = 0; i < members; ++i) with(all, i, f);
}

struct object {
    std::size_t member;
    void* at;
    std::size_t bytes;
};
struct step {
    unsigned what;
    std::size_t member, which, bytes;
};

class model {
public:
    explicit model(forest& all) : all_(all) {}
    ~model() {
        for (std::size_t g = 0; g < groups; ++g) set_limit(g, SIZE_MAX);
        for (const object& o : objects_) with(all_, o.member, [&](auto& memory) { memory.deallocate(o.at, o.bytes); });
    }

    void run(const step& s) {
        std::size_t before[groups];
        for (std::size_t g = 0; g < groups; ++g) before[g] = held_of(g);
        with(all_, s.member, [&](auto& memory) { run(memory, s); });
        std::size_t sums[groups] = {};
        with_each(all_, [&](auto& memory) {
            RC_ASSERT(memory.held() == memory.upstream().live_bytes());
            RC_ASSERT(memory.upstream().wrong == 0u);
            for (std::size_t g = memory.group; g < groups; g = outer[g]) sums[g] += memory.held();
            const std::size_t bound = memory.budget().own().limit();
            RC_ASSERT(memory.budget().own().left() == (bound > memory.held() ? bound - memory.held() : 0));
        });
        for (std::size_t g = 0; g < groups; ++g) {
            RC_ASSERT(held_of(g) == sums[g]);
            RC_ASSERT((held_of(g) <= limit_of(g) || held_of(g) <= before[g]));
        }
    }

private:
    template <class Memory>
    void run(Memory& memory, const step& s) {
        switch (s.what) {
            case 0: case 1: case 2: case 3: {
                auto got = memory.try_allocate(s.bytes);
                if (got)
                    objects_.push_back({s.member, *got, s.bytes});
                else
                    refused(memory, got.error());
                break;
            }
            case 4: case 5: case 6: {
                if (objects_.empty()) break;
                const std::size_t i = s.which % objects_.size();
                const object o = objects_[i];
                objects_.erase(objects_.begin() + static_cast<std::ptrdiff_t>(i));
                with(all_, o.member, [&](auto& its) { its.deallocate(o.at, o.bytes); });
                break;
            }
            case 7: case 8:
                if constexpr (Memory::lifetimes::has_frame) {
                    auto frame = memory.try_frame();
                    if (!frame) return refused(memory, frame.error());
                    for (std::size_t n = 0; n < 1 + s.which % 4; ++n)
                        if (auto got = (*frame).try_allocate(s.bytes); !got) refused(memory, got.error());
                }
                break;
            case 9: memory.trim(); break;
            case 10: set_limit(s.which % groups, limit(s.bytes)); break;
            case 11: memory.budget().own().set_limit(limit(s.bytes)); break;
            default:
                memory.upstream().refuse_at = s.which % 3 == 0 ? 0 : memory.upstream().requests + 1;
                memory.upstream().refuse_on = s.which % 3 == 2;
        }
    }
    static std::size_t limit(std::size_t bytes) { return bytes % 7 == 0 ? SIZE_MAX : bytes % 7 == 1 ? 0 : bytes * 8; }

    template <class Memory>
    void refused(Memory& memory, const alloc_error& e) {
        if (e.reason == refusal::upstream) return RC_ASSERT(memory.upstream().refuse_at != 0u);
        RC_ASSERT(e.reason == refusal::budget);
        RC_ASSERT(e.left < e.asked);
        std::size_t least = memory.budget().own().left();
        std::string_view whose = "own";
        for (std::size_t g = memory.group; g < groups; g = outer[g])
            if (left_of(g) < least) least = left_of(g), whose = names[g];
        RC_ASSERT(e.left == least);
        RC_ASSERT(std::string_view(e.whose) == whose);
    }

    forest& all_;
    std::vector<object> objects_;
};

rc::Gen<std::vector<step>> programs() {
    return rc::gen::container<std::vector<step>>(rc::gen::construct<step>(rc::gen::inRange<unsigned>(0, 13), rc::gen::inRange<std::size_t>(0, members), rc::gen::inRange<std::size_t>(0, 1000),
                                                                          rc::gen::weightedOneOf<std::size_t>({{2, rc::gen::inRange<std::size_t>(1, 600)}, {1, rc::gen::inRange<std::size_t>(600, 20000)}})));
}
}  // namespace

TEST_CASE("groups keep their sums and bounds through random programs, and a refusal names the tightest", "[budget][model]") {
    CHECK(rc::check([] {
        const std::vector<step> program = *programs();
        forest all;
        {
            model m(all);
            for (const step& s : program) m.run(s);
        }
        with_each(all, [](auto& memory) { memory.trim(); });
        for (std::size_t g = 0; g < groups; ++g) RC_ASSERT(held_of(g) == 0u);
    }));
}

TEST_CASE("groups keep their sums and bounds while threads run random programs", "[budget][model][threads]") {
    CHECK(rc::check([] {
        const std::vector<step> program[3] = {*programs(), *programs(), *programs()};
        const std::size_t bounds = *rc::gen::inRange<std::size_t>(1, 200);
        forest all;
        for (std::size_t g = 0; g < groups; ++g) set_limit(g, bounds * (g + 1) * 512);
        std::atomic<int> wrong = 0;
        std::vector<std::thread> threads;
        for (const std::vector<step>& mine : program)
            threads.emplace_back([&] {
                std::vector<object> objects;
                for (const step& s : mine) {
                    if (s.what < 7) {
                        const std::size_t which = s.what % 2 == 0 ? 1 : s.member % 2 == 0 ? 3 : 4;  // those that threads share
                        with(all, which, [&](auto& memory) {
                            auto got = memory.try_allocate(s.bytes);
                            if (got)
                                objects.push_back({which, *got, s.bytes});
                            else
                                wrong += got.error().reason != refusal::budget || got.error().left >= got.error().asked;
                        });
                    } else if (!objects.empty()) {
                        const object o = objects.back();
                        objects.pop_back();
                        with(all, o.member, [&](auto& memory) { memory.deallocate(o.at, o.bytes); });
                    }
                    for (std::size_t g = 0; g < groups; ++g) wrong += held_of(g) > limit_of(g);
                }
                for (const object& o : objects) with(all, o.member, [&](auto& memory) { memory.deallocate(o.at, o.bytes); });
            });
        for (std::thread& t : threads) t.join();
        RC_ASSERT(wrong == 0);
        std::size_t sum = 0;
        with_each(all, [&](auto& memory) { sum += memory.held(); });
        RC_ASSERT(root::held() == sum);
        with_each(all, [](auto& memory) { memory.trim(); });
        for (std::size_t g = 0; g < groups; ++g) {
            RC_ASSERT(held_of(g) == 0u);
            set_limit(g, SIZE_MAX);
        }
    }));
}

// What a budget hears of held bytes -------------------------------------------------------------------------------------------------

namespace {
/// Knows what it was told last, and that nobody is inside the host when it may tell.
struct mirror {
    using axis = budget::axis;
    static constexpr bool bounds_held = false, bounds_used = false, watches_held = true;
    void on_held(std::size_t bytes) noexcept {
        last = bytes;
        ++heard;
    }
    template <class Lock>
    void tell(Lock& lock, const char*) noexcept {
        lock.lock();
        told = heard;
        lock.unlock();
    }
    std::size_t last = 0, heard = 0, told = 0;
};
template <class... Policies>
struct mirrored : allocator<mirror, test::strict_upstream, Policies...> {};
}  // namespace

TEMPLATE_TEST_CASE("a budget that watches hears of all that is held, and may tell of it before the call returns", "[budget][soft][model]", (mirrored<growth::linear<4 * KiB>>),
                   (mirrored<growth::coalesced<growth::linear<2 * KiB>>, threading::locked<std::mutex>>), (mirrored<growth::released<growth::linear<4 * KiB>>, threading::thread_cached>),
                   (mirrored<growth::trimmed<growth::geometric<1 * KiB>, 8 * KiB>, fallback::to_heap, lifetime::frames<2>, lifetime::pool, lifetime::heap>),
                   (mirrored<lifetime::pool, lifetime::heap, threading::spin_locked>)) {
    CHECK(rc::check([] {
        TestType memory;
        std::vector<object> objects;
        for (const step& s : *programs()) {
            switch (s.what) {
                case 0: case 1: case 2: case 3: {
                    auto got = memory.try_allocate(s.bytes);
                    if (got) objects.push_back({0, *got, s.bytes});
                    break;
                }
                case 4: case 5:
                    if (objects.empty()) break;
                    memory.deallocate(objects.back().at, objects.back().bytes);
                    objects.pop_back();
                    break;
                case 6: {
                    if (objects.empty()) break;
                    object& o = objects[s.which % objects.size()];
                    auto there = memory.try_reallocate(o.at, o.bytes, s.bytes);
                    if (there) o = {0, *there, s.bytes};
                    break;
                }
                case 7: case 8: case 9:
                    if constexpr (TestType::lifetimes::has_frame) {
                        auto frame = memory.try_frame();
                        if (!frame) break;
                        for (std::size_t n = 0; n < 1 + s.which % 4; ++n) static_cast<void>((*frame).try_allocate(s.bytes));
                    }
                    break;
                case 10: memory.trim(); break;
                default:
                    memory.upstream().refuse_at = s.which % 3 == 0 ? 0 : memory.upstream().requests + 1;
                    memory.upstream().refuse_on = s.which % 3 == 2;
            }
            RC_ASSERT(memory.budget().last == memory.held());
            if (TestType::lifetimes::buffers <= 1) RC_ASSERT(memory.budget().told == memory.budget().heard);  // with several, a buffer is emptied where the next frame opens
        }
        for (const object& o : objects) memory.deallocate(o.at, o.bytes);
        memory.trim();
        RC_ASSERT(memory.budget().last == memory.held());
        RC_ASSERT(memory.budget().told == memory.budget().heard);
    }));
}

TEST_CASE("memory of messages is heard of too", "[budget][soft][transfer]") {
    allocator<mirror, threading::spin_locked> one;
    allocator<mirror, threading::thread_cached> each;
    const auto use = [](auto& memory) {
        auto small = memory.template make_transfer<int>(1);
        auto large = memory.template make_transfer<char[]>(40 * KiB);
        CHECK(memory.budget().last == memory.held());
        { auto there = std::move(large).receive(); }
        memory.trim();
        CHECK(memory.budget().last == memory.held());
        { auto there = std::move(small).receive(); }
        memory.trim();
        CHECK(memory.budget().last == memory.held());
        CHECK(memory.budget().told == memory.budget().heard);
    };
    use(one);
    use(each);
}
