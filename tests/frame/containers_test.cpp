// Containers in frames, by type and through std::pmr: the allocator's rules, growth in place, moves between frames, and no null.
#include <algorithm>
#include <deque>
#include <list>
#include <memory_resource>
#include <set>
#include <string>

#include <alloy/containers.hpp>
#include <alloy/containers/flat_map.hpp>
#include <alloy/containers/growing_vector.hpp>
#include <alloy/format.hpp>
#include <alloy/memory_resource.hpp>

#include "../support/catch.hpp"
#include "../support/compositions.hpp"

namespace {
using plain = alloy::allocator<alloy::growth::geometric<1024>>;
struct incomplete;
struct holds_itself {
    alloy::frame_vector<holds_itself> parts;
    explicit holds_itself(alloy::frame_ref frame) : parts(frame) {}
};
}  // namespace

TEMPLATE_LIST_TEST_CASE("containers live in a frame of any composition", "[containers]", test::compositions) {
    TestType memory;
    auto frame = memory.frame();
    alloy::frame_vector<int> v{frame};
    alloy::growing_frame_vector<int> g{frame};
    alloy::frame_string s{frame};
    alloy::frame_map<int, alloy::frame_string> m{frame};
    alloy::frame_unordered_map<int, int> u{frame};
    alloy::frame_flat_map<int, int> f{frame};
    std::deque<int, alloy::frame_allocator<int>> d{frame};
    std::list<int, alloy::frame_allocator<int>> l{frame};
    for (int i = 0; i < 300; ++i) {
        v.push_back(i);
        g.push_back(i);
        s.push_back(static_cast<char>('a' + i % 26));
        m.emplace(i, alloy::frame_string(static_cast<std::size_t>(i % 50), 'x', frame));
        u.emplace(i, i);
        f.emplace(i, i);
        d.push_back(i);
        l.push_back(i);
        if (i % 3 == 0) u.erase(i);
    }
    for (int i = 0; i < 300; ++i) {
        REQUIRE(v[static_cast<std::size_t>(i)] == i);
        REQUIRE(g[static_cast<std::size_t>(i)] == i);
        REQUIRE(s[static_cast<std::size_t>(i)] == 'a' + i % 26);
        REQUIRE(m.at(i).size() == static_cast<std::size_t>(i % 50));
        REQUIRE(u.count(i) == (i % 3 != 0));
        REQUIRE(f.at(i) == i);
        REQUIRE(d[static_cast<std::size_t>(i)] == i);
    }
    CHECK(std::equal(l.begin(), l.end(), v.begin(), v.end()));
}

TEST_CASE("a frame allocator keeps the standard's rules", "[containers][fault-30]") {
    using allocator = alloy::frame_allocator<int>;
    plain memory;
    auto outer = memory.frame();
    allocator a{outer}, copy{a};
    alloy::frame_allocator<double> other{a};
    CHECK(a == copy);
    CHECK(a == other);
    CHECK(allocator{other} == a);
    auto inner = memory.frame();
    CHECK_FALSE(a == allocator{inner});
    STATIC_REQUIRE_FALSE(std::allocator_traits<allocator>::propagate_on_container_move_assignment::value);
    STATIC_REQUIRE_FALSE(std::allocator_traits<allocator>::propagate_on_container_copy_assignment::value);
    STATIC_REQUIRE_FALSE(std::allocator_traits<allocator>::propagate_on_container_swap::value);
    STATIC_REQUIRE_FALSE(std::allocator_traits<allocator>::is_always_equal::value);
    STATIC_REQUIRE(std::is_same_v<std::allocator_traits<allocator>::rebind_alloc<incomplete>, alloy::frame_allocator<incomplete>>);
    STATIC_REQUIRE(std::is_nothrow_copy_constructible_v<allocator>);
}

TEST_CASE("moving between frames moves the elements, never the memory", "[containers][fault-49]") {
    plain memory;
    auto outer = memory.frame();
    alloy::frame_vector<std::string> kept{outer};
    alloy::growing_frame_vector<std::string> kept_too{outer};
    {
        auto inner = memory.frame();
        alloy::frame_vector<std::string> made{inner};
        alloy::growing_frame_vector<std::string> made_too{inner};
        for (int i = 0; i < 20; ++i) {
            const std::string text(50, static_cast<char>('a' + i));
            made.push_back(text);
            made_too.push_back(made.back());
        }
        const auto* memory_of_inner = made.data();
        kept = std::move(made);
        kept_too = std::move(made_too);
        CHECK(kept.data() != memory_of_inner);
    }
    auto again = memory.frame();
    for (char& c : again.make_span<char>(4000)) c = '!';
    for (std::size_t i = 0; i < 20; ++i) {
        REQUIRE(kept[i] == std::string(50, static_cast<char>('a' + i)));
        REQUIRE(kept_too[i] == kept[i]);
    }
}

