// Every policy keeps the laws of its axis, and for each law there is a policy that the laws refuse.
#include <cstring>
#include <mutex>
#include <string>

#include <alloy/checking/guarded.hpp>
#include <alloy/policies.hpp>
#include <alloy/upstream/resource.hpp>

#include "../support/catch.hpp"
#include "../support/hard_policies.hpp"
#include "../support/upstreams.hpp"
#include "laws.hpp"

namespace {

void hear(const alloy::misuse&) noexcept {}
void hear_of_held(const alloy::budget::warning&) noexcept {}

template <class P>
std::string broken_by() {
    P policy;
    const laws::verdict v = laws::first_broken(policy);
    return v ? v : "";
}
template <class... Ps>
void all_keep() {
    (
        [] {
            INFO(typeid(Ps).name());
            CHECK(broken_by<Ps>() == "");
        }(),
        ...);
}

}  // namespace

TEST_CASE("policies keep the laws of their axis", "[laws]") {
    using namespace alloy;
    all_keep<threading::single_threaded, threading::locked<std::mutex>, threading::spin_locked, threading::thread_cached>();
    all_keep<growth::geometric<>, growth::geometric<256, 1, 1024>, growth::linear<4096>, growth::fixed<4096>, growth::in_place<1024>,
             growth::virtual_reserve<1 << 20>, growth::coalesced<growth::linear<512>>, growth::trimmed<growth::geometric<>, 4096>,
             growth::released<growth::linear<512>>>();
    all_keep<tagging::untagged, tagging::named<"name">, test::three_tags>();
    all_keep<budget::unlimited, budget::hard<1000>, budget::per_thread<1000>, budget::adjustable<1000>, budget::soft<1000, &hear_of_held>,
             budget::shared<budget::group<"laws", 1000>>, budget::shared<budget::group<"laws of two", 2000>, budget::hard<1000>>, test::physics_budget<1000>>();
    all_keep<retention::discard, test::promote_to_pool>();
    all_keep<fallback::raise, fallback::null, fallback::terminate, fallback::to_heap, test::chained>();
    all_keep<upstream::new_delete, upstream::none, upstream::malloc, upstream::pages<>, test::strict_upstream>();
    all_keep<tracking::untracked, tracking::boundary_metrics, tracking::metrics<metric::count>, tracking::metrics<metric::boundary, metric::requested>,
             test::observer, test::recorder>();
    all_keep<checking::unchecked, checking::poisoned<>, checking::wiped, checking::guarded<checking::report::call<&hear>>, test::fenced>();
}

