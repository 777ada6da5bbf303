/// A composition is a set: any order of the same policies, with defaults spelt out or not, names one type, and whether policies may stand
/// together is a question that is answered, never an error.
#include <cstddef>
#include <mutex>
#include <type_traits>

#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>
#include <alloy/upstream/resource.hpp>

#include "../support/minimal_place.hpp"

namespace {

using namespace alloy;
using std::is_same_v;

// The canonical type ---------------------------------------------------------------------------------------------------------

using everything = lifetime::set<1, true, true>;
using canonical = basic_allocator<threading::spin_locked, growth::linear<4096>, tagging::named<"canon">, budget::hard<65536>, retention::discard, fallback::null,
                                  upstream::pages<>, tracking::boundary_metrics, checking::unchecked, everything>;
using given = mp::mp_list<threading::spin_locked, growth::linear<4096>, tagging::named<"canon">, budget::hard<65536>, fallback::null, upstream::pages<>,
                          tracking::boundary_metrics>;
template <class List>
using composed = mp::mp_apply<allocator, List>;
static_assert(is_same_v<composed<given>, canonical>);

// Every rotation, and every rotation of the reverse: each pair of policies stands in both orders in some of them.
template <class N>
using is_rotation_canonical = mp::mp_bool<is_same_v<composed<mp::mp_rotate_left<given, N>>, canonical> &&
                                          is_same_v<composed<mp::mp_rotate_left<mp::mp_reverse<given>, N>>, canonical>>;
static_assert(mp::mp_all_of<mp::mp_iota<mp::mp_size<given>>, is_rotation_canonical>::value);

// All 120 permutations of five.
template <class Chosen, class Left>
struct permutations;
template <class... Chosen>
struct permutations<mp::mp_list<Chosen...>, mp::mp_list<>> {
    using type = mp::mp_list<mp::mp_list<Chosen...>>;
};
template <class... Chosen, class... Left>
    requires(sizeof...(Left) > 0)
struct permutations<mp::mp_list<Chosen...>, mp::mp_list<Left...>> {
    using type = mp::mp_append<typename permutations<mp::mp_list<Chosen..., Left>, mp::mp_remove<mp::mp_list<Left...>, Left>>::type...>;
};
using five = mp::mp_list<threading::spin_locked, budget::hard<65536>, fallback::null, lifetime::frames<2>, lifetime::pool>;
using orders = permutations<mp::mp_list<>, five>::type;
static_assert(mp::mp_size<orders>::value == 120 && mp::mp_is_set<orders>::value);
using of_five = basic_allocator<threading::spin_locked, growth::geometric<>, tagging::untagged, budget::hard<65536>, retention::discard, fallback::null,
                                upstream::new_delete, tracking::untracked, checking::unchecked, lifetime::set<2, true, false>>;
template <class Order>
using makes_of_five = mp::mp_bool<is_same_v<composed<Order>, of_five>>;
static_assert(mp::mp_all_of<orders, makes_of_five>::value);

// Defaults spelt out, one by one and all together.
static_assert(is_same_v<allocator<>, basic_allocator<threading::single_threaded, growth::geometric<>, tagging::untagged, budget::unlimited, retention::discard,
                                                     fallback::raise, upstream::new_delete, tracking::untracked, checking::unchecked, everything>>);
template <class Axis>
using identity_changes_nothing = mp::mp_bool<is_same_v<allocator<typename Axis::identity>, allocator<>>>;
static_assert(mp::mp_all_of<axes, identity_changes_nothing>::value);
template <class Axis>
using identity_of = typename Axis::identity;
static_assert(is_same_v<composed<mp::mp_transform<identity_of, axes>>, allocator<>>);
static_assert(is_same_v<composed<mp::mp_reverse<mp::mp_transform<identity_of, axes>>>, allocator<>>);
static_assert(is_same_v<growth::geometric<>, growth::geometric<64 * KiB, 2, 64 * MiB>>);

// Lifetimes are a set: none named means all; `frame` is `frames<1>`.
static_assert(is_same_v<allocator<lifetime::frame, lifetime::pool, lifetime::heap>, allocator<>>);
static_assert(is_same_v<allocator<lifetime::heap, lifetime::frames<1>>, allocator<lifetime::frame, lifetime::heap>>);
static_assert(!is_same_v<allocator<lifetime::frame>, allocator<>> && !is_same_v<allocator<lifetime::frames<2>>, allocator<lifetime::frame>>);

// Sets inside a policy are sorted.
using metric::boundary, metric::count, metric::requested;
using metric_orders = permutations<mp::mp_list<>, mp::mp_list<boundary, count, requested>>::type;
template <class Order>
using makes_all_metrics = mp::mp_bool<is_same_v<mp::mp_apply<tracking::metrics, Order>, tracking::metrics<boundary, count, requested>>>;
static_assert(mp::mp_all_of<metric_orders, makes_all_metrics>::value);
static_assert(is_same_v<tracking::metrics<count, count>, tracking::metrics<count>>);
static_assert(is_same_v<allocator<tracking::metrics<requested, boundary>, fallback::null>, allocator<fallback::null, tracking::metrics<boundary, requested>>>);

// Other policies are other types.
static_assert(!is_same_v<allocator<tagging::named<"a">>, allocator<tagging::named<"b">>>);
static_assert(!is_same_v<allocator<budget::hard<1024>>, allocator<budget::hard<1025>>>);
static_assert(is_same_v<allocator<tagging::named<"a">>::tagging_type, tagging::named<"a">> && is_same_v<canonical::budget_type, budget::hard<65536>>);

// A struct and its declaration -----------------------------------------------------------------------------------------------

struct declared;
frame_ref frame_of(declared& memory);  // what a header can say that does not know the composition
struct declared : allocator<budget::hard<65536>, lifetime::frame> {};
[[maybe_unused]] frame_ref frame_of(declared& memory) { return memory.current_frame(); }
static_assert(std::is_base_of_v<allocator<lifetime::frame, budget::hard<65536>>, declared>);
static_assert(!std::is_copy_constructible_v<declared> && !std::is_move_constructible_v<declared> && !std::is_copy_assignable_v<declared>);
static_assert(std::is_nothrow_default_constructible_v<declared> && sizeof(declared) == sizeof(allocator<budget::hard<65536>, lifetime::frame>));

// What is not chosen takes no byte -------------------------------------------------------------------------------------------

struct hand_written {
    lease* innermost;
    block* spare;
    std::size_t held;
};
static_assert(sizeof(allocator<lifetime::frame>) == sizeof(hand_written));
template <class... Ps>
inline constexpr std::size_t added = sizeof(allocator<lifetime::frame, Ps...>) - sizeof(allocator<lifetime::frame>);
template <class Axis>
using identity_is_free = mp::mp_bool<added<typename Axis::identity> == 0>;
static_assert(mp::mp_all_of<axes, identity_is_free>::value);
static_assert(added<growth::linear<4096>, tagging::named<"free">, fallback::null, upstream::pages<>> == 0);
static_assert(added<growth::coalesced<growth::trimmed<growth::linear<4096>, 8192>>, fallback::terminate> == 0);
static_assert(added<budget::hard<65536>> == sizeof(std::size_t) && added<upstream::resource> == sizeof(void*));
struct hand_written_pool {
    struct {
        void *free, *slabs;
    } lists[size_class::count];
    void *bar, *strays, *idle, *regions, *fresh, *fresh_end;
    std::size_t held;
};
static_assert(sizeof(allocator<lifetime::pool>) == sizeof(hand_written_pool));
static_assert(sizeof(allocator<lifetime::pool, budget::hard<65536>>) == sizeof(hand_written_pool) + sizeof(std::size_t));
static_assert(sizeof(allocator<lifetime::heap>) == sizeof(heap_header) + 2 * sizeof(std::size_t));  // bytes held, and how many allocations
static_assert(sizeof(allocator<>) == sizeof(allocator<lifetime::frame>) + sizeof(allocator<lifetime::pool>) + sizeof(allocator<lifetime::heap>));

// Questions -------------------------------------------------------------------------------------------------------------------

struct hook_promotion {
    using axis = retention::axis;
    static constexpr bool retains = true;
    static alloy::destination destination(const survivor&) noexcept { return alloy::destination::discarded; }
};
struct to_pool : hook_promotion {
    static constexpr bool uses_pool = true, uses_heap = false;
};
struct to_heap : hook_promotion {
    static constexpr bool uses_pool = false, uses_heap = true;
};
struct to_nowhere : hook_promotion {
    static constexpr bool uses_pool = false, uses_heap = false;
};
struct engine_per_thread {
    using axis = threading::axis;
    static constexpr alloy::sharing sharing = alloy::sharing::engine_per_thread;
    void lock() noexcept {}
    void unlock() noexcept {}
    template <class Cache>
    using placed = test::minimal_place<Cache>;
};
template <bool Concurrent>
struct provider {
    using axis = fallback::axis;
    static constexpr bool retries = false, provides = true, asks_heap = false, is_concurrent = Concurrent;
    static void* provide(std::size_t, std::size_t) noexcept { return nullptr; }
    static void take_back(void*, std::size_t, std::size_t) noexcept {}
    static void give_up(const alloc_error&) noexcept {}
};
template <fixed_string First, fixed_string Second>
struct two_tags {
    using axis = tagging::axis;
    static constexpr std::size_t count = 2;
    static constexpr bool switches = false;
    static constexpr auto first = First;
    static constexpr auto second = Second;
    static constexpr const char* name(std::size_t i) noexcept { return i == 0 ? first.c_str() : second.c_str(); }
};
template <fixed_string Tag>
struct bounds_one_tag {
    using axis = budget::axis;
    static constexpr bool bounds_held = false, bounds_used = true;
    static constexpr auto tag = Tag;
    static constexpr used_bound bounds[] = {{tag.c_str(), 1000}};
};

// What may stand together does so in both orders; what may not is refused in both.
template <class A, class B, class... More>
inline constexpr bool together = composable<A, B, More...> && composable<B, A, More...>;
template <class A, class B, class... More>
inline constexpr bool never = !composable<A, B, More...> && !composable<B, A, More...> && !composable<More..., A, B>;

static_assert(composable<>);

// One rule after the other: kept, broken, and cured from either side.
static_assert(never<growth::in_place<1024>, engine_per_thread> && composable<engine_per_thread> && together<growth::in_place<1024>, threading::spin_locked>);
static_assert(!composable<upstream::none, lifetime::frame> && together<upstream::none, growth::in_place<1024>, lifetime::frame>);
static_assert(never<upstream::none, growth::linear<1024>, lifetime::frame>);
static_assert(never<upstream::none, growth::in_place<1024>> && never<upstream::none, lifetime::pool, growth::in_place<1024>, lifetime::frame>);
static_assert(never<upstream::none, lifetime::heap, growth::in_place<1024>, lifetime::frame> && never<upstream::none, lifetime::pool, growth::in_place<1024>>);
static_assert(!composable<growth::virtual_reserve<65536>> && never<growth::virtual_reserve<65536>, upstream::resource> &&
              together<growth::virtual_reserve<65536>, upstream::pages<>>);
static_assert(composable<to_pool> && together<to_pool, lifetime::pool, lifetime::frame> && never<to_pool, lifetime::heap, lifetime::frame>);
static_assert(composable<to_heap> && together<to_heap, lifetime::heap, lifetime::frame> && never<to_heap, lifetime::pool, lifetime::frame>);
static_assert(composable<to_nowhere> && together<to_nowhere, lifetime::frame> && never<to_nowhere, lifetime::pool>);
static_assert(!composable<bounds_one_tag<"a">> && together<bounds_one_tag<"a">, tagging::named<"a">> && never<bounds_one_tag<"a">, tagging::named<"b">> &&
              together<bounds_one_tag<"a">, two_tags<"b", "a">> && composable<bounds_one_tag<"">>);
static_assert(together<bounds_one_tag<"">, engine_per_thread> && together<bounds_one_tag<"">, threading::spin_locked> &&
              together<budget::hard<1024>, engine_per_thread>);
static_assert(composable<provider<false>> && never<provider<false>, threading::spin_locked> && together<provider<true>, threading::spin_locked> &&
              never<provider<false>, engine_per_thread> && together<provider<true>, engine_per_thread>);

// Two answers to one question.
static_assert(never<threading::spin_locked, threading::single_threaded> && never<threading::spin_locked, threading::spin_locked>);
static_assert(never<lifetime::frame, lifetime::frames<2>> && never<lifetime::pool, lifetime::pool> && never<tagging::named<"a">, tagging::named<"a">>);

// No policies, and policies that keep no contract.
struct incomplete;
struct abstract {
    virtual void f() = 0;
};
struct lonely_axis {
    using axis = alloy::growth::axis;
};
struct stranger_axis {
    using axis = int;
};
struct stranger_lifetime {
    using axis = lifetime::axis;
};
class hidden_axis {
    using axis = alloy::growth::axis;

public:
    using unused = axis;
};
static_assert(!composable<int> && !composable<void> && !composable<int&> && !composable<int[]> && !composable<void()> && !composable<incomplete>);
static_assert(!composable<abstract> && !composable<stranger_axis> && !composable<hidden_axis> && !composable<allocator<>> && !composable<declared>);
static_assert(!composable<threading::spin_locked&> && !composable<threading::spin_locked*>);
static_assert(!composable<lonely_axis> && !composable<stranger_lifetime> && !composable<lifetime::frames<0>>);
static_assert(never<int, threading::spin_locked> && never<lonely_axis, lonely_axis> && never<lonely_axis, growth::linear<4096>> && never<int, int>);

}  // namespace
