// Types with opinions of their own, results without exceptions, allocators destroyed at odd moments, memory in place.
#include <cstring>
#include <memory>
#include <string>
#include <thread>

#include <alloy/settings.hpp>
#include <alloy/upstream/resource.hpp>

#include "../support/catch.hpp"
#include "../support/compositions.hpp"
#include "../support/death.hpp"

namespace {
template <class T>
bool is_aligned(const T* p) {
    return reinterpret_cast<std::uintptr_t>(p) % alignof(T) == 0;
}
struct shy {
    int value;
    explicit shy(int v) : value(v) {}
    shy(const shy&) = delete;
    ~shy() { value = 0; }
    shy* operator&() = delete;
    static void* operator new(std::size_t) = delete;
};
struct aggregate {
    int a;
    double b;
};
struct alignas(512) wide final {
    char bytes[512];
    ~wide() { bytes[0] = 0; }
};
/// Asks once more, after an allocation of its own.
struct frees_cache {
    using axis = alloy::fallback::axis;
    static constexpr bool retries = true, provides = false, asks_heap = false;
    bool retry(const alloy::alloc_error&, unsigned attempt) noexcept {
        if (attempt > 0 || !frame) return false;
        note = frame->try_allocate(16, 8).has_value();
        return true;
    }
    static void give_up(const alloy::alloc_error&) noexcept {}
    alloy::lease* frame = nullptr;
    bool note = false;
};
struct large {
    char bytes[300'000];
};
}  // namespace

TEMPLATE_LIST_TEST_CASE("types with opinions of their own are made as they wish", "[frame][fault-39]", test::compositions) {
    TestType memory;
    auto frame = memory.frame();
    CHECK(frame.template make<shy>(7)->value == 7);
    CHECK(*frame.template make<const int>(5) == 5);
    CHECK(*frame.template make<const std::string>("const") == "const");
    CHECK(frame.template make_span<const int>(3)[2] == 0);
    CHECK(frame.template make<aggregate>(1, 2.0)->b == 2.0);
    CHECK(is_aligned(frame.template make<wide>()));
    const auto several = frame.template make_span<wide>(3);
    CHECK(is_aligned(&several[0]));
    CHECK(is_aligned(&several[2]));
    CHECK(**frame.template make<std::unique_ptr<int>>(std::make_unique<int>(9)) == 9);
    CHECK(frame.template make_for_overwrite<large>() != nullptr);
    CHECK(frame.template try_make<large>().has_value());
    CHECK(frame.template make<std::string>()->empty());
    CHECK(*frame.template make<int>() == 0);
}

TEMPLATE_LIST_TEST_CASE("every try_ call gives a value or a reason", "[frame][try]", test::compositions) {
    TestType memory;
    auto frame = memory.frame();
    CHECK(*frame.template try_make<std::string>("made").value() == "made");
    CHECK(frame.template try_make_span<int>(10).value().size() == 10);
    CHECK(frame.template try_make_span_for_overwrite<int>(10).value().size() == 10);
    CHECK(frame.template try_make_batch<std::string>(3, [](std::size_t i) { return std::string(i, 'x'); }).value()[2] == "xx");
    const int numbers[] = {1, 2, 3};
    CHECK(frame.try_copy(std::span(numbers)).value()[1] == 2);
    CHECK(frame.copy(std::span<const int>(numbers))[2] == 3);
    memory.upstream().refuse_at = memory.upstream().requests + 1;
    memory.upstream().refuse_on = true;
    const auto refused = [](const auto& r) { return !r.has_value() && r.error().reason == alloy::refusal::upstream; };
    CHECK(refused(frame.template try_make<large>()));
    CHECK(refused(frame.template try_make_span<large>(2)));
    CHECK(refused(frame.template try_make_span_for_overwrite<large>(2)));
    CHECK(refused(frame.template try_make_batch<std::string>(100'000, [](std::size_t) { return std::string(); })));
    CHECK(refused(frame.try_allocate(1 << 20, 8)));
    memory.upstream().refuse_at = 0;
}

TEST_CASE("a result behaves as std::expected does", "[result]") {
    using alloy::result;
    const alloy::alloc_error error{alloy::refusal::budget, "tests", 10, 5};
    result<std::unique_ptr<int>> made(std::make_unique<int>(1));
    result<std::unique_ptr<int>> moved(std::move(made));
    CHECK(**moved == 1);
    moved = result<std::unique_ptr<int>>(error);
    CHECK_FALSE(moved.has_value());
    moved = std::make_unique<int>(2);
    CHECK(**moved == 2);
    CHECK(result<int>(error).value_or(3) == 3);
    CHECK(result<int>(4).transform([](int i) { return i * 2; }).value() == 8);
    CHECK(result<int>(4).and_then([](int i) { return result<std::string>(std::string(static_cast<std::size_t>(i), 'x')); }).value() == "xxxx");
    CHECK(result<int>(error).or_else([](const alloy::alloc_error& e) { return result<int>(static_cast<int>(e.left)); }).value() == 5);
    CHECK(result<int>(error).transform([](int i) { return i; }).error() == error);
    try {
        static_cast<void>(result<int>(error).value());
        FAIL();
    } catch (const alloy::out_of_memory& e) {
        CHECK(e.error() == error);
    }
}

TEMPLATE_LIST_TEST_CASE("an allocator destroyed with open frames destroys what is in them and gives all back", "[frame][fault-19]", test::compositions) {
    struct counted {
        int* alive;
        explicit counted(int& a) : alive(&a) { ++a; }
        counted(const counted&) = delete;
        ~counted() { --*alive; }
    };
    int alive = 0;
    {
        TestType memory;
        memory.begin_frame().template make<counted>(alive);
        memory.begin_frame().template make<counted>(alive);
        std::memset(memory.current_frame().allocate(3000, 8), 1, 3000);
        memory.current_frame().template make<counted>(alive);
    }  // strict_upstream ends the program where a block is missing
    CHECK(alive == 0);
}

TEST_CASE("what still names a frame after end_frame() is told so", "[frame][fault-12]") {
    alloy::allocator<test::strict_upstream> memory;
    alloy::frame_ref frame = memory.begin_frame();
    memory.end_frame();
#if !ALLOY_DETAIL_ASAN  // which reports the very look at it
    const auto late = frame.try_allocate(8, 8);
    REQUIRE_FALSE(late.has_value());
    CHECK(late.error().reason == alloy::refusal::frame_closed);
#else
    static_cast<void>(frame);
#endif
}

TEST_CASE("memory in place is used first to last, and nothing else", "[frame][growth]") {
    alloy::allocator<alloy::growth::in_place<1024>, alloy::upstream::none, alloy::lifetime::frame, alloy::fallback::null> memory;
    for (int i = 0; i < 3; ++i) {
        auto frame = memory.frame();
        const auto* first = frame.make<double>(1.0);
        const auto* object = reinterpret_cast<const char*>(&memory);
        CHECK(reinterpret_cast<const char*>(first) > object);
        CHECK(reinterpret_cast<const char*>(first) < object + sizeof memory);
        int made = 1;
        while (frame.make<double>(1.0)) ++made;
        CHECK(made == 128);
    }
    CHECK(memory.held() == 0);
}

TEST_CASE("an allocator over a resource that throws refuses instead", "[frame][upstream][fault-8]") {
    struct fails : std::pmr::memory_resource {
        void* do_allocate(std::size_t, std::size_t) override { throw std::runtime_error("no"); }
        void do_deallocate(void*, std::size_t, std::size_t) override {}
        bool do_is_equal(const std::pmr::memory_resource& o) const noexcept override { return this == &o; }
    } failing;
    auto memory = alloy::make_allocator(alloy::upstream::resource{&failing});
    auto frame = memory.frame();
    const auto refused = frame.try_make<int>(1);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().reason == alloy::refusal::upstream);
}

TEST_CASE("pages are charged whole, and a reservation is one block that gives its pages back", "[frame][upstream][budget]") {
    {
        alloy::allocator<alloy::upstream::pages<>, alloy::budget::hard<10'000>> memory;
        auto frame = memory.frame();
        CHECK(frame.allocate(100, 8) != nullptr);
        CHECK(memory.held() == 8192);
        CHECK_FALSE(frame.try_allocate(9000, 8).has_value());
    }
    alloy::allocator<alloy::upstream::pages<>, alloy::growth::trimmed<alloy::growth::virtual_reserve<64 * alloy::MiB>, 64 * alloy::KiB>> memory;
    for (int i = 0; i < 3; ++i) {
        auto frame = memory.frame();
        auto all = frame.make_span_for_overwrite<unsigned char>(8 * alloy::MiB);
        CHECK((i == 0 || all[64 * alloy::KiB] == 0));  // given back, and so zero
        std::memset(all.data(), 1, all.size());
        CHECK(memory.blocks() == 1);
        CHECK_FALSE(frame.try_allocate(64 * alloy::MiB, 8).has_value());
    }
}

TEST_CASE("a retry handler may allocate from the same allocator", "[frame][fallback][fault-31]") {
    alloy::allocator<alloy::threading::spin_locked, alloy::growth::linear<1024>, alloy::budget::hard<2048>, frees_cache> memory;
    auto frame = memory.frame();
    memory.fallback().frame = &frame;
    CHECK(frame.allocate(100, 8) != nullptr);
    CHECK(frame.allocate(5000, 8) == nullptr);
    CHECK(memory.fallback().note);
}

TEST_CASE("misuse ends the program with its sentence", "[death]") {
    CHECK(test::dying_words([] {
              alloy::allocator<> memory;
              auto frame = memory.frame();
              frame.end();
              frame.make<int>(1);
          }).find("alloy: something was allocated in a frame that has ended; keep the frame open for as long as it is used") == 0);
    CHECK(test::dying_words([] {
              alloy::allocator<> memory;
              memory.current_frame().make<int>(1);
          }).find("alloy: current_frame() was called, but no frame is open; ") == 0);
    CHECK(test::dying_words([] {
              alloy::allocator<alloy::growth::fixed<256>, alloy::fallback::terminate, alloy::tagging::named<"small">> memory;
              auto frame = memory.frame();
              frame.make_span<int>(1000);
          }).find("alloy: small: the growth policy allows no further block: ") == 0);
    CHECK(test::dying_words([] {
              alloy::allocator<alloy::threading::spin_locked> memory;
              auto frame = memory.frame();
              std::thread([&] { memory.frame().make<int>(1); }).join();
          }).find("alloy: a frame was opened while another thread's is open; ") == 0);
    CHECK(test::dying_words([] {
              alloy::allocator<> memory;
              auto frame = memory.frame();
              frame.make<int>(1);
          }) == "(lived)");
}

TEST_CASE("only its own thread ends a frame of a locked allocator", "[frame][fault-21]") {
    alloy::allocator<alloy::threading::spin_locked> memory;
    memory.begin_frame();
    bool closed = true;
    std::thread([&] { closed = memory.end_frame().closed; }).join();
    CHECK_FALSE(closed);
    CHECK(memory.end_frame().closed);
    std::thread([&] { memory.begin_frame(); }).join();  // ends without ending its frame
    bool opened = true;
    std::thread([&] { opened = memory.try_frame().has_value(); }).join();  // may have the same id of the system's
    CHECK_FALSE(opened);
}

#if ALLOY_DETAIL_ASAN
TEST_CASE("AddressSanitizer reports the use of frame memory that is gone or not yet given", "[death][asan][fault-12][fault-13]") {
    const auto dies = [](auto f) { return test::dying_words(f).find("use-after-poison") != std::string::npos; };
    static volatile std::size_t beyond = 40;  // not constant, or the compiler would not instrument
    CHECK(dies([] {
        alloy::allocator<> memory;
        auto frame = memory.frame();
        volatile int* p = frame.make<int>(1);
        frame.end();
        *p = 2;
    }));
    CHECK(dies([] {
        alloy::allocator<> memory;
        auto frame = memory.frame();
        auto attempt = frame.checkpoint();
        volatile int* p = attempt.make<int>(1);
        attempt.rollback();
        *p = 2;
    }));
    CHECK(dies([] {
        alloy::allocator<> memory;
        auto frame = memory.frame();
        volatile char* p = frame.make_span<char>(40).data();
        p[beyond] = 1;
    }));
    CHECK(test::dying_words([] {
              alloy::allocator<> memory;
              auto frame = memory.frame();
              volatile char* p = frame.make_span<char>(41).data();
              p[beyond] = 1;
          }) == "(lived)");
}
#endif

// Globals: constant-initialised, and usable before and after everything else.
namespace {
constinit alloy::allocator<alloy::threading::spin_locked, alloy::budget::hard<alloy::MiB>, alloy::tracking::boundary_metrics> global_memory;
constinit alloy::never_destroyed<alloy::allocator<alloy::growth::in_place<1024>, alloy::upstream::none, alloy::lifetime::frame>> lasting_memory;
struct early_and_late {
    early_and_late() { *lasting_memory->frame().make<int>() = 1; }
    ~early_and_late() { *lasting_memory->frame().make<int>() = 2; }
} early_and_late_user;
}  // namespace

TEST_CASE("a global allocator is there before main and after it", "[frame][fault-35]") {
    CHECK(*global_memory.frame().make<int>(4) == 4);
    CHECK(lasting_memory->blocks() == 1);
}