namespace {

// For each law, the smallest policy that breaks it.
struct no_lock : alloy::threading::single_threaded {
    static constexpr alloy::sharing sharing = alloy::sharing::under_lock;
};
struct too_small : alloy::growth::geometric<> {
    static std::size_t next(std::size_t, std::size_t needed) noexcept { return needed / 2 + 1; }
};
struct changes_its_mind : alloy::growth::geometric<> {
    std::size_t next(std::size_t, std::size_t needed) noexcept { return needed + ++asked; }
    std::size_t asked = 0;
};
struct keeps_too_much : alloy::growth::geometric<> {
    static std::size_t keep(std::size_t held) noexcept { return held + 1; }
};
struct nothing_in_place : alloy::growth::geometric<> {
    static constexpr bool is_in_place = true;
    static alloy::block* first() noexcept { return nullptr; }
};
struct given_twice : alloy::growth::in_place<1024> {
    alloy::block* first() noexcept { return alloy::growth::in_place<1024>::first(), reinterpret_cast<alloy::block*>(this); }
};
struct crooked_in_place : alloy::growth::geometric<> {
    static constexpr bool is_in_place = true;
    alloy::block* first() noexcept { return reinterpret_cast<alloy::block*>(bytes + 8); }
    alignas(16) char bytes[64];
};
struct nameless : alloy::tagging::untagged {
    static const char* name(std::size_t) noexcept { return ""; }
};
struct twins : alloy::tagging::untagged {
    static constexpr std::size_t count = 2;
};
struct unfindable : test::three_tags {
    static std::size_t index_of(const char*) noexcept { return 0; }
};
struct finds_all : test::three_tags {
    static std::size_t index_of(const char* tag) noexcept { return test::three_tags::index_of(tag) % count; }
};
struct bounded : alloy::budget::hard<1000> {};
struct half_empty : bounded {
    std::size_t left() const noexcept { return bounded::left() / 2; }
};
struct generous : bounded {
    std::size_t grant(std::size_t least, std::size_t most) noexcept { return bounded::grant(least, most) == 0 ? 0 : most + 1; }
};
struct charges_double : bounded {
    std::size_t grant(std::size_t least, std::size_t most) noexcept { return bounded::grant(least, most) == 0 ? 0 : least; }
};
struct miserly : bounded {
    static std::size_t grant(std::size_t, std::size_t) noexcept { return 0; }
};
struct keeps_charges : bounded {
    static void give_back(std::size_t) noexcept {}
};
struct misleads : alloy::budget::shared<alloy::budget::group<"laws that are broken", 1000>> {
    static alloy::held_bound tightest() noexcept { return {"laws that are broken", 1000}; }
};
struct keeps_the_lock : alloy::budget::soft<1000, &hear_of_held> {
    template <class Lock>
    static void tell(Lock& lock, const char*) noexcept {
        lock.lock();
    }
};
struct no_room : test::physics_budget<1000> {
    static constexpr alloy::used_bound bounds[] = {{"physics", 0}};
};
struct nameless_bound : test::physics_budget<1000> {
    static constexpr alloy::used_bound bounds[] = {{nullptr, 1000}};
};
struct promotes_undeclared : test::promote_to_pool {
    static constexpr bool uses_pool = false;
};
struct heaps_undeclared : test::promote_to_pool {
    static alloy::destination destination(const alloy::survivor&) noexcept { return alloy::destination::heap; }
};
struct never_stops : test::chained {
    static bool retry(const alloy::alloc_error&, unsigned) noexcept { return true; }
};
struct provides_crooked : test::chained {
    char* room() { return room_ + 1; }
    void* provide(std::size_t, std::size_t) noexcept { return room(); }
    static void take_back(void*, std::size_t, std::size_t) noexcept {}
    alignas(256) char room_[128];
};
struct gives_none : alloy::upstream::new_delete {
    static void* allocate(std::size_t, std::size_t) noexcept { return nullptr; }
};
struct gives_crooked : alloy::upstream::new_delete {
    void* allocate(std::size_t, std::size_t) noexcept { return room_ + 8; }
    static void deallocate(void*, std::size_t, std::size_t) noexcept {}
    alignas(4096) char room_[64];
};
struct gives_twice : alloy::upstream::new_delete {
    void* allocate(std::size_t, std::size_t) noexcept { return room_; }
    static void deallocate(void*, std::size_t, std::size_t) noexcept {}
    alignas(4096) char room_[16384];
};
struct reserves_none : alloy::upstream::pages<> {
    static void* reserve(std::size_t) noexcept { return nullptr; }
};
struct decommits_nothing : alloy::upstream::pages<> {
    static void decommit(void*, std::size_t) noexcept {}
};
struct forgets_bytes : alloy::upstream::malloc {
    static void* reallocate(void* at, std::size_t old_bytes, std::size_t bytes) noexcept {
        void* const there = allocate(bytes, 16);
        if (there) deallocate(at, old_bytes, 16);
        return there ? std::memset(there, 0xEE, bytes) : nullptr;
    }
};
struct overwrites : alloy::tracking::boundary_metrics {
    static void write(alloy::memory_metrics& to) noexcept { to = {}; }
};
struct takes_back : alloy::tracking::boundary_metrics {
    void write(alloy::memory_metrics& to) const noexcept { to.frames = 100 - frames_; }
    using alloy::tracking::boundary_metrics::on;
    void on(const alloy::frame_event&) noexcept { ++frames_; }
    std::uint64_t frames_ = 0;
};
struct counts_in_silence : alloy::tracking::metrics<alloy::metric::count> {
    static void write(alloy::memory_metrics&) noexcept {}
};
struct crooked_fence : test::fenced {
    static constexpr std::size_t back = 20;
};
struct careless_fence : test::fenced {
    void on_allocate(void* at, std::size_t bytes, void*& chain) noexcept { test::fenced::on_allocate(at, bytes - 1, chain); }
};
struct fences_inside : test::fenced {
    void on_make(const alloy::object_note& made) noexcept {
        test::fenced::on_make(made);
        static_cast<char*>(made.at)[made.bytes - 1] = 0;
    }
};
struct believes_all : test::fenced {
    static bool on_release(const alloy::object_note&) noexcept { return true; }
};
struct believes_none : test::fenced {
    static bool on_release(const alloy::object_note&) noexcept { return false; }
};
struct has_no_memory : test::fenced {
    static bool on_release(const alloy::object_note& freed) noexcept { return freed.bytes == 64; }
};
struct marks_too_much : alloy::checking::wiped {
    static void on_free(void* at, std::size_t bytes) noexcept { alloy::checking::wiped::on_free(at, bytes + 1); }
};

}  // namespace

