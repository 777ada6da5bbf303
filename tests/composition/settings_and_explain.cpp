/// Allocators with settings known at run time, built where they stand; and what a declared type says of itself.
#include <array>
#include <cstddef>
#include <memory_resource>
#include <mutex>
#include <string>
#include <string_view>
#include <type_traits>

#include <boost/core/type_name.hpp>
#include <boost/hana/at_key.hpp>
#include <boost/hana/equal.hpp>

#include <alloy/explain.hpp>
#include <alloy/policies.hpp>
#include <alloy/settings.hpp>
#include <alloy/upstream/resource.hpp>

#include "../support/catch.hpp"

namespace {

namespace hana = boost::hana;
using namespace alloy;

/// Counts what passes through it.
class counting_resource : public std::pmr::memory_resource {
public:
    std::size_t given = 0, returned = 0;

private:
    void* do_allocate(std::size_t bytes, std::size_t alignment) override {
        given += bytes;
        return std::pmr::new_delete_resource()->allocate(bytes, alignment);
    }
    void do_deallocate(void* at, std::size_t bytes, std::size_t alignment) override {
        returned += bytes;
        std::pmr::new_delete_resource()->deallocate(at, bytes, alignment);
    }
    bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override { return this == &other; }
};

/// A bound chosen at run time, and how often it was asked for the limit.
class chosen_budget {
public:
    using axis = budget::axis;
    static constexpr bool bounds_held = true, bounds_used = false, is_split = false;
    constexpr chosen_budget() noexcept = default;
    constexpr explicit chosen_budget(std::size_t bytes) noexcept : limit_(bytes) {}
    constexpr std::size_t grant(std::size_t least, std::size_t most) noexcept {
        if (least > left()) return 0;
        const std::size_t granted = most < left() ? most : left();
        charged_ += granted;
        return granted;
    }
    constexpr void give_back(std::size_t bytes) noexcept { charged_ -= bytes; }
    constexpr std::size_t left() const noexcept { return limit_ - charged_; }
    constexpr std::size_t limit() const noexcept { return limit_; }

private:
    std::size_t limit_ = 1024, charged_ = 0;
};

struct named_allocator : allocator<upstream::resource, budget::hard<1 * MiB>, tagging::named<"settings">> {
    using basic_allocator::basic_allocator;
};

}  // namespace

TEST_CASE("a setting reaches its policy") {
    counting_resource resource;
    {
        auto memory = make_allocator(upstream::resource{&resource}, growth::linear<4096>{});
        CHECK(std::is_same_v<decltype(memory), allocator<growth::linear<4096>, upstream::resource>>);
        auto frame = memory.frame();
        CHECK(frame.make<int>(7) != nullptr);
        CHECK(resource.given == memory.held());
        CHECK(resource.given == 4096);
    }
    CHECK(resource.returned == resource.given);
}

TEST_CASE("settings come in any order, and what is not given is default-constructed") {
    counting_resource resource;
    auto one = make_allocator(upstream::resource{&resource}, chosen_budget{8192}, fallback::null{});
    auto other = make_allocator(fallback::null{}, chosen_budget{8192}, upstream::resource{&resource});
    CHECK(std::is_same_v<decltype(one), decltype(other)>);
    CHECK(one.budget().limit() == 8192);
    CHECK(other.budget().limit() == 8192);

    auto defaulted = make_allocator<allocator<upstream::resource, chosen_budget>>(upstream::resource{&resource});
    CHECK(defaulted.budget().limit() == 1024);

    auto frame = one.frame();
    CHECK(frame.allocate(1 * MiB) == nullptr);
    CHECK(frame.try_allocate(1 * MiB).error().reason == refusal::budget);
    CHECK(frame.allocate(4096) != nullptr);
    CHECK(resource.given <= 8192);
}

TEST_CASE("a setting may be an lvalue, and the caller's copy is left alone") {
    const chosen_budget settings{4096};
    auto memory = make_allocator(settings);
    auto frame = memory.frame();
    CHECK(frame.make<int>() != nullptr);
    CHECK(settings.left() == 4096);
    CHECK(memory.budget().left() < 4096);
}

