// checking::guarded: each mistake dies with its sentence, the pointer's tag and sites, and has a twin without the mistake that lives.
//
// The faults that a checked build notices, by their numbers in the list that tests/faults/release_test.cpp goes through: 4 (refused), 9 double free,
// 10 foreign and interior pointers, 11 wrong size or alignment, 12 use after free and after a frame (written; read: poisoned_test, annotated, and stale
// handles in containers/pool_map_test), 13 overrun and underrun, 15 and 16 frames that end out of order, 19 leaks, 21 a second thread, 40 upstream
// that aligns wrongly, 42 zeros (poisoned_test). All others must be as in a release build: frame and pool tests run on guarded compositions too.
#include <csignal>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <alloy/adaptors/std_allocator.hpp>
#include <alloy/allocator.hpp>
#include <alloy/checking/guarded.hpp>
#include <alloy/policies.hpp>

#include "../support/catch.hpp"
#include "../support/death.hpp"

namespace {

struct physics : alloy::allocator<alloy::tagging::named<"physics">, alloy::checking::guarded<>> {};

bool says(const std::string& words, const std::string& expected) {
    INFO(words);
    CHECK(words.find(expected) != std::string::npos);
    return words.find("(lived)") == std::string::npos;
}
/// Where AddressSanitizer watches, it may be the one that speaks: at the touch itself.
bool says_or_asan(const std::string& words, [[maybe_unused]] const std::string& expected) {
#if ALLOY_DETAIL_ASAN
    if (words.find("AddressSanitizer: use-after-poison") != std::string::npos) return true;
#endif
    return says(words, expected);
}
template <class F>
std::string with_memory(F f) {
    return test::dying_words([f] {
        physics memory;
        f(memory);
    });
}
template <class F>
void lives(F f) {
    CHECK(with_memory(f) == "(lived)");
}
/// The compiler knows nothing of what it gives back.
template <class T>
T hidden(T value) {
    asm volatile("" : "+r"(value) : : "memory");
    return value;
}
void write(void* at, std::ptrdiff_t offset) { hidden(static_cast<char*>(at))[hidden(offset)] ^= 1; }

}  // namespace

TEST_CASE("guarded: a second free dies, at once and after others") {
    CHECK(says(with_memory([](physics& m) {
                   void* p = hidden(m.allocate(24, 8));
                   m.deallocate(p, 24, 8);
                   m.deallocate(p, 24, 8);
               }),
               "alloy: physics: an object was freed twice (24 bytes at 0x"));
    const std::string later = with_memory([](physics& m) {
        std::vector<void*> others;
        void* p = hidden(m.allocate(5000));
        for (int i = 0; i < 100; ++i) others.push_back(m.allocate(24, 8));
        m.deallocate(p, 5000);
        for (void* other : others) m.deallocate(other, 24, 8);
        m.deallocate(p, 5000);
    });
    CHECK(says(later, "an object was freed twice (5000 bytes"));
    CHECK(says(later, "  made at "));
    CHECK(says(later, "  freed at "));
    CHECK(says(later, "  noticed at "));
    CHECK(says(with_memory([](physics& m) {
                   void* p = hidden(m.allocate(100));
                   void* q = m.reallocate(p, 100, 200);
                   m.deallocate(q, 200);
                   m.deallocate(p, 100);
               }),
               "an object was freed twice (100 bytes"));
    lives([](physics& m) {
        for (int i = 0; i < 5000; ++i) m.deallocate(m.allocate(24, 8), 24, 8);
        m.deallocate(nullptr, 24, 8);
    });
}

TEST_CASE("guarded: foreign and interior pointers die") {
    const char* const foreign = "alloy: physics: a pointer was freed that is not of this allocator";
    CHECK(says(with_memory([](physics& m) {
                   int on_the_stack = 0;
                   m.deallocate(&on_the_stack, sizeof(int), alignof(int));
               }),
               foreign));
    CHECK(says(with_memory([](physics& m) {
                   const std::unique_ptr<char[]> of_new(new char[24]);
                   m.deallocate(hidden(of_new.get()), 24, 8);
               }),
               foreign));
    CHECK(says(with_memory([](physics& m) {
                   static physics other;
                   m.deallocate(hidden(other.allocate(24, 8)), 24, 8);
               }),
               foreign));
    CHECK(says(with_memory([](physics& m) {
                   auto frame = m.frame();
                   m.deallocate(hidden(frame.allocate(24, 8)), 24, 8);
               }),
               foreign));
    CHECK(says(with_memory([](physics& m) { m.deallocate(reinterpret_cast<void*>(hidden(std::uintptr_t{4096})), 24, 8); }), foreign));
    const std::string inside = with_memory([](physics& m) { m.deallocate(static_cast<char*>(m.allocate(24, 8)) + hidden(8), 16, 8); });
    CHECK(says(inside, "alloy: physics: a pointer was freed that lies inside an object (24 bytes"));
    CHECK(says(inside, "  the pointer is 8 bytes inside it"));
}

