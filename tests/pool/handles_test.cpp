// Handles: who owns, what is destroyed when, and which types may be owned.
#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

#include "../support/catch.hpp"
#include "../support/pool_compositions.hpp"

// Declared before the allocator is complete ------------------------------------------------------------------------------------------

struct late_allocator;
namespace {
struct node {
    int value = 0;
    alloy::pool_ptr<node, late_allocator> next;
    node() = default;
    node(node&&) = default;
    node& operator=(node&&) = default;
    explicit node(int v);
    ~node();
};
// Moving and comparing need no more of the allocator than its name.
using late_ptr = alloy::pool_ptr<int, late_allocator>;
static_assert(std::is_nothrow_move_constructible_v<late_ptr> && std::is_nothrow_move_assignable_v<late_ptr> && !std::is_copy_constructible_v<late_ptr>);
void exchange(late_ptr& a, late_ptr& b) { a.swap(b); }
}  // namespace
struct late_allocator : alloy::allocator<test::strict_upstream> {};
namespace {
node::node(int v) : value(v) {}
node::~node() = default;

struct tally {
    std::vector<int>* ends;
    int number;
    tally(std::vector<int>& e, int n) : ends(&e), number(n) {}
    tally(const tally&) = delete;
    ~tally() { ends->push_back(number); }
};

struct shape {
    virtual ~shape() = default;
    virtual int corners() const = 0;
};
struct named_thing {
    explicit named_thing(int n) : name(n) {}
    virtual ~named_thing() { ++ended; }
    int name;
    static inline int ended = 0;
};
/// The second base lies behind the first, and all of it is larger than either.
struct square : shape, named_thing {
    explicit square(std::vector<int>* e) : named_thing(4), ends(e) {}
    ~square() override {
        if (ends) ends->push_back(4);
    }
    int corners() const override { return 4; }
    std::vector<int>* ends;
    char body[200]{};
};
struct last_square final : square {
    using square::square;
};
struct large_square : square {
    using square::square;
    char more[3000]{};
};

struct stubborn {
    int value;
    explicit stubborn(int v) : value(v) {}
    stubborn* operator&() { return nullptr; }
    const stubborn* operator&() const { return nullptr; }
    static void* operator new(std::size_t) = delete;
    static void* operator new(std::size_t, void*) = delete;
    static void operator delete(void*) = delete;
};
struct alignas(512) wide {
    char body[512];
};
struct alignas(4096) page_wide {
    char body[4096];
};
struct nothing {};
struct point {
    int x, y;
};
struct throws_at {
    static inline int until = -1, alive = 0;
    throws_at() {
        if (until-- == 0) throw std::runtime_error("no");
        ++alive;
    }
    throws_at(const throws_at&) = delete;
    ~throws_at() { --alive; }
    char body[40]{};
};

bool is_aligned(const void* p, std::size_t alignment) { return reinterpret_cast<std::uintptr_t>(p) % alignment == 0; }
}  // namespace

TEMPLATE_LIST_TEST_CASE("a handle destroys what it owns once, whichever way it goes", "[handles][fault-30]", test::pool_compositions) {
    TestType memory;
    std::vector<int> ends;
    {
        auto a = memory.template make_pooled<tally>(ends, 1);
        auto b = memory.template make_heap<tally>(ends, 2);
        CHECK(a->number == 1);
        CHECK((*b).number == 2);
        auto moved = std::move(a);
        CHECK_FALSE(a);  // NOLINT: moved-from is empty
        CHECK(a == nullptr);
        CHECK(moved->number == 1);
        a = std::move(moved);
        auto& self = a;
        a = std::move(self);
        REQUIRE(a);
        CHECK(a->number == 1);
        CHECK(ends.empty());
        a = memory.template make_pooled<tally>(ends, 3);
        CHECK(ends == std::vector<int>{1});
        auto c = memory.template make_pooled<tally>(ends, 4);
        swap(a, c);
        CHECK(a->number == 4);
        CHECK(c->number == 3);
        a.swap(a);
        c.reset();
        c.reset();
        CHECK(ends == std::vector<int>{1, 3});
        a = {};
        CHECK(ends == std::vector<int>{1, 3, 4});
    }
    CHECK(ends == std::vector<int>{1, 3, 4, 2});
    CHECK(memory.used() == 0);
    memory.trim();
    CHECK(memory.held() == memory.upstream().live_bytes());
    CHECK(memory.held() == 0);
}

