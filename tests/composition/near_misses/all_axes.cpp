/// Every axis against the identities of all others, and against what is no policy at all: a concept says no, and is no error.
#include <type_traits>

#include <boost/mp11/algorithm.hpp>

#include <alloy/composition/axes.hpp>

namespace {

// Each axis' identity keeps its own contract, and no type keeps two.
template <class Axis>
using identity_is_a_model = alloy::mp::mp_bool<Axis::template models<typename Axis::identity>>;
static_assert(alloy::mp::mp_all_of<alloy::axes, identity_is_a_model>::value);
template <class Pair>
using is_a_model_of_another = alloy::mp::mp_bool<!std::is_same_v<alloy::mp::mp_first<Pair>, alloy::mp::mp_second<Pair>> &&
                                                 alloy::mp::mp_first<Pair>::template models<typename alloy::mp::mp_second<Pair>::identity>>;
static_assert(alloy::mp::mp_none_of<alloy::mp::mp_product<alloy::mp::mp_list, alloy::axes, alloy::axes>, is_a_model_of_another>::value);

// Types that are no classes are asked as well, and are no error.
struct incomplete;
union either {
    int one;
};
template <class P, class... Axes>
consteval bool models_none(alloy::mp::mp_list<Axes...>) {
    return !(Axes::template models<P> || ...);
}
static_assert(models_none<incomplete>(alloy::axes{}) && models_none<either>(alloy::axes{}));
static_assert(models_none<int>(alloy::axes{}) && models_none<void>(alloy::axes{}) && models_none<int&>(alloy::axes{}));

}  // namespace
