#pragma once
/// The nine axes, in the order of basic_allocator's parameters. The only list to extend.
#include <boost/mp11/list.hpp>

#include <alloy/contracts/budget.hpp>
#include <alloy/contracts/checking.hpp>
#include <alloy/contracts/fallback.hpp>
#include <alloy/contracts/growth.hpp>
#include <alloy/contracts/lifetime.hpp>
#include <alloy/contracts/retention.hpp>
#include <alloy/contracts/tagging.hpp>
#include <alloy/contracts/threading.hpp>
#include <alloy/contracts/tracking.hpp>
#include <alloy/contracts/upstream.hpp>

namespace alloy::inline ALLOY_ABI {

namespace mp = boost::mp11;

using axes = mp::mp_list<threading::axis, growth::axis, tagging::axis, budget::axis, retention::axis, fallback::axis, upstream::axis,
                         tracking::axis, checking::axis>;

}  // namespace alloy

/// What the composition asks of the set of lifetimes, as of an axis.
struct alloy::lifetime::axis {
    static constexpr const char* name = "lifetime";
    template <class P>
    static constexpr bool models = is_lifetime<P>;
    template <class P>
    static consteval void require() {
        static_assert(is_lifetime<P>, "alloy: a type names the lifetime axis, but is no lifetime; choose among lifetime::frame, frames<N> with N >= 1, pool and heap");
    }
    template <class... Given>
    static consteval void require_one() {
        static_assert(sizeof...(Given) <= 1, "alloy: the same lifetime was given more than once; keep one, frames<N> among them");
    }
};
