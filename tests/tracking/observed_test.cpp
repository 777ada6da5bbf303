/// What observers hear, event by event, under each threading policy.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <alloy/allocator.hpp>
#include <alloy/checking/guarded.hpp>
#include <alloy/policies.hpp>
#include <alloy/tracking/observed.hpp>

#include "../support/catch.hpp"

namespace {

using alloy::allocator;
using alloy::tracking::observed;

/// Writes down what it hears.
struct witness {
    void on(const alloy::frame_event& e) noexcept { frames.push_back(e); }
    void on(const alloy::frame_allocation& e) noexcept {
        taken.push_back(e);
        sum += e.bytes + e.padding;
    }
    void on(const alloy::object_made& e) noexcept { is_right &= live.emplace(e.at, e).second && e.padding < 1024; }
    void on(const alloy::object_freed& e) noexcept {
        const auto at = live.find(e.at);
        is_right &= at != live.end() && at->second.bytes == e.bytes && at->second.alignment == e.alignment && at->second.in_pool == e.in_pool && at->second.tag == e.tag;
        if (at != live.end()) live.erase(at);
        ++freed;
    }
    void on(const alloy::transfer_event& e) noexcept {
        if (e.what == alloy::transfer_event::kind::made)
            is_right &= messages.emplace(e.at, e.bytes).second;
        else
            is_right &= messages.erase(e.at) == 1;
    }
    void on(const alloy::block_event& e) noexcept { ++blocks[static_cast<int>(e.what)]; }
    void on(const alloy::rest_event& e) noexcept { rests += e.bytes; }
    void on(const alloy::alloc_error& e) noexcept { refusals.push_back(e); }
    void on(const alloy::mark_event& e) noexcept { marks.emplace_back(e.name); }

    std::vector<alloy::frame_event> frames;
    std::vector<alloy::frame_allocation> taken;
    std::map<const void*, alloy::object_event> live;
    std::map<const void*, std::size_t> messages;
    std::vector<alloy::alloc_error> refusals;
    std::vector<std::string> marks;
    std::size_t sum = 0, freed = 0, rests = 0;
    int blocks[4] = {};
    bool is_right = true;
};
using watched = observed<witness>;

template <class Memory>
witness& seen(Memory& memory) {
    return memory.tracking().template get<witness>();
}

using tags = alloy::tagging::scoped<"physics", "render">;
using bound = alloy::budget::per_tag<alloy::budget::limit<"physics", 64 * alloy::KiB>>;

/// Hears of marks alone, and belongs to the program.
struct global_count {
    static inline int marks = 0;
    static void on(const alloy::mark_event&) noexcept { ++marks; }
};
struct any_event {
    template <class E>
    void on(const E&) noexcept {
        ++heard;
    }
    int heard = 0;
};

}  // namespace

TEST_CASE("an observer is told of what it has hooks for, and what nobody watches costs no byte", "[tracking][observed]") {
    using marks_alone = observed<global_count>;
    STATIC_REQUIRE(alloy::watches<marks_alone, alloy::mark_event>);
    STATIC_REQUIRE_FALSE(alloy::watches<marks_alone, alloy::frame_event>);
    STATIC_REQUIRE_FALSE(alloy::watches_objects<marks_alone>);
    STATIC_REQUIRE(alloy::watches<observed<any_event>, alloy::promotion_event>);
    STATIC_REQUIRE(sizeof(allocator<marks_alone>) == sizeof(allocator<>));
    STATIC_REQUIRE(sizeof(allocator<marks_alone>::frame_type) == sizeof(allocator<>::frame_type));  // nothing is hidden

    global_count::marks = 0;
    allocator<marks_alone> memory;
    memory.mark("one");
    CHECK(global_count::marks == 1);
}

