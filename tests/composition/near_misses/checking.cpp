/// Axis checking: the minimal model is accepted; each archetype derives from it, breaks one requirement and is refused. What is private is missing:
/// a concept looks from outside.
#include <cstddef>

#include <alloy/contracts/checking.hpp>
#include <alloy/contracts/tracking.hpp>

namespace {

using namespace alloy;
using std::size_t;

struct model {
    using axis = alloy::checking::axis;
    static constexpr bool guards = false, reports = false;
};
static_assert(checking_policy<model>);

class no_axis : public model {
    using model::axis;
};
struct axis_of_another : model {
    using axis = alloy::tracking::axis;
};
class no_guards : public model {
    using model::guards;
};
struct guards_not_constant : model {
    static inline bool guards = false;
};
class no_reports : public model {
    using model::reports;
};
struct reports_not_constant : model {
    static inline bool reports = false;
};
static_assert(!checking_policy<no_axis>);
static_assert(!checking_policy<axis_of_another>);
static_assert(!checking_policy<no_guards>);
static_assert(!checking_policy<guards_not_constant>);
static_assert(!checking_policy<no_reports>);
static_assert(!checking_policy<reports_not_constant>);

struct claims_to_guard : model {
    static constexpr bool guards = true;
};
struct of_allocations : claims_to_guard {
    static constexpr size_t front = 8, back = 8;
    void on_allocate(void*, size_t, void*&) noexcept;
    void on_close(void*&) noexcept;
};
class no_front : public of_allocations {
    using of_allocations::front;
};
struct front_not_constant : of_allocations {
    static inline size_t front = 8;
};
class no_back : public of_allocations {
    using of_allocations::back;
};
struct back_not_constant : of_allocations {
    static inline size_t back = 8;
};
class no_on_allocate : public of_allocations {
    using of_allocations::on_allocate;
};
struct on_allocate_may_throw : of_allocations {
    void on_allocate(void*, size_t, void*&);
};
struct on_allocate_without_the_chain : of_allocations {
    void on_allocate(void*, size_t) noexcept;
};
class no_on_close : public of_allocations {
    using of_allocations::on_close;
};
struct on_close_may_throw : of_allocations {
    void on_close(void*&);
};
struct on_close_without_the_chain : of_allocations {
    void on_close() noexcept;
};
static_assert(guarding<of_allocations> && checking_policy<of_allocations>);
static_assert(!guarding<claims_to_guard> && !checking_policy<claims_to_guard>);
static_assert(!guarding<no_front> && !checking_policy<no_front>);
static_assert(!guarding<front_not_constant> && !checking_policy<front_not_constant>);
static_assert(!guarding<no_back> && !checking_policy<no_back>);
static_assert(!guarding<back_not_constant> && !checking_policy<back_not_constant>);
static_assert(!guarding<no_on_allocate> && !checking_policy<no_on_allocate>);
static_assert(!guarding<on_allocate_may_throw> && !checking_policy<on_allocate_may_throw>);
static_assert(!guarding<on_allocate_without_the_chain> && !checking_policy<on_allocate_without_the_chain>);
static_assert(!guarding<no_on_close> && !checking_policy<no_on_close>);
static_assert(!guarding<on_close_may_throw> && !checking_policy<on_close_may_throw>);
static_assert(!guarding<on_close_without_the_chain> && !checking_policy<on_close_without_the_chain>);

struct claims_to_report : model {
    static constexpr bool reports = true;
};
struct of_faults : claims_to_report {
    void on_fault(const char*, const char*);
};
struct on_fault_without_a_cure : claims_to_report {
    void on_fault(const char*);
};
struct on_fault_that_changes_the_text : claims_to_report {
    void on_fault(char*, char*);
};
static_assert(reporting<of_faults> && checking_policy<of_faults>);
static_assert(!reporting<claims_to_report> && !checking_policy<claims_to_report>);
static_assert(!reporting<on_fault_without_a_cure> && !checking_policy<on_fault_without_a_cure>);
static_assert(!reporting<on_fault_that_changes_the_text> && !checking_policy<on_fault_that_changes_the_text>);

}  // namespace