TEST_CASE("guarded: a wrong size, alignment or lifetime dies with both values") {
    const std::string size = with_memory([](physics& m) { m.deallocate(m.allocate(24, 8), hidden(std::size_t{32}), 8); });
    CHECK(says(size, "an object was freed with another size than it was allocated with (24 bytes"));
    CHECK(says(size, "  it was said to have 32 bytes"));
    CHECK(says(with_memory([](physics& m) { m.deallocate(m.allocate(24, 8), 24, hidden(std::size_t{16})); }), "with another alignment"));
    CHECK(says(with_memory([](physics& m) { m.deallocate(m.allocate(24, 8), hidden(std::size_t{4096}), 8); }), "with another size"));
    lives([](physics& m) {
        for (std::size_t bytes : {std::size_t{0}, std::size_t{1}, std::size_t{24}, std::size_t{900}, std::size_t{1024}, std::size_t{5000}})
            for (std::size_t alignment : {std::size_t{8}, std::size_t{16}, std::size_t{64}, std::size_t{256}, std::size_t{4096}}) {
                void* p = m.allocate(bytes, alignment);
                std::memset(p, 0x5A, bytes);
                m.deallocate(p, bytes, alignment);
            }
    });
}

TEST_CASE("guarded: writes beyond an object's ends die when it is freed") {
    for (const std::ptrdiff_t by : {1, 8, 32}) {
        for (const std::size_t bytes : {std::size_t{24}, std::size_t{1000}, std::size_t{5000}}) {
            CHECK(says_or_asan(with_memory([=](physics& m) {
                                   void* p = m.allocate(bytes, 8);
                                   write(p, static_cast<std::ptrdiff_t>(bytes) + by - 1);
                                   m.deallocate(p, bytes, 8);
                               }),
                               "alloy: physics: bytes behind an allocation were written (" + std::to_string(bytes) + " bytes"));
            CHECK(says_or_asan(with_memory([=](physics& m) {
                                   void* p = m.allocate(bytes, 8);
                                   write(p, -by);
                                   m.deallocate(p, bytes, 8);
                               }),
                               "alloy: physics: bytes in front of an allocation were written (" + std::to_string(bytes) + " bytes"));
        }
    }
    CHECK(says_or_asan(with_memory([](physics& m) {
                           auto p = m.make_pooled<char[]>(10);
                           write(p.get(), 10);
                       }),
                       "bytes behind an allocation were written (10 bytes"));
}

TEST_CASE("guarded: writes beyond an allocation in a frame die when the frame ends") {
    for (const std::ptrdiff_t by : {1, 8, 32}) {
        CHECK(says_or_asan(with_memory([=](physics& m) {
                               auto frame = m.frame();
                               auto span = frame.make_span<char>(40);
                               frame.make<int>(1);
                               write(span.data(), 40 + by - 1);
                           }),
                           "alloy: physics: bytes behind an allocation were written (40 bytes"));
        CHECK(says_or_asan(with_memory([=](physics& m) {
                               m.begin_frame();
                               auto span = m.current_frame().make_span<char>(40);
                               write(span.data(), -by);
                               m.end_frame();
                           }),
                           "alloy: physics: bytes in front of an allocation were written (40 bytes"));
    }
    lives([](physics& m) {
        for (int turn = 0; turn < 3; ++turn) {
            auto frame = m.frame();
            auto outer = frame.make_span<char>(100);
            {
                auto inner = m.frame();
                std::memset(inner.make_span<char>(1000).data(), 1, 1000);
                auto more = frame.make_span<char>(50);
                std::memset(more.data(), 1, 50);
            }
            std::memset(outer.data(), 1, 100);
        }
    });
}