TEST_CASE("a vector that was made last grows where it stands", "[containers]") {
    plain memory;
    auto frame = memory.frame();
    alloy::growing_frame_vector<int> v{frame};
    v.push_back(0);
    const int* const start = v.data();
    for (int i = 1; i < 100; ++i) v.push_back(i);
    CHECK(v.data() == start);
    frame.make<int>(-1);
    v.resize(v.capacity() + 1, 7);
    CHECK(v.data() != start);
    for (int i = 0; i < 100; ++i) REQUIRE(v[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("growing vectors keep to their own bytes through swaps, moves, inner frames and rollbacks", "[containers]") {
    plain memory;
    auto frame = memory.frame();
    for (int how = 0; how < 4; ++how) {
        alloy::growing_frame_vector<int> a{frame}, b{frame};
        b.reserve(8);
        a.reserve(4);
        auto neighbour = frame.make_span<int>(4);
        a.resize(4, 1);
        if (how == 0) a.swap(b);
        if (how == 1) b = std::move(a);
        if (how == 2) {
            auto inner = memory.frame();
            for (int i = 0; i < 100; ++i) a.push_back(i);
            auto attempt = inner.checkpoint();
            for (int i = 0; i < 100; ++i) a.push_back(i);
        }
        for (int i = 0; i < 100; ++i) {
            a.push_back(i);
            b.push_back(i);
        }
        for (int n : neighbour) REQUIRE(n == 0);
        CHECK(a[a.size() - 1] == 99);
        CHECK(b[b.size() - 100] == 0);
    }
}

TEST_CASE("elements may hold containers of their own frame, and themselves", "[containers][fault-39]") {
    plain memory;
    auto frame = memory.frame();
    holds_itself root(frame);
    for (int i = 0; i < 10; ++i) root.parts.emplace_back(frame).parts.emplace_back(frame);
    CHECK(root.parts[9].parts.size() == 1);
    std::set<alloy::frame_string, std::less<>, alloy::frame_allocator<alloy::frame_string>> names{frame};
    names.emplace("one that is too long for its own object", frame);
    CHECK(names.count(std::string_view("one that is too long for its own object")) == 1);
}

TEST_CASE("adaptors throw where there is no memory, whatever the fallback", "[containers][fault-1]") {
    alloy::allocator<alloy::growth::fixed<1024>, alloy::fallback::null> memory;
    auto frame = memory.frame();
    auto resource = frame.resource();
    CHECK_THROWS_AS(static_cast<void>(alloy::frame_allocator<double>(frame).allocate(10'000)), std::bad_alloc);
    CHECK_THROWS_AS(static_cast<void>(alloy::frame_allocator<double>(frame).allocate(SIZE_MAX / 8 + 1)), std::bad_array_new_length);
    CHECK_THROWS_AS(static_cast<void>(alloy::frame_allocator<char>(frame).allocate(SIZE_MAX)), std::bad_alloc);
    CHECK_THROWS_AS(static_cast<void>(alloy::growing_frame_allocator<double>(frame).allocate(SIZE_MAX / 8)), std::bad_array_new_length);
    CHECK_THROWS_AS(static_cast<void>(resource.allocate(10'000, 8)), std::bad_alloc);
    alloy::frame_vector<int> v{frame};
    CHECK_THROWS_AS(v.reserve(1000), std::bad_alloc);
    v.push_back(1);
    CHECK(v.back() == 1);
    CHECK(frame.allocate(10'000, 8) == nullptr);
}

TEST_CASE("try_push_back says why there is no room, and leaves the container as it was", "[containers]") {
    alloy::allocator<alloy::budget::hard<4096>, alloy::growth::geometric<512>, alloy::tagging::named<"list">> memory;
    auto frame = memory.frame();
    alloy::frame_vector<int> v{frame};
    int pushed = 0;
    for (;; ++pushed) {
        auto made = alloy::try_push_back(v, pushed);
        if (!made) {
            CHECK(made.error().reason == alloy::refusal::budget);
            CHECK(std::string_view(made.error().whose) == "list");
            break;
        }
        REQUIRE(**made == pushed);
    }
    CHECK(pushed > 100);
    REQUIRE(v.size() == static_cast<std::size_t>(pushed));
    for (int i = 0; i < pushed; ++i) REQUIRE(v[static_cast<std::size_t>(i)] == i);
    alloy::frame_string s{frame};
    CHECK(alloy::try_push_back(s, 'x').has_value());
}

TEST_CASE("a frame is a pmr resource, aligned as asked, equal to itself alone", "[containers][pmr][fault-2][fault-5]") {
    plain memory;
    auto frame = memory.frame();
    auto resource = frame.resource(), same = frame.resource();
    CHECK(resource == same);
    CHECK_FALSE(resource.is_equal(*std::pmr::new_delete_resource()));
    {
        auto inner = memory.frame();
        CHECK_FALSE(resource.is_equal(inner.resource()));
    }
    for (std::size_t alignment = 1; alignment <= 4096; alignment *= 2)
        for (std::size_t bytes : {std::size_t{0}, std::size_t{1}, std::size_t{24}, std::size_t{100}}) {
            void* p = resource.allocate(bytes, alignment);
            REQUIRE(p != nullptr);
            REQUIRE(reinterpret_cast<std::uintptr_t>(p) % alignment == 0);
            resource.deallocate(p, bytes, alignment);
        }
    std::pmr::vector<std::pmr::string> names{&resource};
    for (int i = 0; i < 100; ++i) names.emplace_back("a string that is too long for its own object");
    CHECK(names[99].get_allocator().resource() == &resource);
}

TEST_CASE("text is formatted into a frame", "[containers][format]") {
    plain memory;
    auto frame = memory.frame();
    const alloy::frame_string text = alloy::format_to_frame(frame, "{} of {} bytes, {:>40}", 17, 64, "used");
    CHECK(text == "17 of 64 bytes,                                     used");
    CHECK(&text.get_allocator().frame() == &frame);
}
