// The static memory plan: a constant that is looked into while compiling, and walked through afterwards.
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>

#include <boost/hana/at_key.hpp>
#include <boost/hana/fold_left.hpp>
#include <boost/hana/length.hpp>
#include <boost/hana/second.hpp>
#include <boost/hana/string.hpp>

#include <alloy/allocator.hpp>
#include <alloy/plan.hpp>
#include <alloy/policies.hpp>

#include "../support/catch.hpp"

namespace {
namespace hana = boost::hana;
using namespace alloy;

constexpr auto game = plan<512 * MiB>(part<"physics", 64 * MiB>(part<"contacts", 16 * MiB>(part<"manifolds", 4 * MiB>), part<"islands", 8 * MiB>),  //
                                      part<"render", 256 * MiB>(part<"contacts", 1 * MiB>), part<"rest", 0>);

static_assert(game.bytes() == 512 * MiB);
static_assert(game.bytes<"physics">() == 64 * MiB);
static_assert(game.bytes<"physics/contacts">() == 16 * MiB);
static_assert(game.bytes<"render/contacts">() == 1 * MiB);
static_assert(game.bytes<"physics/contacts/manifolds">() == 4 * MiB);
static_assert(game.bytes<"rest">() == 0);
static_assert(game.beside_parts() == 192 * MiB);
static_assert(game.beside_parts<"physics">() == 40 * MiB);
static_assert(game.beside_parts<"physics/contacts/manifolds">() == 4 * MiB);
static_assert(std::is_empty_v<decltype(game)>);

// Parts may be all of their whole, and a plan may have none.
static_assert(plan<3>(part<"a", 1>, part<"b", 2>).beside_parts() == 0);
static_assert(plan<SIZE_MAX>(part<"a", SIZE_MAX>).bytes<"a">() == SIZE_MAX);
static_assert(plan<7>().entries.size() == 1);
// The same tree is the same type.
constexpr auto inner = part<"render", 256>(part<"shadows", 16>);
static_assert(std::is_same_v<decltype(plan<512>(inner)), decltype(plan<512>(part<"render", 256>(part<"shadows", 16>)))>);

// What budgets and tags are made of.
template <fixed_string, std::size_t>
struct limit {};
template <class...>
struct limits {};
template <fixed_string...>
struct names {};
static_assert(std::is_same_v<decltype(game)::limits<limits, limit>,
                             limits<limit<"physics", 64 * MiB>, limit<"physics/contacts", 16 * MiB>, limit<"physics/contacts/manifolds", 4 * MiB>, limit<"physics/islands", 8 * MiB>,
                                    limit<"render", 256 * MiB>, limit<"render/contacts", 1 * MiB>, limit<"rest", 0>>>);
static_assert(std::is_same_v<decltype(game)::paths<names>,
                             names<"physics", "physics/contacts", "physics/contacts/manifolds", "physics/islands", "render", "render/contacts", "rest">>);

struct all : budget::group<"game", game.bytes()> {};
struct physics : allocator<budget::shared<all, budget::hard<game.bytes<"physics">()>>, tagging::named<"physics">> {};
struct render : allocator<budget::hard<game.bytes<"render">()>> {};
}  // namespace

TEST_CASE("each subsystem has its budget from the plan", "[budget][plan]") {
    physics memory;
    render other;
    CHECK(memory.budget().limit() == 64 * MiB);
    CHECK(other.budget().limit() == 256 * MiB);
    CHECK(all::limit() == 512 * MiB);
    CHECK_FALSE(memory.try_make_heap<char[]>(64 * MiB));
}

namespace {
constexpr auto tagged = plan<1 * MiB>(part<"ai", 64 * KiB>(part<"paths", 16 * KiB>), part<"sound", 32 * KiB>);
struct tagged_memory : allocator<decltype(tagged)::paths<tagging::scoped>, decltype(tagged)::limits<budget::per_tag, budget::limit>> {};
}  // namespace

TEST_CASE("tags and their limits are taken from a plan all at once", "[budget][plan]") {
    tagged_memory memory;
    auto frame = memory.frame();
    {
        auto scope = memory.tag<"ai/paths">();
        CHECK(frame.try_allocate(12 * KiB));
        const auto refused = frame.try_allocate(8 * KiB);
        REQUIRE_FALSE(refused);
        CHECK(std::string_view(refused.error().whose) == "ai/paths");
    }
    {
        auto scope = memory.tag<"ai">();
        CHECK(frame.try_allocate(40 * KiB));
        const auto refused = frame.try_allocate(16 * KiB);  // its parts count
        REQUIRE_FALSE(refused);
        CHECK(std::string_view(refused.error().whose) == "ai");
    }
    CHECK(frame.try_allocate(100 * KiB));  // which no tag bounds
}

TEST_CASE("a plan is a map from paths, and a table in order", "[budget][plan]") {
    CHECK(game.map[BOOST_HANA_STRING("physics/contacts")].bytes == 16 * MiB);
    CHECK(std::size_t{hana::length(game.map)} == 8);
    const std::size_t sum = hana::fold_left(game.map, std::size_t{0}, [](std::size_t n, const auto& entry) { return n + hana::second(entry).bytes - hana::second(entry).in_parts; });
    CHECK(sum == 512 * MiB);

    std::string table;
    for (const plan_entry& e : game.entries) {
        table += std::string(2 * e.depth, ' ') + e.name + " " + std::to_string(e.bytes / MiB) + "\n";
        const std::string_view path = e.path;
        if (e.depth == 0) {
            CHECK(e.parent == nullptr);
            CHECK(path.empty());
        } else {
            REQUIRE(e.parent != nullptr);
            CHECK(path == std::string(e.parent) + (*e.parent ? "/" : "") + e.name);
        }
    }
    CHECK(table == " 512\n  physics 64\n    contacts 16\n      manifolds 4\n    islands 8\n  render 256\n    contacts 1\n  rest 0\n");
}
