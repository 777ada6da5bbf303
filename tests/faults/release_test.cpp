// What a release build does about each fault: which test shows it, and tests for what no other one shows.
//
// `F` is tests/frame, `P` tests/pool, `H` tests/heap; the words in quotes begin the test's name. "said" means that docs/safety.md says that it is not
// noticed, so there is nothing that a test could show. What a checked build does is in tests/checking.
//
// |  # | fault                            | frames                                                | pool, heap, handles and adaptors                                |
// |----|----------------------------------|-------------------------------------------------------|-----------------------------------------------------------------|
// |  1 | sizes that overflow              | F/frame_test "requests that cannot be met",           | P/pool_test "requests for the pool that cannot be met",         |
// |    |                                  | F/containers_test "adaptors throw"                    | P/containers_test "a pool's adaptors throw"                     |
// |  2 | size zero                        | F/frame_test "sizes and alignments at the edges"      | P/pool_test "every size and alignment", P/containers_test "the pool is a pmr" |
// |  3 | huge alignments                  | F/frame_test "sizes and alignments at the edges"      | H/heap_test "heap objects are aligned", P/pool_test "requests for the pool" |
// |  4 | alignments that are none         | F/frame_test "requests that cannot be met"            | P/pool_test "requests for the pool that cannot be met"          |
// |  5 | 24 bytes aligned to 16           | F/frame_test "sizes and alignments at the edges"      | P/pool_test "24 bytes aligned to 16", "every size and alignment" |
// |  6 | the k-th request refused         | F/upstream_failure_test                               | P/failure_test, H/heap_test "a growth that fails"               |
// |  7 | constructors that throw          | F/frame_test "a constructor that throws"              | P/handles_test "arrays are destroyed last first"                |
// |  8 | upstream that throws             | F/types_test "an allocator over a resource"           | here: "a resource that throws"                                  |
// |  9 | freed twice                      | there is no free                                      | said                                                            |
// | 10 | freed what is not ours           | there is no free                                      | null is nothing: P/pool_test "every size and alignment"; else said |
// | 11 | freed with another size          | there is no free                                      | said                                                            |
// | 12 | used after its end               | F/frame_test "a frame that has ended",                | a moved-from or reset handle is empty: P/handles_test "a handle destroys"; |
// |    |                                  | F/types_test "what still names a frame"               | memory: said; with AddressSanitizer here: "reports the use of pool" |
// | 13 | overruns                         | said; F/types_test "AddressSanitizer reports"         | said; with AddressSanitizer here: "reports the use of pool"     |
// | 14 | stale contents                   | values are initialised: F/types_test "types with"     | here: "objects are made anew"                                   |
// | 15 | end_frame() without begin        | F/frame_test "what is ended out of order"             |                                                                 |
// | 16 | out of order                     | F/frame_test "what is ended out of order"             | handles end in any order: P/model_test                          |
// | 17 | exceptions through frames        | F/frame_test "an exception closes frames"             | here: "an exception ends frames and handles"                    |
// | 18 | destructors, once, in reverse    | F/frame_test "what a frame made is destroyed"         | P/handles_test "a handle destroys", "arrays are destroyed"      |
// | 19 | allocator ends with live objects | F/types_test "an allocator destroyed"                 | P/pool_test "an allocator that ends"                            |
// | 20 | retention across frames          | not there yet                                         | not there yet                                                   |
// | 30 | moved-from, swapped, self-moved  | F/containers_test "a frame allocator keeps"           | P/handles_test "a handle destroys", P/containers_test "a pool's allocator" |
// | 31 | reentrancy                       | F/frame_test "a destructor may still allocate",       | P/handles_test "destructors may free", here: "a retry handler", |
// |    |                                  | F/types_test "a retry handler"                        | P/pool_test "an allocator may stand on another"                 |
// | 32 | global operator new              | adaptors/replace_new_test                             | adaptors/replace_new_test                                       |
// | 37 | without exceptions and RTTI      | tests/build/flags, tests/build/modes                  | the same                                                        |
// | 38 | warnings                         | every build has -Werror                               | the same                                                        |
// | 39 | types with opinions              | F/types_test "types with opinions"                    | P/handles_test "types with opinions", "a handle may name", "what a handle does not" |
// | 40 | upstream gives what it must not  | here: "memory that is not aligned"                    | here: "memory that is not aligned"                              |
// | 41 | overlaps                         | F/model_test                                          | P/model_test, P/threads_test                                    |
// | 42 | zero on free                     | checking/poisoned_test "wiped"                        | checking/poisoned_test "wiped"                                  |
// | 43 | disabled policies cost nothing   | composition/settings_and_explain "each part"          | the same, and benchmarks/instructions                           |
// | 44 | a shrink never fails             | F/containers_test "a vector that was made last"       | H/heap_test "a shrink never fails", P/model_test, P/regression_test |
// | 45 | outer frames grow inside inner   | F/frame_test "memory of an outer frame", F/model_test | P/model_test                                                    |
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <stdexcept>
#include <string>
#include <vector>