TEST_CASE("several observers hear of the same, and policies may be among them", "[tracking][observed]") {
    allocator<observed<witness, global_count, alloy::tracking::metrics<alloy::metric::count>>> memory;
    global_count::marks = 0;
    memory.mark("one");
    {
        auto frame = memory.frame();
        frame.make<int>(1);
        auto object = memory.make_pooled<int>(2);
    }
    CHECK(global_count::marks == 1);
    CHECK(seen(memory).marks == std::vector<std::string>{"one"});
    CHECK(seen(memory).taken.size() == 1);
    CHECK(memory.metrics().allocations == 2);
}

TEST_CASE("an observer may come with settings of its own", "[tracking][observed]") {
    struct into {
        std::vector<std::string>* to = nullptr;
        void on(const alloy::mark_event& e) noexcept { to->emplace_back(e.name); }
    };
    std::vector<std::string> heard;
    observed<into, any_event> policy{into{&heard}, any_event{}};
    policy.on(alloy::mark_event{"here"});
    CHECK(heard == std::vector<std::string>{"here"});
    CHECK(policy.get<any_event>().heard == 1);
}

TEMPLATE_TEST_CASE("bytes and padding of what is made in a frame are what the frame uses", "[tracking][observed]", allocator<watched>,
                   (allocator<watched, alloy::threading::spin_locked>), (allocator<watched, alloy::threading::thread_cached>),
                   (allocator<watched, alloy::checking::guarded<>>), (allocator<watched, alloy::growth::linear<512>>)) {
    TestType memory;
    {
        auto frame = memory.frame();
        for (std::size_t i = 1; i < 40; ++i) {
            static_cast<void>(frame.allocate(i * 7, std::size_t{1} << i % 8));
            frame.template make_for_overwrite<std::uint16_t>();
            alloy::frame_ref as_ref = frame;
            as_ref.make_span<char>(i);
        }
        CHECK(seen(memory).sum == frame.used());
        {
            auto inner = memory.frame();
            inner.template make<double>(1.0);
            static_cast<void>(frame.allocate(24, 8));  // in the outer one
            CHECK(seen(memory).taken.back().inside == 1);
            CHECK(seen(memory).sum == frame.used() + inner.used());
        }
    }
    REQUIRE(seen(memory).frames.size() == 4);
    const alloy::frame_event& last = seen(memory).frames.back();
    CHECK(last.what == alloy::frame_event::kind::closed);
    CHECK(last.outermost);
    CHECK_FALSE(last.commits);
    CHECK(last.depth_used == seen(memory).sum - seen(memory).frames[2].depth_used);
    for (const alloy::frame_allocation& e : seen(memory).taken) CHECK(reinterpret_cast<std::uintptr_t>(e.at) % e.alignment == 0);
}

TEST_CASE("a checkpoint that commits says so, and so does a scope that is left out of order", "[tracking][observed]") {
    allocator<watched> memory;
    {
        auto frame = memory.frame();
        auto attempt = frame.checkpoint();
        attempt.make<int>(1);
        attempt.commit();
        CHECK(seen(memory).frames.back().commits);
        CHECK(seen(memory).frames.back().inside == 0);
    }
    {
        auto* outer = new allocator<watched>::frame_type(memory.frame());
        auto inner = memory.frame();
        auto innermost = memory.frame();
        inner.make<int>(1);
        delete outer;  // what it owns goes to the one inside it
        const alloy::frame_event& merged = seen(memory).frames.back();
        CHECK(merged.what == alloy::frame_event::kind::closed);
        CHECK(merged.commits);
        CHECK(merged.inside == 1);
    }
    std::size_t open = 0;
    for (const alloy::frame_event& e : seen(memory).frames) {
        if (e.what == alloy::frame_event::kind::opened) {
            ++open;
        } else {
            REQUIRE(e.inside < open);
            --open;
        }
    }
    CHECK(open == 0);
}

