/// Axis fallback: the minimal model is accepted; each archetype derives from it, breaks one requirement and is refused. What is private is missing:
/// a concept looks from outside.
#include <cstddef>

#include <alloy/contracts/fallback.hpp>
#include <alloy/contracts/growth.hpp>

namespace {

using namespace alloy;
using std::size_t;

struct model {
    using axis = alloy::fallback::axis;
    static constexpr bool retries = false, provides = false, asks_heap = false;
    void give_up(const alloc_error&);
};
static_assert(fallback_policy<model>);

class no_axis : public model {
    using model::axis;
};
struct axis_of_another : model {
    using axis = alloy::growth::axis;
};
class no_give_up : public model {
    using model::give_up;
};
struct give_up_with_a_result : model {
    void* give_up(const alloc_error&);
};
struct give_up_that_changes_the_error : model {
    void give_up(alloc_error&);
};
class no_retries : public model {
    using model::retries;
};
struct retries_not_constant : model {
    static inline bool retries = false;
};
class no_provides : public model {
    using model::provides;
};
struct provides_not_constant : model {
    static inline bool provides = false;
};
static_assert(!fallback_policy<no_axis>);
static_assert(!fallback_policy<axis_of_another>);
static_assert(!fallback_policy<no_give_up>);
static_assert(!fallback_policy<give_up_with_a_result>);
static_assert(!fallback_policy<give_up_that_changes_the_error>);
static_assert(!fallback_policy<no_retries>);
static_assert(!fallback_policy<retries_not_constant>);
class no_asks_heap : public model {
    using model::asks_heap;
};
struct asks_heap_not_constant : model {
    static inline bool asks_heap = false;
};
static_assert(!fallback_policy<no_asks_heap>);
static_assert(!fallback_policy<asks_heap_not_constant>);
static_assert(!fallback_policy<no_provides>);
static_assert(!fallback_policy<provides_not_constant>);

struct claims_to_retry : model {
    static constexpr bool retries = true;
};
struct retrying : claims_to_retry {
    bool retry(const alloc_error&, unsigned) noexcept;
};
struct retry_may_throw : claims_to_retry {
    bool retry(const alloc_error&, unsigned);
};
struct retry_without_an_answer : claims_to_retry {
    void retry(const alloc_error&, unsigned) noexcept;
};
struct retry_without_a_count : claims_to_retry {
    bool retry(const alloc_error&) noexcept;
};
static_assert(retrying_fallback<retrying> && fallback_policy<retrying>);
static_assert(!retrying_fallback<claims_to_retry> && !fallback_policy<claims_to_retry>);
static_assert(!retrying_fallback<retry_may_throw> && !fallback_policy<retry_may_throw>);
static_assert(!retrying_fallback<retry_without_an_answer> && !fallback_policy<retry_without_an_answer>);
static_assert(!retrying_fallback<retry_without_a_count> && !fallback_policy<retry_without_a_count>);

struct claims_to_provide : model {
    static constexpr bool provides = true, asks_heap = false;
};
struct providing : claims_to_provide {
    static constexpr bool is_concurrent = true;
    void* provide(size_t, size_t) noexcept;
    void take_back(void*, size_t, size_t) noexcept;
};
class no_provide : public providing {
    using providing::provide;
};
struct provide_may_throw : providing {
    void* provide(size_t, size_t);
};
struct provide_of_another_type : providing {
    char* provide(size_t, size_t) noexcept;
};
class no_take_back : public providing {
    using providing::take_back;
};
struct take_back_may_throw : providing {
    void take_back(void*, size_t, size_t);
};
struct take_back_without_a_size : providing {
    void take_back(void*) noexcept;
};
class no_is_concurrent : public providing {
    using providing::is_concurrent;
};
struct is_concurrent_not_constant : providing {
    static inline bool is_concurrent = true;
};
static_assert(providing_fallback<providing> && fallback_policy<providing>);
static_assert(!providing_fallback<claims_to_provide> && !fallback_policy<claims_to_provide>);
static_assert(!providing_fallback<no_provide> && !fallback_policy<no_provide>);
static_assert(!providing_fallback<provide_may_throw> && !fallback_policy<provide_may_throw>);
static_assert(!providing_fallback<provide_of_another_type> && !fallback_policy<provide_of_another_type>);
static_assert(!providing_fallback<no_take_back> && !fallback_policy<no_take_back>);
static_assert(!providing_fallback<take_back_may_throw> && !fallback_policy<take_back_may_throw>);
static_assert(!providing_fallback<take_back_without_a_size> && !fallback_policy<take_back_without_a_size>);
static_assert(!providing_fallback<no_is_concurrent> && !fallback_policy<no_is_concurrent>);
static_assert(!providing_fallback<is_concurrent_not_constant> && !fallback_policy<is_concurrent_not_constant>);

}  // namespace