#include <alloy/settings.hpp>
#include <alloy/upstream/resource.hpp>

#include "../support/catch.hpp"
#include "../support/death.hpp"
#include "../support/pool_compositions.hpp"

namespace {

/// Throws where it is told to.
struct moody_resource : std::pmr::memory_resource {
    bool throws = false;
    void* do_allocate(std::size_t bytes, std::size_t alignment) override {
        if (throws) throw std::runtime_error("not in the mood");
        return std::pmr::new_delete_resource()->allocate(bytes, alignment);
    }
    void do_deallocate(void* at, std::size_t bytes, std::size_t alignment) override { std::pmr::new_delete_resource()->deallocate(at, bytes, alignment); }
    bool do_is_equal(const std::pmr::memory_resource& o) const noexcept override { return this == &o; }
};

/// Gives memory that is aligned to 8 and no more, every time or where it is asked for more than 16.
template <std::size_t From>
struct crooked_upstream {
    using axis = alloy::upstream::axis;
    static constexpr bool gives = true, is_stateless = false, reserves = false, reallocates = false;
    static constexpr std::size_t granularity = 16;
    void* allocate(std::size_t bytes, std::size_t alignment) noexcept {
        auto* at = static_cast<char*>(::operator new(bytes + 16, std::align_val_t{alignment}));
        ++out;
        return alignment >= From ? at + 8 : at + 16 * (alignment <= 16);
    }
    void deallocate(void* at, std::size_t bytes, std::size_t alignment) noexcept {
        const std::size_t shift = alignment >= From ? 8 : 16 * (alignment <= 16);
        static_cast<void>(bytes);
        --out;
        ::operator delete(static_cast<char*>(at) - shift, std::align_val_t{alignment});
    }
    int out = 0;
};

/// Frees what it has kept for bad times, then says: again.
struct frees_reserve {
    using axis = alloy::fallback::axis;
    static constexpr bool retries = true, provides = false, asks_heap = false;
    bool retry(const alloy::alloc_error&, unsigned attempt) noexcept {
        if (give_up_reserve) give_up_reserve(context);
        return attempt == 0;
    }
    static void give_up(const alloy::alloc_error&) noexcept {}
    void (*give_up_reserve)(void*) noexcept = nullptr;
    void* context = nullptr;
};

}  // namespace

TEST_CASE("a resource that throws refuses, and all is as it was", "[faults][pool][heap][fault-8]") {
    moody_resource resource;
    auto memory = alloy::make_allocator(alloy::upstream::resource{&resource});
    auto kept = memory.make_heap<std::string>("kept");
    void* large = memory.allocate(3000, 8);
    std::memset(large, 1, 3000);
    const std::size_t used = memory.used(), held = memory.held();
    resource.throws = true;
    CHECK(memory.try_make_pooled<int>(1).error().reason == alloy::refusal::upstream);
    CHECK_THROWS_AS(memory.make_heap<int>(1), alloy::out_of_memory);
    CHECK_FALSE(memory.try_reallocate(large, 3000, 9000, 8).has_value());
    CHECK(memory.used() == used);
    CHECK(memory.held() == held);
    CHECK(*kept == "kept");
    CHECK(static_cast<char*>(large)[2999] == 1);
    resource.throws = false;
    CHECK(*memory.make_pooled<int>(1) == 1);
    memory.deallocate(large, 3000, 8);
}