TEST_CASE("a derived type is made with its settings where it inherits the constructors") {
    counting_resource resource;
    auto memory = make_allocator<named_allocator>(upstream::resource{&resource});
    CHECK(std::is_same_v<decltype(memory), named_allocator>);
    CHECK(std::string(memory.name()) == "settings");
    auto frame = memory.frame();
    CHECK(frame.make<double>(1.5) != nullptr);
    CHECK(resource.given > 0);
}

TEST_CASE("a threading policy given as a setting names the type, and its lock is built in place") {
    auto memory = make_allocator(threading::spin_locked{}, chosen_budget{65536 * 2});
    CHECK(std::is_same_v<decltype(memory), allocator<chosen_budget, threading::spin_locked>>);
    auto locked = make_allocator<allocator<threading::locked<std::mutex>, chosen_budget>>(chosen_budget{65536 * 2});
    CHECK_FALSE(std::is_move_constructible_v<decltype(locked)>);
    auto frame = locked.frame();
    CHECK(frame.make<int>(1) != nullptr);
}

TEST_CASE("an allocator is built where it is declared, also inside another object") {
    struct subsystem {
        counting_resource resource;
        allocator<upstream::resource> memory = make_allocator(upstream::resource{&resource});
    };
    subsystem one;
    auto frame = one.memory.frame();
    CHECK(frame.make<int>(1) != nullptr);
    CHECK(one.resource.given == one.memory.held());
}

// Constant initialisation: an allocator that is a global needs no code before main.
namespace {
constinit allocator<> plain;
constinit allocator<growth::in_place<1024>, upstream::none, lifetime::frame> without_heap;
constinit allocator<threading::spin_locked, budget::hard<65536>, tracking::boundary_metrics, lifetime::frames<2>> locked;
constinit allocator<threading::locked<std::mutex>> with_mutex;
constinit allocator<lifetime::pool, chosen_budget> pool_alone;
constinit named_allocator named;
// One with settings is initialised when its turn comes: a type with a destructor is no constant expression's result.
auto with_settings = make_allocator(chosen_budget{2048}, growth::linear<512>{}, fallback::null{});
}  // namespace

TEST_CASE("constant-initialised allocators serve") {
    CHECK(plain.held() == 0);
    CHECK(plain.frame().make<int>(1) != nullptr);
    CHECK(without_heap.frame().make<int>(1) != nullptr);
    CHECK(locked.frame().make<int>(1) != nullptr);
    CHECK(with_mutex.frame().make<int>(1) != nullptr);
    CHECK(named.frame().make<int>(1) != nullptr);
    CHECK(pool_alone.budget().left() == 1024);
    CHECK(with_settings.budget().limit() == 2048);
    CHECK(with_settings.frame().allocate(1 * MiB) == nullptr);
}

namespace {

template <class A>
constexpr std::size_t sum_of_parts() {
    std::size_t sum = 0;
    for (const size_part& part : explain<A>().parts) sum += part.bytes;
    return sum;
}
template <class A>
constexpr std::size_t part(const char* name) {
    for (const size_part& part : explain<A>().parts)
        if (std::string_view(part.what) == name) return part.bytes;
    return SIZE_MAX;
}
constexpr std::array axis_names = {"threading", "growth", "tagging", "budget", "retention", "fallback", "upstream", "tracking", "checking"};
static_assert(axis_names.size() == mp::mp_size<axes>::value);

using shown = allocator<threading::spin_locked, growth::linear<4096>, tagging::named<"shown">, budget::hard<65536>, fallback::null, upstream::resource,
                        tracking::boundary_metrics, lifetime::frame>;
struct shown_struct : shown {};

}  // namespace