TEMPLATE_TEST_CASE("each object of pool and heap is told of once made and once freed, with the same size, tag and place", "[tracking][observed]", allocator<watched>,
                   (allocator<watched, alloy::threading::spin_locked>), (allocator<watched, alloy::threading::thread_cached>),
                   (allocator<watched, alloy::checking::guarded<>>), (allocator<watched, alloy::upstream::malloc>)) {
    TestType memory;
    {
        std::vector<typename TestType::template pool_ptr<std::uint64_t>> small;
        for (std::uint64_t i = 0; i < 300; ++i) small.push_back(memory.template make_pooled<std::uint64_t>(i));
        auto large = memory.template make_pooled<char[]>(5000);
        auto heap = memory.template make_heap<int>(1);
        CHECK(seen(memory).live.size() == 302);
        CHECK(seen(memory).live.at(small[7].get()).in_pool);
        CHECK_FALSE(seen(memory).live.at(large.get()).in_pool);
        CHECK_FALSE(seen(memory).live.at(heap.get()).in_pool);
        CHECK(seen(memory).live.at(heap.get()).bytes == sizeof(int));
        const auto free_half = [&small] {
            for (std::size_t i = 0; i < small.size(); i += 2) small[i].reset();
        };
        if constexpr (TestType::threading_type::sharing == alloy::sharing::one_thread)
            free_half();
        else
            std::thread(free_half).join();
        CHECK(seen(memory).live.size() == 152);
    }
    CHECK(seen(memory).live.empty());
    CHECK(seen(memory).freed == 302);

    void* p = memory.allocate(10);
    std::size_t bytes = 10;
    for (const std::size_t to : {12U, 200U, 1500U, 1400U, 90000U, 89000U, 50U, 8U}) {
        p = memory.reallocate(p, bytes, to);
        bytes = to;
        REQUIRE(seen(memory).live.size() == 1);
        CHECK(seen(memory).live.begin()->first == p);
        CHECK(seen(memory).live.begin()->second.bytes == to);
    }
    memory.deallocate(p, bytes);
    CHECK(seen(memory).live.empty());
    CHECK(seen(memory).is_right);
}

TEMPLATE_TEST_CASE("what is told of says its own tag, also when it is freed under another", "[tracking][observed]", (allocator<watched, tags, bound>),
                   (allocator<watched, tags, bound, alloy::threading::spin_locked>), (allocator<watched, tags, bound, alloy::threading::thread_cached>),
                   (allocator<watched, tags, alloy::threading::thread_cached>), (allocator<watched, tags, bound, alloy::checking::guarded<>>)) {
    TestType memory;
    const auto tag_of = [&memory](const void* p) { return std::string_view(seen(memory).live.at(p).whose); };
    {
        auto frame = memory.frame();
        const auto physics = memory.template tag<"physics">();
        for (int turn = 0; turn < 2; ++turn) {  // by a call, and in place
            auto body = memory.template make_pooled<int>(1);
            auto mesh = memory.template make_heap<int>(2);
            frame.template make<int>(3);
            CHECK(tag_of(body.get()) == "physics");
            CHECK(tag_of(mesh.get()) == "physics");
            CHECK(std::string_view(seen(memory).taken.back().whose) == "physics");
            const auto render = memory.template tag<"render">();
            auto light = memory.template make_pooled<int>(4);
            frame.template make<int>(5);
            CHECK(tag_of(light.get()) == "render");
            CHECK(std::string_view(seen(memory).taken.back().whose) == "render");
            body.reset();
            mesh.reset();
        }
        CHECK(seen(memory).sum == frame.used());
    }
    CHECK(seen(memory).is_right);
    CHECK(seen(memory).live.empty());
}

TEST_CASE("objects told of in place say where in the code they were made", "[tracking][observed]") {
    allocator<watched> memory;
    auto first = memory.make_pooled<int>(1);
    auto second = memory.make_pooled<int>(2);
    auto third = memory.make_pooled<int>(3);
    const void* const sites[] = {seen(memory).live.at(first.get()).site, seen(memory).live.at(second.get()).site, seen(memory).live.at(third.get()).site};
#if defined(__x86_64__) || defined(__aarch64__)
    CHECK(sites[1] != nullptr);
    CHECK(sites[1] != sites[2]);
#endif
    CHECK(sites[0] != nullptr);  // by a call
}

