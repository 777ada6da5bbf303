// Tags: bytes appear under the tag that was current, exactly, whoever frees them and wherever.
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>

#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#include "../support/catch.hpp"
#include "../support/threads.hpp"

namespace {

namespace tagging = alloy::tagging;
using alloy::tag_bytes;
using game_tags = tagging::scoped<"physics", "physics/contacts", "ai", "render">;

template <class... Policies>
using tagged = alloy::allocator<game_tags, Policies...>;
using each_threading = std::tuple<tagged<>, tagged<alloy::threading::spin_locked>, tagged<alloy::threading::thread_cached>,
                                  tagged<alloy::threading::thread_cached, alloy::budget::per_frame<1 * alloy::MiB>>>;

template <class A>
tag_bytes under(A& memory, const char* name) {
    return memory.tag_usage(A::tagging_type::index_of(name));
}

}  // namespace

static_assert(std::is_same_v<tagging::scoped<"a", "b">, tagging::scoped<"b", "a">>);
static_assert(std::is_empty_v<game_tags> && game_tags::count == 5);
// A tag costs a word per counter, and nothing where there is one tag.
static_assert(sizeof(alloy::allocator<tagging::named<"x">>) == sizeof(alloy::allocator<>));

TEMPLATE_LIST_TEST_CASE("bytes of frames, pool and heap appear under the tag that was current, and go with it", "[tagging]", each_threading) {
    TestType memory;
    CHECK(memory.current_tag() == 0);
    auto frame = memory.frame();
    frame.template make_span<char>(64);
    {
        auto physics = memory.template tag<"physics">();
        CHECK(memory.current_tag() == game_tags::index_of("physics"));
        frame.template make_span<char>(1000);
        auto body = memory.template make_pooled<std::size_t>(std::size_t{1});
        auto mesh = memory.template make_heap<char[]>(std::size_t{100'000});
        {
            auto contacts = memory.template tag<"physics/contacts">();
            frame.template make_span<char>(400);
            auto inner = memory.frame();
            inner.template make_span<char>(80);
            CHECK(under(memory, "physics/contacts").frame == 480);
        }
        CHECK(under(memory, "physics/contacts").frame == 400);
        CHECK(under(memory, "physics").frame == 1000);
        CHECK(under(memory, "physics").pool == 8);
        CHECK(under(memory, "physics").heap >= 100'032);
        auto ai = memory.template tag<"ai">();
        body.reset();  // freed under another tag
        mesh.reset();
    }
    CHECK(under(memory, "physics") == tag_bytes{1000, 0, 0});
    CHECK(under(memory, "ai") == tag_bytes{});
    CHECK(under(memory, "untagged") == tag_bytes{64, 0, 0});
    frame.end();
    for (std::size_t i = 0; i < game_tags::count; ++i) CHECK(memory.tag_usage(i) == tag_bytes{});
}

TEMPLATE_LIST_TEST_CASE("a tag is restored however its scope is left, and scopes nest", "[tagging]", each_threading) {
    TestType memory;
    try {
        auto physics = memory.template tag<"physics">();
        auto ai = memory.template tag<"ai">();
        throw std::runtime_error("half-way");
    } catch (const std::runtime_error&) {
    }
    CHECK(memory.current_tag() == 0);
    auto outer = memory.template tag<"render">();
    {
        auto inner = memory.template tag<"ai">();
        CHECK(memory.current_tag() == game_tags::index_of("ai"));
    }
    CHECK(memory.current_tag() == game_tags::index_of("render"));
}

TEMPLATE_LIST_TEST_CASE("allocators of one type have tags of their own", "[tagging]", each_threading) {
    TestType one, other;
    auto physics = one.template tag<"physics">();
    auto ai = other.template tag<"ai">();
    CHECK(one.current_tag() == game_tags::index_of("physics"));
    CHECK(other.current_tag() == game_tags::index_of("ai"));
    auto p = one.template make_pooled<int>(1);
    CHECK(under(one, "physics").pool == 8);
    CHECK(under(other, "ai").pool == 0);
}

TEMPLATE_LIST_TEST_CASE("a view makes what it makes under its tag", "[tagging]", each_threading) {
    TestType memory;
    const auto physics = memory.template tagged<"physics">();
    CHECK(std::string_view(physics.name()) == "physics");
    auto body = physics.template make_pooled<double>(1.5);
    void* const raw = physics.allocate(24, 8);
    auto tried = physics.template try_make_pooled<int>(3);
    REQUIRE(tried.has_value());
    CHECK(physics.usage() == tag_bytes{0, 8 + 24 + 8, 0});
    CHECK(memory.current_tag() == 0);
    {
        auto frame = physics.frame();
        CHECK(memory.current_tag() == physics.tag_number());
        *frame->template make<int>() = 1;
        CHECK(physics.usage().frame == 8);
    }
    CHECK(memory.current_tag() == 0);
    void* const longer = physics.reallocate(raw, 24, 100, 8);
    CHECK(physics.usage().pool == 8 + 8 + alloy::size_class::bytes(alloy::size_class::of(100, 8)));
    memory.deallocate(longer, 100, 8);
    tried->reset();
    body.reset();
    CHECK(physics.usage() == tag_bytes{});
}

TEST_CASE("tags are each thread's own, and sums are exact when threads have joined", "[tagging][threads]") {
    tagged<alloy::threading::thread_cached> memory;
    auto physics = memory.tag<"physics">();
    std::vector<decltype(memory)::pool_ptr<std::size_t>> made(400);
    test::on_threads([&](int t) {
        CHECK(memory.current_tag() == 0);
        auto mine = memory.tag(std::size_t(t % 2 ? game_tags::index_of("ai") : game_tags::index_of("render")));
        auto frame = memory.frame();
        frame.make_span<char>(1000);
        for (int i = 0; i < 100; ++i) made[std::size_t(t * 100 + i)] = memory.make_pooled<std::size_t>(std::size_t(i));
    });
    CHECK(under(memory, "physics") == tag_bytes{});
    CHECK(under(memory, "ai") == tag_bytes{0, 200 * 8, 0});
    CHECK(under(memory, "render") == tag_bytes{0, 200 * 8, 0});
    test::on_threads([&](int t) {  // freed by others than made them
        for (int i = 0; i < 100; ++i) made[std::size_t(((t + 1) % test::workers) * 100 + i)].reset();
    });
    memory.trim();  // caches of ended threads go, and what they have counted stays
    for (std::size_t i = 0; i < game_tags::count; ++i) CHECK(memory.tag_usage(i) == tag_bytes{});
}

TEST_CASE("messages count under their tag until they have come home", "[tagging][threads]") {
    tagged<alloy::threading::thread_cached> memory;
    auto small = memory.tagged<"ai">().make_transfer<int>(5);
    auto large = memory.tagged<"render">().make_transfer<char[]>(std::size_t{50'000});
    CHECK(under(memory, "ai") == tag_bytes{0, 8, 0});
    CHECK(under(memory, "render").pool >= 50'000);
    std::thread([&] {
        CHECK(*std::move(small).receive() == 5);
        auto gone = std::move(large);
    }).join();
    memory.trim();
    CHECK(under(memory, "ai") == tag_bytes{});
    CHECK(under(memory, "render") == tag_bytes{});
}

TEST_CASE("an outer frame that grows inside an inner one is charged to the tag that is current", "[tagging]") {
    tagged<alloy::growth::linear<1024>> memory;
    auto outer = memory.frame();
    {
        auto physics = memory.tag<"physics">();
        auto inner = memory.frame();
        inner.make_span<char>(100);
        auto ai = memory.tag<"ai">();
        outer.make_span<char>(2000);
        CHECK(under(memory, "ai").frame == 2000);
    }
    CHECK(under(memory, "physics").frame == 0);
    CHECK(under(memory, "ai").frame == 2000);
}

TEST_CASE("names that are known at run time", "[tagging]") {
    struct here;
    using tags = tagging::dynamic<3, here>;
    alloy::allocator<tags> memory;
    std::string name = "enemies/orcs";
    const std::size_t orcs = tags::define(name.c_str());
    name = "changed since";
    CHECK(orcs == 1);
    CHECK(std::string_view(tags::name(orcs)) == "enemies/orcs");
    CHECK(tags::define("enemies/orcs") == orcs);
    CHECK(tags::index_of("enemies/orcs") == orcs);
    CHECK(tags::index_of("nobody") == tags::count);
    auto p = memory.tagged(orcs).make_pooled<int>(1);
    CHECK(memory.tag_usage(orcs).pool == 8);
    CHECK(tags::define("b") == 2);
    CHECK(tags::define("c") == 3);
    const auto full = tags::try_define("d");
    REQUIRE_FALSE(full.has_value());
    CHECK(full.error().left == 3);
    CHECK(tags::define("d") == 0);
    CHECK_FALSE(tags::try_define("").has_value());
    CHECK(tags::defined() == 4);
}

TEST_CASE("a name is defined once by however many threads", "[tagging][threads]") {
    struct here;
    using tags = tagging::dynamic<64, here>;
    std::size_t found[test::workers][50];
    test::on_threads([&](int t) {
        for (int i = 0; i < 50; ++i) found[t][i] = tags::define(("tag " + std::to_string((i * 7 + t * 13) % 50)).c_str());
    });
    CHECK(tags::defined() == 51);
    for (int t = 0; t < test::workers; ++t)
        for (int i = 0; i < 50; ++i) CHECK(std::string(tags::name(found[t][i])) == "tag " + std::to_string((i * 7 + t * 13) % 50));
}
