/// More than a thousand combinations of real policies, each judged without an error, and each judgement compared with the rules said once more by hand.
#include <cstddef>
#include <mutex>
#include <type_traits>

#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>
#include <alloy/upstream/resource.hpp>

namespace {

using namespace alloy;

using threadings = mp::mp_list<threading::single_threaded, threading::locked<std::mutex>>;
using growths = mp::mp_list<growth::geometric<>, growth::linear<4096>, growth::fixed<4096>, growth::coalesced<growth::linear<4096>>,
                            growth::trimmed<growth::geometric<>, 4096>, growth::in_place<4096>, growth::virtual_reserve<65536>>;
using budgets = mp::mp_list<budget::unlimited, budget::hard<65536>>;
using fallbacks = mp::mp_list<fallback::raise, fallback::null, fallback::terminate>;
using upstreams = mp::mp_list<upstream::new_delete, upstream::pages<>, upstream::resource, upstream::none>;
using trackings = mp::mp_list<tracking::untracked, tracking::boundary_metrics>;
using lifetimes = mp::mp_list<lifetime::frame, lifetime::pool>;

using combinations = mp::mp_product<mp::mp_list, threadings, growths, budgets, fallbacks, upstreams, trackings, lifetimes>;
static_assert(mp::mp_size<combinations>::value == 2 * 7 * 2 * 3 * 4 * 2 * 2);
static_assert(mp::mp_size<combinations>::value >= 1000);

template <class List>
struct judged;
template <class... Ps>
struct judged<mp::mp_list<Ps...>> {
    static constexpr bool composable = alloy::composable<Ps...>;
};
template <class List>
using is_judged_composable = mp::mp_bool<judged<List>::composable>;

// The rules, once more, of the policies above.
template <class List>
struct expected;
template <class Threading, class Growth, class Budget, class Fallback, class Upstream, class Tracking, class Lifetime>
struct expected<mp::mp_list<Threading, Growth, Budget, Fallback, Upstream, Tracking, Lifetime>> {
    static constexpr bool in_place = std::is_same_v<Growth, growth::in_place<4096>>, reserves = std::is_same_v<Growth, growth::virtual_reserve<65536>>;
    static constexpr bool nothing = std::is_same_v<Upstream, upstream::none>, pages = std::is_same_v<Upstream, upstream::pages<>>;
    static constexpr bool composable = (!nothing || (in_place && std::is_same_v<Lifetime, lifetime::frame>)) && (!reserves || pages);
};
template <class List>
using is_as_expected = mp::mp_bool<judged<List>::composable == expected<List>::composable>;

static_assert(mp::mp_all_of<combinations, is_as_expected>::value);

// And how many: five growths with three upstreams, in_place with these and once with none, virtual_reserve with one.
inline constexpr std::size_t others = 2 * 2 * 3 * 2;
static_assert(mp::mp_count_if<combinations, is_judged_composable>::value == others * ((5 * 3 + 3 + 1) * 2 + 1));

}  // namespace