TEMPLATE_LIST_TEST_CASE("arrays are destroyed last first, also where a constructor throws half-way", "[handles][fault-7]", test::pool_compositions) {
    TestType memory;
    for (std::size_t n : {0u, 1u, 7u, 25u, 26u, 200u}) {
        throws_at::until = -1;
        {
            auto made = memory.template make_pooled<throws_at[]>(n);
            CHECK(made.get() != nullptr);
            CHECK(made.size() == n);
            CHECK(made.span().size() == n);
            CHECK(static_cast<std::size_t>(made.end() - made.begin()) == n);
            CHECK(throws_at::alive == static_cast<int>(n));
        }
        CHECK(throws_at::alive == 0);
        for (int i = 0; i < static_cast<int>(n); i += 5) {
            throws_at::until = i;
            CHECK_THROWS_AS(memory.template make_pooled<throws_at[]>(n), std::runtime_error);
            throws_at::until = i;
            CHECK_THROWS_AS(memory.template make_heap<throws_at[]>(n), std::runtime_error);
            CHECK(throws_at::alive == 0);
            CHECK(memory.used() == 0);
        }
    }
    throws_at::until = 0;
    CHECK_THROWS_AS(memory.template make_pooled<throws_at>(), std::runtime_error);
    throws_at::until = 0;
    CHECK_THROWS_AS(memory.template try_make_heap<throws_at>(), std::runtime_error);
    CHECK(memory.used() == 0);
    throws_at::until = -1;
    const auto zeros = memory.template make_pooled<int[]>(10);
    for (int z : zeros) CHECK(z == 0);
    CHECK(zeros[9] == 0);
}

TEMPLATE_LIST_TEST_CASE("handles to a base give back what was made, wherever the base lies in it", "[handles]", test::pool_compositions) {
    TestType memory;
    std::vector<int> ends;
    named_thing::ended = 0;
    {
        alloy::pool_ptr<shape, typename TestType::allocator_type> first = memory.template make_pooled<square>(&ends);
        alloy::pool_ptr<named_thing, typename TestType::allocator_type> second = memory.template make_pooled<square>(&ends);
        alloy::pool_ptr<const named_thing, typename TestType::allocator_type> third = memory.template make_pooled<last_square>(&ends);
        alloy::pool_ptr<named_thing, typename TestType::allocator_type> large = memory.template make_pooled<large_square>(&ends);
        alloy::heap_ptr<named_thing, typename TestType::allocator_type> heaped = memory.template make_heap<last_square>(&ends);
        CHECK(first->corners() == 4);
        CHECK(second->name == 4);
        CHECK(third->name == 4);
        CHECK(large->name == 4);
        CHECK(heaped->name == 4);
        alloy::pool_ptr<const named_thing, typename TestType::allocator_type> again = std::move(second);
        CHECK_FALSE(second);  // NOLINT
        again = std::move(third);
        CHECK(named_thing::ended == 1);
    }
    CHECK(named_thing::ended == 5);
    CHECK(ends.size() == 5);
    CHECK(memory.used() == 0);
}

TEMPLATE_LIST_TEST_CASE("types with opinions of their own are pooled as they wish", "[handles][fault-39]", test::pool_compositions) {
    TestType memory;
    {
        auto odd = memory.template make_pooled<stubborn>(5);
        CHECK(odd->value == 5);
        auto far = memory.template make_heap<stubborn>(6);
        CHECK(far->value == 6);
        auto broad = memory.template make_pooled<wide>();
        auto broader = memory.template make_pooled<page_wide>();
        auto on_heap = memory.template make_heap<wide>();
        auto several = memory.template make_pooled<wide[]>(3);
        CHECK(is_aligned(broad.get(), 512));
        CHECK(is_aligned(broader.get(), 4096));
        CHECK(is_aligned(on_heap.get(), 512));
        CHECK(is_aligned(several.get(), 512));
        std::memset(broad.get(), 1, sizeof(wide));
        std::memset(broader.get(), 2, sizeof(page_wide));
        std::memset(several.get(), 3, 3 * sizeof(wide));
        auto none = memory.template make_pooled<nothing>();
        auto other = memory.template make_pooled<nothing>();
        CHECK(none != other);
        auto constant = memory.template make_pooled<const int>(7);
        CHECK(*constant == 7);
        auto aggregate = memory.template make_pooled<point>(1, 2);
        CHECK(aggregate->y == 2);
        alloy::pool_ptr<const point, typename TestType::allocator_type> seen = std::move(aggregate);
        CHECK(seen->x == 1);
        auto ints = memory.template make_pooled<int[]>(4);
        ints[3] = 9;
        alloy::pool_ptr<const int[], typename TestType::allocator_type> read = std::move(ints);
        CHECK(ints.size() == 0);  // NOLINT
        CHECK(read[3] == 9);
        auto only = memory.template make_pooled<std::unique_ptr<int>>(std::make_unique<int>(3));
        CHECK(**only == 3);
    }
    CHECK(memory.used() == 0);
}