TEMPLATE_TEST_CASE("the parts of an allocator add up to its size", "", allocator<>, allocator<lifetime::frame>, allocator<lifetime::pool>, allocator<lifetime::frames<3>>, shown,
                   shown_struct, named_allocator, (allocator<growth::in_place<4096>>), (allocator<threading::spin_locked, tracking::metrics<metric::count>>),
                   (allocator<threading::locked<std::mutex>, lifetime::frames<2>>)) {
    CHECK(sum_of_parts<TestType>() == sizeof(TestType));
    for (const char* axis : axis_names) CHECK(part<TestType>(axis) != SIZE_MAX);
    CHECK(part<TestType>("frame engine") != SIZE_MAX);
}

TEST_CASE("each part is what it says") {
    CHECK(part<shown>("budget") == sizeof(std::size_t));
    CHECK(part<shown>("upstream") == sizeof(void*));
    CHECK(part<shown>("threading") >= 1);
    CHECK(part<shown>("growth") == 0);
    CHECK(part<shown>("tracking") == sizeof(tracking::boundary_metrics));
    CHECK(part<allocator<lifetime::frame>>("frame engine") == 3 * sizeof(void*));
    CHECK(part<allocator<lifetime::pool>>("frame engine") == 0);
    CHECK(part<allocator<growth::in_place<4096>>>("growth") >= 4096);
}

TEST_CASE("policies are found by their axis") {
    constexpr auto& policies = explain<shown_struct>().policies;
    CHECK(bool(policies[hana::type_c<threading::axis>] == hana::type_c<threading::spin_locked>));
    CHECK(bool(policies[hana::type_c<growth::axis>] == hana::type_c<growth::linear<4096>>));
    CHECK(bool(policies[hana::type_c<retention::axis>] == hana::type_c<retention::discard>));
    CHECK(bool(policies[hana::type_c<checking::axis>] == hana::type_c<checking::unchecked>));
}

/// A tagging policy is shown by the names it has.
template <class P>
std::string policy_names() {
    if constexpr (requires { P::name(0); })
        return P::name(0);
    else
        return "";
}

TEST_CASE("texts in a policy are written as such") {
    struct limited : allocator<tagging::scoped<"ai", "ai/path">, budget::per_tag<budget::limit<"ai", 32 * KiB>, budget::limit<"ai/path", 4 * KiB>>> {};
    const std::string text = explain<limited>().text();
    INFO(text);
    CHECK(text.find("<alloy::budget::limit<\"ai\", 32768") != std::string::npos);
    CHECK(text.find(", alloy::budget::limit<\"ai/path\", 4096") != std::string::npos);
}

TEMPLATE_TEST_CASE("the text names the type, its size, each axis, each policy and each rule", "", shown, shown_struct, allocator<>) {
    const std::string text = explain<TestType>().text();
    INFO(text);
    const auto says = [&text](const std::string& what) { return text.find(what) != std::string::npos; };
    CHECK(text.find(alloy::detail::name_of<TestType>() + ": " + std::to_string(sizeof(TestType)) + " bytes\n") == 0);
    for (const char* axis : axis_names) CHECK(says("\n  " + std::string(axis) + ": "));
    hana::for_each(explain<TestType>().policies, [&](auto entry) {
        using axis = typename decltype(+hana::first(entry))::type;
        using policy = typename decltype(+hana::second(entry))::type;
        const std::string name = std::is_same_v<axis, tagging::axis> ? policy_names<policy>() : alloy::detail::name_of<policy>();
        CHECK(says("  " + std::string(axis::name) + ": " + name + "\n"));
    });
    mp::mp_for_each<mp::mp_transform<mp::mp_identity, rules>>([&](auto rule) { CHECK(says("kept: " + alloy::detail::name_of<typename decltype(rule)::type>() + "\n")); });
    CHECK(says("kept: alloy::rule::retention_needs_frames\n"));  // as users write it
    CHECK(says("fallback: alloy::fallback::"));
    for (const size_part& part : explain<TestType>().parts)
        CHECK(says("  " + std::to_string(part.bytes) + " bytes: " + part.what + "\n") == (part.bytes != 0));
}