TEST_CASE("guarded: writes to freed memory die when it is used again, and say who freed it") {
    const std::string pool = with_memory([](physics& m) {
        void* p = hidden(m.allocate(200, 8));
        m.deallocate(p, 200, 8);
        write(p, 100);
        p = m.allocate(200, 8);
    });
    CHECK(says_or_asan(pool, "alloy: physics: free memory was written ("));
#if !ALLOY_DETAIL_ASAN
    CHECK(says(pool, "  freed at "));
#endif
    CHECK(says_or_asan(with_memory([](physics& m) {
                           char* kept;
                           {
                               auto frame = m.frame();
                               kept = hidden(frame.make_span<char>(100).data());
                           }
                           write(kept, 50);
                           auto frame = m.frame();
                       }),
                       "alloy: physics: free memory was written ("));
    CHECK(says_or_asan(test::dying_words([] {
                           static char* kept;
                           physics memory;
                           {
                               auto frame = memory.frame();
                               kept = hidden(frame.make_span<char>(100).data());
                           }
                           write(kept, 50);  // noticed when the block goes back
                       }),
                       "alloy: physics: free memory was written ("));
}

TEST_CASE("guarded: leases out of order, and ends without a beginning, die") {
    CHECK(says(with_memory([](physics& m) { m.end_frame(); }), "alloy: physics: end_frame() was called, but the innermost open frame was not begun by begin_frame(); pair each"));
    CHECK(says(with_memory([](physics& m) {
                   m.begin_frame();
                   m.end_frame();
                   m.end_frame();
               }),
               "end_frame() was called"));
    CHECK(says(with_memory([](physics& m) {
                   auto outer = m.frame();
                   auto inner = m.frame();
                   outer.end();
               }),
               "alloy: physics: a frame or checkpoint was ended while something inside it is open"));
}

TEST_CASE("guarded: a second thread dies, the first one's death notwithstanding") {
    const char* const sentence = "alloy: physics: an allocator of one thread was used by a second one";
    CHECK(says(with_memory([](physics& m) {
                   auto p = m.make_pooled<int>(1);
                   std::thread([&] { static_cast<void>(m.make_pooled<int>(2)); }).join();
               }),
               sentence));
    CHECK(says(with_memory([](physics& m) {
                   auto p = m.make_pooled<int>(1);
                   std::thread([&] { p.reset(); }).join();
               }),
               sentence));
    CHECK(says(with_memory([](physics& m) {
                   m.begin_frame();
                   std::thread([&] { m.end_frame(); }).join();
               }),
               sentence));
    CHECK(says(with_memory([](physics& m) {
                   std::thread([&] { static_cast<void>(m.frame()); }).join();
                   std::thread([&] { static_cast<void>(m.frame()); }).join();  // its id may be the first one's
               }),
               sentence));
    lives([](physics& m) {
        { auto frame = m.frame(); }
        m.checking().hand_over();
        std::thread([&] { static_cast<void>(m.make_pooled<int>(2)); }).join();
    });
    struct shared : alloy::allocator<alloy::threading::spin_locked, alloy::checking::guarded<>> {};
    CHECK(test::dying_words([] {
              shared memory;
              auto p = memory.make_pooled<int>(1);
              std::thread([&] { p.reset(); }).join();
          }) == "(lived)");
}

TEST_CASE("guarded: what is alive when the allocator ends is told, with tag, size and site") {
    const std::string leak = with_memory([](physics& m) {
        static_cast<void>(m.allocate(24, 8));
        static_cast<void>(m.allocate(5000, 8));
    });
    CHECK(says(leak, "alloy: physics: an object is alive though its allocator ends (24 bytes"));
    CHECK(says(leak, "(5000 bytes"));
    CHECK(says(leak, "  made at "));
    lives([](physics& m) {
        auto frame = m.frame();  // what lies in frames is no leak
        frame.make<std::string>("a text that is longer than what fits inside a string");
    });
    lives([](physics& m) {
        std::vector<int, alloy::std_allocator<int, physics>> v(m);
        for (int i = 0; i < 10000; ++i) v.push_back(i);
        v.shrink_to_fit();
        void* p = m.allocate(10);
        std::size_t bytes = 10;
        for (const unsigned next : {100u, 2000u, 50000u, 700u, 3u}) {
            p = m.reallocate(p, bytes, next);
            bytes = next;
        }
        m.deallocate(p, 3);
    });
}