TEMPLATE_TEST_CASE("messages are told of when they are made and when they have come home", "[tracking][observed]", (allocator<watched, alloy::threading::spin_locked>),
                   (allocator<watched, alloy::threading::thread_cached>)) {
    TestType memory;
    {
        auto small = memory.template make_transfer<int>(1);
        auto large = memory.template make_transfer<int[]>(4000);
        CHECK(seen(memory).messages.size() == 2);
        CHECK(seen(memory).messages.at(small.get()) == sizeof(int));
        std::thread([a = std::move(small), b = std::move(large)]() mutable { auto received = std::move(a).receive(); }).join();
    }
    memory.trim();
    CHECK(seen(memory).messages.empty());
    auto again = memory.template make_transfer<int>(2);
    CHECK(seen(memory).messages.size() == 1);
    again.reset();
    memory.trim();
    CHECK(seen(memory).messages.empty());
    CHECK(seen(memory).is_right);
}

TEST_CASE("blocks, what they had left, and what no budget allows", "[tracking][observed]") {
    allocator<watched, alloy::growth::linear<1024>, alloy::budget::hard<4096>> memory;
    {
        auto frame = memory.frame();
        frame.make_span<char>(900);
        frame.make_span<char>(300);
        CHECK(seen(memory).blocks[static_cast<int>(alloy::block_event::kind::taken)] == 2);
        CHECK(seen(memory).rests > 0);
        CHECK(seen(memory).rests < 1024 - 900);
        CHECK_FALSE(frame.try_allocate(4096).has_value());
    }
    CHECK(seen(memory).blocks[static_cast<int>(alloy::block_event::kind::over_budget)] == 1);
    REQUIRE(seen(memory).refusals.size() == 1);
    CHECK(seen(memory).refusals[0].reason == alloy::refusal::budget);
    memory.trim();
    CHECK(seen(memory).blocks[static_cast<int>(alloy::block_event::kind::given_back)] == 2);
}

TEST_CASE("metrics count what they are named for", "[tracking][metrics]") {
    namespace metric = alloy::metric;
    allocator<alloy::tracking::metrics<metric::sizes, metric::padding, metric::live, metric::boundary, metric::count, metric::requested>, alloy::growth::linear<1024>> memory;
    {
        auto frame = memory.frame();
        static_cast<void>(frame.allocate(3, 1));
        static_cast<void>(frame.allocate(8, 8));
        static_cast<void>(frame.allocate(1000, 8));
        auto a = memory.make_pooled<char[]>(33), b = memory.make_pooled<char[]>(64);
        b.reset();
        CHECK(memory.metrics().live == 1);
    }
    const alloy::memory_metrics seen = memory.metrics();
    CHECK(seen.allocations == 5);
    CHECK(seen.requested == 3 + 8 + 1000 + 33 + 64);
    CHECK(seen.padding == 5 + (40 - 33));
    CHECK(seen.live == 0);
    CHECK(seen.peak_live == 2);
    CHECK(seen.freed == 2);
    CHECK(seen.sizes.count[2] == 1);   // 3
    CHECK(seen.sizes.count[3] == 1);   // 8
    CHECK(seen.sizes.count[6] == 2);   // 33 and 64
    CHECK(seen.sizes.count[10] == 1);  // 1000
    CHECK(seen.peak_used_in_frames == 8 + 8 + 1000);
    CHECK(seen.block_rests > 0);
    CHECK(seen.frames == 1);
}

TEST_CASE("sizes fall into powers of two", "[tracking][metrics]") {
    using alloy::size_histogram;
    STATIC_REQUIRE(size_histogram::index(0) == 0);
    STATIC_REQUIRE(size_histogram::index(1) == 0);
    STATIC_REQUIRE(size_histogram::index(2) == 1);
    STATIC_REQUIRE(size_histogram::index(3) == 2);
    STATIC_REQUIRE(size_histogram::index(4) == 2);
    STATIC_REQUIRE(size_histogram::index(5) == 3);
    STATIC_REQUIRE(size_histogram::index(SIZE_MAX) == size_histogram::length - 1);
}