TEST_CASE("what a handle does not convert to", "[handles][fault-39]") {
    using a = alloy::allocator<>;
    using b = alloy::allocator<alloy::budget::hard<1024>>;
    struct plain_base {};
    struct plain_derived : plain_base {};
    CHECK_FALSE(std::is_constructible_v<alloy::pool_ptr<plain_base, a>, alloy::pool_ptr<plain_derived, a>>);  // its destructor is not virtual
    CHECK_FALSE(std::is_constructible_v<alloy::pool_ptr<int, b>, alloy::pool_ptr<int, a>>);
    CHECK_FALSE(std::is_constructible_v<alloy::pool_ptr<int, a>, alloy::heap_ptr<int, a>>);
    CHECK_FALSE(std::is_constructible_v<alloy::pool_ptr<int, a>, alloy::pool_ptr<const int, a>>);
    CHECK_FALSE(std::is_constructible_v<alloy::pool_ptr<shape[], a>, alloy::pool_ptr<square[], a>>);
    CHECK_FALSE(std::is_constructible_v<alloy::pool_ptr<int, a>, alloy::pool_ptr<int[], a>>);
    CHECK_FALSE(std::is_copy_constructible_v<alloy::pool_ptr<int, a>>);
    CHECK(std::is_constructible_v<alloy::pool_ptr<const int[], a>, alloy::pool_ptr<int[], a>>);
    CHECK(sizeof(alloy::pool_ptr<int, a>) == 2 * sizeof(void*));
}

TEST_CASE("a handle may name the user's type or what it derives from, complete or not", "[handles][fault-39]") {
    late_allocator memory;
    {
        late_ptr mine = memory.make_pooled<int>(1);  // from a handle of the base
        alloy::pool_ptr<int, late_allocator::allocator_type> base = std::move(mine);
        CHECK(*base == 1);
        mine = std::move(base);
        late_ptr other = memory.make_pooled<int>(2);
        exchange(mine, other);
        CHECK(*mine == 2);
        CHECK(*other == 1);
        // A list of its own type, freed from its head.
        alloy::pool_ptr<node, late_allocator> head;
        for (int i = 0; i < 100; ++i) {
            alloy::pool_ptr<node, late_allocator> n = memory.make_pooled<node>(i);
            n->next = std::move(head);
            head = std::move(n);
        }
        CHECK(head->next->value == 98);
        head = std::move(head->next);  // the new owner lies in what ends
        CHECK(head->value == 98);
    }
    CHECK(memory.used() == 0);
}

TEMPLATE_LIST_TEST_CASE("destructors may free, make and open frames in the same allocator", "[handles][fault-31]", test::pool_compositions) {
    TestType memory;
    struct busy {
        TestType* memory;
        int left;
        typename TestType::template pool_ptr<int> mine;
        busy(TestType& m, int n) : memory(&m), left(n), mine(m.template make_pooled<int>(n)) {}
        ~busy() {
            mine.reset();
            if (left > 0) static_cast<void>(memory->template make_pooled<busy>(*memory, left - 1));
            if constexpr (TestType::lifetimes::has_frame) {
                auto frame = memory->frame();
                static_cast<void>(frame.allocate(100, 8));
            }
            auto large = memory->template make_heap<int>(left);
        }
    };
    { auto one = memory.template make_pooled<busy>(memory, 5); }
    { auto several = memory.template make_heap<busy>(memory, 5); }
    CHECK(memory.used() == 0);
}
