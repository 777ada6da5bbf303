// checking::poisoned and checking::wiped: what free memory holds, when a write to it is noticed, and that no frame allocation pays.
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>

#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#include "../support/catch.hpp"
#include "../support/death.hpp"
#include "../support/upstreams.hpp"

#if !ALLOY_DETAIL_ASAN  // which tells the touch itself: see guarded_test.cpp

namespace {

struct render : alloy::allocator<alloy::tagging::named<"render">, alloy::checking::poisoned<>> {};

template <class T>
T hidden(T value) {
    asm volatile("" : "+r"(value) : : "memory");
    return value;
}
bool holds(const void* at, std::size_t bytes, unsigned char pattern) {
    const auto* first = hidden(static_cast<const unsigned char*>(at));
    return std::all_of(first, first + bytes, [=](unsigned char c) { return c == pattern; });
}

}  // namespace

TEST_CASE("poisoned: who reads after the end of a frame, or after a free, sees the pattern") {
    render memory;
    const void* kept;
    {
        auto frame = memory.frame();
        auto bytes = frame.make_span<char>(1000);
        kept = bytes.data();
        std::memset(bytes.data(), 1, 1000);
        {
            auto undone = frame.checkpoint();
            auto inner = undone.make_span<char>(100);
            std::memset(inner.data(), 2, 100);
            undone.rollback();
            CHECK(holds(inner.data(), 100, 0xDD));
        }
        CHECK(holds(kept, 1000, 1));
    }
    CHECK(holds(kept, 1000, 0xDD));
    void* p = memory.allocate(100, 8);
    std::memset(p, 1, 100);
    memory.deallocate(p, 100, 8);
    CHECK(holds(static_cast<char*>(p) + sizeof(void*), 100 - sizeof(void*), 0xDD));
}

TEST_CASE("poisoned: only what was used is marked") {
    struct big : alloy::allocator<alloy::growth::geometric<8 * alloy::MiB>, alloy::upstream::pages<>, alloy::checking::poisoned<>> {};
    big memory;
    char* last;
    {
        auto frame = memory.frame();
        std::memset(frame.make_span<char>(1000).data(), 1, 1000);
        last = frame.make_span<char>(8).data() + 8;
    }
    CHECK(holds(last, 4096, 0));  // fresh pages behind what was used are as the system gave them
    {
        auto frame = memory.frame();
        auto huge = frame.make_span_for_overwrite<char>(4 * alloy::MiB);
        huge[huge.size() - 1] = 1;
        auto inner = memory.frame();
        CHECK(inner.make<int>(1) != nullptr);
    }
}

TEST_CASE("poisoned: a write to free memory dies when it is used again") {
    const std::string frames = test::dying_words([] {
        render memory;
        char* kept;
        {
            auto frame = memory.frame();
            kept = hidden(frame.make_span<char>(100).data());
        }
        kept[hidden(7)] = 1;
        auto frame = memory.frame();
    });
    CHECK(frames.find("alloy: render: free memory was written (") != std::string::npos);
    CHECK(frames.find("  byte 7 of it was written") != std::string::npos);
    const std::string pool = test::dying_words([] {
        render memory;
        char* p = hidden(static_cast<char*>(memory.allocate(64, 8)));
        memory.deallocate(p, 64, 8);
        p[hidden(63)] = 1;
        static_cast<void>(memory.allocate(64, 8));
    });
    CHECK(pool.find("alloy: render: free memory was written (56 bytes") != std::string::npos);
    const std::string swept = test::dying_words([] {
        render memory;
        char* p = hidden(static_cast<char*>(memory.allocate(64, 8)));
        memory.deallocate(p, 64, 8);
        p[hidden(63)] = 1;
        memory.trim();
    });
    CHECK(swept.find("alloy: render: free memory was written (") != std::string::npos);
    CHECK(test::dying_words([] {
              render memory;
              for (int turn = 0; turn < 4; ++turn) {
                  auto frame = memory.frame();
                  std::memset(frame.make_span<char>(100'000).data(), 1, 100'000);
                  auto a = memory.make_pooled<char[]>(60);
                  auto b = memory.make_heap<char[]>(6000);
                  std::memset(a.get(), 1, 60);
                  std::memset(b.get(), 1, 6000);
                  memory.trim();
              }
          }) == "(lived)");
}

TEST_CASE("poisoned: frames in several buffers are marked when their buffer is used again") {
    struct twice : alloy::allocator<alloy::lifetime::frames<2>, alloy::checking::poisoned<>> {};
    twice memory;
    char* kept;
    {
        auto frame = memory.frame();
        kept = frame.make_span<char>(100).data();
        std::memset(kept, 1, 100);
    }
    { auto frame = memory.frame(); }
    CHECK(holds(kept, 100, 1));
    { auto frame = memory.frame(); }
    CHECK(holds(kept, 100, 0xDD));
}

TEST_CASE("poisoned: what an outer frame got from the far end lasts as long as its buffer") {
    struct twice : alloy::allocator<alloy::lifetime::frames<2>, alloy::checking::poisoned<>> {};
    twice memory;
    char* kept;
    {
        auto frame = memory.frame();
        auto inner = memory.frame();
        kept = frame.make_span<char>(100).data();
        std::memset(kept, 1, 100);
    }
    CHECK(holds(kept, 100, 1));
    { auto frame = memory.frame(); }
    { auto frame = memory.frame(); }
    CHECK(holds(kept, 100, 0xDD));
}

TEST_CASE("poisoned: the window is not hidden, so a frame allocation costs what it costs unchecked") {
    render memory;
    auto frame = memory.frame();
    auto* first = frame.make<int>(1);
    auto* second = frame.make<int>(2);
    CHECK(reinterpret_cast<char*>(second) - reinterpret_cast<char*>(first) == 8);
    CHECK(frame.resize_last(second, sizeof(int), 64));
    static_assert(sizeof(render) == sizeof(alloy::allocator<>));
}

TEST_CASE("wiped: secrets are zeros as soon as they are freed, whatever the optimiser thinks") {
    struct keys : alloy::allocator<test::strict_upstream, alloy::checking::wiped> {};
    keys memory;
    const void* kept;
    {
        auto frame = memory.frame();
        kept = frame.copy(std::span<const char>("a secret of some length", 24)).data();
    }
    CHECK(holds(kept, 24, 0));
    char* p = static_cast<char*>(memory.allocate(200, 8));
    std::memcpy(p, "another secret", 15);
    std::memset(p + 15, 3, 185);
    memory.deallocate(p, 200, 8);
    CHECK(holds(p + sizeof(void*), 200 - sizeof(void*), 0));  // its first word is the way to the next free slot
    p = static_cast<char*>(memory.allocate(100, 8));
    std::memset(p, 3, 100);
    char* moved = static_cast<char*>(memory.reallocate(p, 100, 800, 8));
    CHECK(holds(p + sizeof(void*), 100 - sizeof(void*), 0));
    CHECK(holds(moved, 100, 3));
    memory.deallocate(moved, 800, 8);
}

#else
TEST_CASE("AddressSanitizer marks free memory, and poisoned leaves it that") {
    alloy::allocator<alloy::checking::poisoned<>> memory;
    auto p = memory.make_pooled<int>(5);
    CHECK(*p == 5);
}
#endif