namespace {
/// Gives memory one byte beside what is asked.
struct crooked {
    using axis = alloy::upstream::axis;
    static constexpr bool gives = true, is_stateless = true, reserves = false, reallocates = false;
    static constexpr std::size_t granularity = 16;
    static void* allocate(std::size_t bytes, std::size_t) noexcept { return static_cast<char*>(::operator new(bytes + 1)) + 1; }
    static void deallocate(void* at, std::size_t, std::size_t) noexcept { ::operator delete(static_cast<char*>(at) - 1); }
};
std::vector<alloy::misuse> heard;
void listen(const alloy::misuse& noticed) { heard.push_back(noticed); }
}  // namespace

TEST_CASE("guarded: an upstream that aligns wrongly is told") {
    struct subject : alloy::allocator<alloy::tagging::named<"crooked">, alloy::checking::guarded<>, crooked> {};
    const std::string words = test::dying_words([] {
        subject memory;
        static_cast<void>(memory.allocate(24, 8));
    });
    CHECK(says(words, "alloy: crooked: upstream gave memory that is not aligned as it was asked"));
}

TEST_CASE("report::call: the function hears of it, and what was wrong is refused") {
    struct subject : alloy::allocator<alloy::tagging::named<"called">, alloy::checking::guarded<alloy::checking::report::call<&listen>>> {};
    heard.clear();
    {
        subject memory;
        void* p = memory.allocate(24, 8);
        memory.deallocate(p, 32, 8);
        REQUIRE(heard.size() == 1);
        CHECK(heard[0].kind == alloy::misuse_kind::wrong_size);
        CHECK(heard[0].bytes == 24);
        CHECK(heard[0].told == 32);
        CHECK(heard[0].at == p);
        CHECK(std::string(heard[0].whose) == "called");
        CHECK(heard[0].made != nullptr);
        CHECK(memory.checking().live() == 1);
        memory.deallocate(p, 24, 8);
        CHECK(memory.checking().live() == 0);
        memory.deallocate(p, 24, 8);
        REQUIRE(heard.size() == 2);
        CHECK(heard[1].kind == alloy::misuse_kind::double_free);
        CHECK(heard[1].freed != nullptr);
        CHECK_FALSE(memory.end_frame().closed);
        REQUIRE(heard.size() == 3);
        CHECK(heard[2].kind == alloy::misuse_kind::out_of_order);
        static_cast<void>(memory.allocate(100, 8));
        static_cast<void>(memory.allocate(200, 8));
    }
    REQUIRE(heard.size() == 5);
    CHECK(heard[3].kind == alloy::misuse_kind::leak);
    CHECK(heard[4].kind == alloy::misuse_kind::leak);
    CHECK(heard[3].bytes + heard[4].bytes == 300);
    CHECK(heard[4].told == 2);
}

TEST_CASE("report::raise_error: calls that give back throw, and nothing is lost") {
    struct subject : alloy::allocator<alloy::checking::guarded<alloy::checking::report::raise_error>> {};
    subject memory;
    static_assert(!noexcept(memory.deallocate(nullptr, 0)) && noexcept(std::declval<physics&>().deallocate(nullptr, 0)));
    void* p = memory.allocate(24, 8);
    CHECK_THROWS_AS(memory.deallocate(p, 24, 16), alloy::misuse_error);
    try {
        memory.deallocate(p, 23, 8);
        FAIL("it did not throw");
    } catch (const alloy::misuse_error& error) {
        CHECK(error.noticed().kind == alloy::misuse_kind::wrong_size);
        CHECK(std::string(error.what()) == "an object was freed with another size than it was allocated with");
    }
    CHECK(memory.checking().live() == 1);
    memory.deallocate(p, 24, 8);
    CHECK(memory.checking().live() == 0);
    const std::string words = test::dying_words([] {
        subject ends;
        ends.end_frame();
    });
    CHECK(says(words, "alloy: untagged: end_frame() was called"));
}

TEST_CASE("guarded and unchecked allocators stand side by side, and are different types") {
    struct fast : alloy::allocator<alloy::tagging::named<"fast">> {};
    static_assert(sizeof(physics) == sizeof(fast) + 2 * sizeof(void*));
    physics checked;
    fast unchecked;
    auto a = checked.make_pooled<int>(1);
    auto b = unchecked.make_pooled<int>(2);
    CHECK(*a + *b == 3);
    CHECK(checked.checking().live() == 1);
}
