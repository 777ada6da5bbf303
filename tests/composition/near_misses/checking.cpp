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
    static constexpr bool poisons = false, guards = false, reports = false, throws = false;
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
class no_poisons : public model {
    using model::poisons;
};
struct poisons_not_constant : model {
    static inline bool poisons = false;
};
class no_throws : public model {
    using model::throws;
};
struct throws_not_constant : model {
    static inline bool throws = false;
};
static_assert(!checking_policy<no_poisons>);
static_assert(!checking_policy<poisons_not_constant>);
static_assert(!checking_policy<no_throws>);
static_assert(!checking_policy<throws_not_constant>);
static_assert(!checking_policy<no_axis>);
static_assert(!checking_policy<axis_of_another>);
static_assert(!checking_policy<no_guards>);
static_assert(!checking_policy<guards_not_constant>);
static_assert(!checking_policy<no_reports>);
static_assert(!checking_policy<reports_not_constant>);

struct claims_to_poison : model {
    static constexpr bool poisons = true;
};
struct of_free_memory : claims_to_poison {
    void on_free(void*, size_t) noexcept;
    void on_reuse(void*, size_t, const char*) noexcept;
};
class no_on_free : public of_free_memory {
    using of_free_memory::on_free;
};
struct on_free_may_throw : of_free_memory {
    void on_free(void*, size_t);
};
class no_on_reuse : public of_free_memory {
    using of_free_memory::on_reuse;
};
struct on_reuse_may_throw : of_free_memory {
    void on_reuse(void*, size_t, const char*);
};
struct on_reuse_without_a_name : of_free_memory {
    void on_reuse(void*, size_t) noexcept;
};
static_assert(poisoning<of_free_memory> && checking_policy<of_free_memory>);
static_assert(!poisoning<claims_to_poison> && !checking_policy<claims_to_poison>);
static_assert(!poisoning<no_on_free> && !checking_policy<no_on_free>);
static_assert(!poisoning<on_free_may_throw> && !checking_policy<on_free_may_throw>);
static_assert(!poisoning<no_on_reuse> && !checking_policy<no_on_reuse>);
static_assert(!poisoning<on_reuse_may_throw> && !checking_policy<on_reuse_may_throw>);
static_assert(!poisoning<on_reuse_without_a_name> && !checking_policy<on_reuse_without_a_name>);

struct claims_to_guard : model {
    static constexpr bool guards = true;
};
struct of_allocations : claims_to_guard {
    static constexpr size_t front = 8, back = 8;
    void on_allocate(void*, size_t, void*&) noexcept;
    void on_close(void*&, const char*) noexcept;
    void on_make(const object_note&) noexcept;
    bool on_release(const object_note&);
    void on_end(const char*) noexcept;
    void on_thread(const char*) noexcept;
};
class no_on_make : public of_allocations {
    using of_allocations::on_make;
};
struct on_make_may_throw : of_allocations {
    void on_make(const object_note&);
};
class no_on_release : public of_allocations {
    using of_allocations::on_release;
};
struct on_release_that_says_nothing : of_allocations {
    void on_release(const object_note&);
};
class no_on_end : public of_allocations {
    using of_allocations::on_end;
};
struct on_end_may_throw : of_allocations {
    void on_end(const char*);
};
class no_on_thread : public of_allocations {
    using of_allocations::on_thread;
};
struct on_thread_may_throw : of_allocations {
    void on_thread(const char*);
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
    void on_close(void*&, const char*);
};
struct on_close_without_the_chain : of_allocations {
    void on_close(const char*) noexcept;
};
static_assert(guarding<of_allocations> && checking_policy<of_allocations>);
static_assert(!guarding<claims_to_guard> && !checking_policy<claims_to_guard>);
static_assert(!guarding<no_on_make> && !checking_policy<no_on_make>);
static_assert(!guarding<on_make_may_throw> && !checking_policy<on_make_may_throw>);
static_assert(!guarding<no_on_release> && !checking_policy<no_on_release>);
static_assert(!guarding<on_release_that_says_nothing> && !checking_policy<on_release_that_says_nothing>);
static_assert(!guarding<no_on_end> && !checking_policy<no_on_end>);
static_assert(!guarding<on_end_may_throw> && !checking_policy<on_end_may_throw>);
static_assert(!guarding<no_on_thread> && !checking_policy<no_on_thread>);
static_assert(!guarding<on_thread_may_throw> && !checking_policy<on_thread_may_throw>);
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
    void on_fault(const misuse&);
};
struct on_fault_of_texts_alone : claims_to_report {
    void on_fault(const char*, const char*);
};
struct on_fault_that_changes_the_misuse : claims_to_report {
    void on_fault(misuse&);
};
static_assert(reporting<of_faults> && checking_policy<of_faults>);
static_assert(!reporting<claims_to_report> && !checking_policy<claims_to_report>);
static_assert(!reporting<on_fault_of_texts_alone> && !checking_policy<on_fault_of_texts_alone>);
static_assert(!reporting<on_fault_that_changes_the_misuse> && !checking_policy<on_fault_that_changes_the_misuse>);

}  // namespace