TEST_CASE("memory that is not aligned as upstream was asked goes back, and counts as none", "[faults][fault-40]") {
    {
        alloy::allocator<crooked_upstream<16>> memory;  // nothing is right
        CHECK(memory.try_make_pooled<int>(1).error().reason == alloy::refusal::upstream);
        CHECK(memory.try_make_heap<int>(1).error().reason == alloy::refusal::upstream);
        auto frame = memory.frame();
        CHECK(frame.try_allocate(10, 8).error().reason == alloy::refusal::upstream);
        CHECK(memory.held() == 0);
        CHECK(memory.upstream().out == 0);
    }
    alloy::allocator<crooked_upstream<32>> memory;  // blocks and plain heap objects are
    CHECK(memory.try_make_pooled<int>(1).error().reason == alloy::refusal::upstream);
    CHECK(memory.try_allocate(5000, 64).error().reason == alloy::refusal::upstream);
    {
        auto frame = memory.frame();
        CHECK(frame.try_allocate(10, 8).has_value());
        auto large = memory.try_make_heap<int>(1);
        CHECK(large.has_value());
        CHECK(memory.upstream().out == 2);
    }
}

TEST_CASE("objects are made anew in slots that others have used", "[faults][pool][heap][fault-14]") {
    alloy::allocator<> memory;
    for (std::size_t n : {4u, 64u, 5000u}) {
        void* dirty = memory.allocate(n, 8);
        std::memset(dirty, 0xEE, n);
        memory.deallocate(dirty, n, 8);
        auto zeros = memory.make_pooled<unsigned char[]>(n);
        for (unsigned char z : zeros) REQUIRE(z == 0);
    }
    CHECK(*memory.make_pooled<long>() == 0);
    CHECK(*memory.make_heap<long>() == 0);
}

TEMPLATE_LIST_TEST_CASE("an exception ends frames and handles as their scopes end", "[faults][fault-17]", test::pool_compositions) {
    TestType memory;
    try {
        auto outer = memory.template make_pooled<std::string>(std::size_t{100}, 'x');
        if constexpr (TestType::lifetimes::has_frame) {
            auto frame = memory.frame();
            static_cast<void>(frame.allocate(100, 8));
            auto inner = memory.template make_heap<std::string[]>(100);
            throw std::runtime_error("half-way");
        }
        throw std::runtime_error("half-way");
    } catch (const std::runtime_error&) {
    }
    CHECK(memory.used() == 0);
    auto after = memory.template make_pooled<std::string>("after");
    CHECK(*after == "after");
}

TEMPLATE_TEST_CASE("a retry handler may free to the allocator that asks it", "[faults][pool][heap][fault-31]",
                   (alloy::allocator<frees_reserve, alloy::budget::hard<100'000>>),
                   (alloy::allocator<frees_reserve, alloy::budget::hard<100'000>, alloy::threading::spin_locked>)) {
    TestType memory;
    struct reserve {
        TestType* memory;
        typename TestType::template heap_ptr<char[]> bytes;
    } kept{&memory, memory.template make_heap<char[]>(90'000)};
    memory.fallback().context = &kept;
    memory.fallback().give_up_reserve = [](void* context) noexcept {
        auto& r = *static_cast<reserve*>(context);
        r.bytes.reset();
        auto note = r.memory->template make_pooled<int>(1);  // and make objects in it
    };
    auto large = memory.template make_heap<char[]>(70'000);
    REQUIRE(large);
    CHECK_FALSE(kept.bytes);
    CHECK_FALSE(memory.template make_heap<char[]>(200'000));
    CHECK(memory.held() <= 100'000);
}

#if ALLOY_DETAIL_ASAN
TEST_CASE("AddressSanitizer reports the use of pool and heap memory that is free or was not asked for", "[faults][death][asan][fault-12][fault-13]") {
    // Indices that are known at run time alone, or accesses are not looked at.
    const auto dies = [](auto f) { return test::dying_words(f).find("AddressSanitizer") != std::string::npos; };
    alloy::allocator<> memory;
    for (std::size_t bytes : {20u, 300u, 3000u}) {
        auto* p = static_cast<volatile char*>(memory.allocate(bytes, 8));
        volatile std::size_t at = bytes - 1;
        p[at] = 1;
        CHECK_FALSE(dies([&] { p[at] = 2; }));
        CHECK(dies([&] { p[at + 4] = 1; }));
        CHECK(dies([&] {
            memory.deallocate(const_cast<char*>(p), bytes, 8);
            p[at] = 1;
        }));
        memory.deallocate(const_cast<char*>(p), bytes, 8);
    }
}
#endif