TEST_CASE("the laws refuse what breaks them", "[laws]") {
    CHECK(broken_by<no_lock>() == "two threads never hold the lock at once");
    CHECK(broken_by<too_small>() == "a block is as large as needed, or is none");
    CHECK(broken_by<changes_its_mind>() == "the same question has the same answer");
    CHECK(broken_by<keeps_too_much>() == "no more is kept than is held");
    CHECK(broken_by<nothing_in_place>() == "memory in place is there");
    CHECK(broken_by<given_twice>() == "memory in place is given once");
    CHECK(broken_by<crooked_in_place>() == "memory in place is aligned");
    CHECK(broken_by<nameless>() == "each tag has a name");
    CHECK(broken_by<twins>() == "names differ");
    CHECK(broken_by<unfindable>() == "a tag is found by its name");
    CHECK(broken_by<finds_all>() == "what is no tag is not found");
    CHECK(broken_by<half_empty>() == "a fresh budget is all left");
    CHECK(broken_by<generous>() == "what is granted lies between least and most");
    CHECK(broken_by<charges_double>() == "exactly what is granted is charged");
    CHECK(broken_by<miserly>() == "what there is room for is granted");
    CHECK(broken_by<keeps_charges>() == "what is given back is left again");
    CHECK(broken_by<misleads>() == "the tightest bound says what is left");
    CHECK(broken_by<keeps_the_lock>() == "who tells leaves the lock as it was");
    CHECK(broken_by<no_room>() == "a fresh bound has room");
    CHECK(broken_by<nameless_bound>() == "a bound names its tag, or is for every tag");
    CHECK(broken_by<promotes_undeclared>() == "only lifetimes declared are named");
    CHECK(broken_by<heaps_undeclared>() == "only lifetimes declared are named");
    CHECK(broken_by<never_stops>() == "retrying ends");
    CHECK(broken_by<provides_crooked>() == "what is provided is aligned");
    CHECK(broken_by<gives_none>() == "a small request is met");
    CHECK(broken_by<gives_crooked>() == "memory is aligned");
    CHECK(broken_by<gives_twice>() == "what is given is nobody else's");
    CHECK(broken_by<reserves_none>() == "address space is reserved");
    CHECK(broken_by<decommits_nothing>() == "decommitted memory is zero, and its addresses stay");
    CHECK(broken_by<overwrites>() == "what the host knows is left as it is");
    CHECK(broken_by<takes_back>() == "what was counted is never taken back");
    CHECK(broken_by<counts_in_silence>() == "what is counted is told");
    CHECK(broken_by<crooked_fence>() == "fences are multiples of 8");
    CHECK(broken_by<careless_fence>() == "the user's bytes are the user's");
    CHECK(broken_by<forgets_bytes>() == "reallocated memory keeps its bytes");
    CHECK(broken_by<fences_inside>() == "an object's bytes are the user's");
    CHECK(broken_by<believes_all>() == "an object is not freed with another size");
    CHECK(broken_by<believes_none>() == "an object may be freed as it was made");
    CHECK(broken_by<has_no_memory>() == "an object is not freed twice");
#if !ALLOY_DETAIL_ASAN
    CHECK(broken_by<marks_too_much>() == "only what is free is marked");
#endif
}
