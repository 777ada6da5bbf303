/// A program whose operator new is an Alloy allocator: every form, refusals at every place, the new handler, threads.
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <map>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

namespace {

/// malloc that can be told to refuse from the k-th request on. Requests of the heap go straight to it, so each new is one.
struct faulty_malloc {
    using axis = alloy::upstream::axis;
    static constexpr bool gives = true, is_stateless = true, reserves = false, reallocates = false;
    static constexpr std::size_t granularity = 16;
    static inline std::atomic<long> left{-1};  ///< requests before the first refusal; negative: none is refused

    static void* allocate(std::size_t bytes, std::size_t alignment) noexcept {
        if (left.load() == 0) return nullptr;
        if (left.load() > 0) --left;
        return alloy::upstream::malloc::allocate(bytes, alignment);
    }
    static void deallocate(void* at, std::size_t bytes, std::size_t alignment) noexcept { alloy::upstream::malloc::deallocate(at, bytes, alignment); }
};
struct program_allocator : alloy::allocator<alloy::threading::spin_locked, faulty_malloc, alloy::lifetime::heap> {};
constinit alloy::never_destroyed<program_allocator> program;
auto& program_memory() { return program; }

}  // namespace

#include <alloy/replace_new.hpp>
#include <alloy/replace_new.hpp>

#include "../support/catch.hpp"

namespace {

const auto before_main = std::make_unique<std::string>(100, 'x');

/// Refuses from the k-th request on while it lives.
struct refusing {
    explicit refusing(long k) { faulty_malloc::left = k; }
    ~refusing() { faulty_malloc::left = -1; }
};
struct with_handler {
    explicit with_handler(std::new_handler handler) : before(std::set_new_handler(handler)) {}
    ~with_handler() { std::set_new_handler(before); }
    std::new_handler before;
};

std::size_t used() { return program->used(); }
int handled = 0;
struct from_handler : std::bad_alloc {};

struct alignas(256) wide {
    char bytes[256]{};
};
void* escaped(void* p) {
    asm volatile("" : "+r"(p) : : "memory");  // a pair of new and delete that nothing sees may be left out
    return p;
}
bool is_aligned(const void* p, std::size_t to) { return reinterpret_cast<std::uintptr_t>(p) % to == 0; }

}  // namespace

TEST_CASE("every form of new takes from the allocator, aligned, and every form of delete gives back") {
    CHECK(*before_main == std::string(100, 'x'));
    const std::size_t before = used();
    const std::align_val_t to{256};
    std::vector<void*> objects;
    objects.reserve(20);
    const std::size_t with_list = used();
    CHECK(with_list > before);
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, std::size_t{24}, std::size_t{5000}}) {
        void* const plain[]{::operator new(bytes), ::operator new(bytes, std::nothrow), ::operator new[](bytes), ::operator new[](bytes, std::nothrow)};
        void* const aligned[]{::operator new(bytes, to), ::operator new(bytes, to, std::nothrow), ::operator new[](bytes, to),
                              ::operator new[](bytes, to, std::nothrow)};
        CHECK(used() >= with_list + 8 * bytes);
        for (void* p : plain) CHECK(is_aligned(escaped(p), 16));
        for (void* p : aligned) CHECK(is_aligned(escaped(p), 256));
        ::operator delete(plain[0]);
        ::operator delete(plain[1], std::nothrow);
        ::operator delete[](plain[2], bytes);
        ::operator delete[](plain[3]);
        ::operator delete(aligned[0], to);
        ::operator delete(aligned[1], bytes, to);
        ::operator delete[](aligned[2], to, std::nothrow);
        ::operator delete[](aligned[3], bytes, to);
        CHECK(used() == with_list);
    }
    ::operator delete(nullptr);
    ::operator delete[](nullptr, to);
}

TEST_CASE("objects of classes, aligned ones and arrays with destructors") {
    const std::size_t before = used();
    {
        const std::unique_ptr<wide> one(new wide);
        const std::unique_ptr<wide[]> several(new wide[3]);
        const std::unique_ptr<std::string[]> texts(new std::string[4]);
        texts[3] = std::string(1000, 'x');
        CHECK(is_aligned(escaped(one.get()), 256));
        CHECK(is_aligned(escaped(several.get()), 256));
        CHECK(used() >= before + 4 * sizeof(wide) + 1000);
    }
    CHECK(used() == before);
}

TEST_CASE("where the k-th request is refused, std::bad_alloc is thrown and nothing is lost, for every k") {
    const std::size_t before = used();
    long k = 0;
    for (bool succeeded = false; !succeeded; ++k) {
        REQUIRE(k < 100);
        try {
            const refusing from(k);
            std::map<int, std::string> names;
            for (int i = 0; i < 5; ++i) names.emplace(i, std::string(100, 'n'));
            succeeded = true;
        } catch (const std::bad_alloc&) {
        }
        CHECK(used() == before);
    }
    CHECK(k == 11);  // five nodes and five strings were refused one after the other, and then nothing
}

TEST_CASE("the new handler is called until there is memory, or it throws, or there is none") {
    const std::size_t before = used();
    handled = 0;
    {
        const with_handler one([] {
            if (++handled == 3) faulty_malloc::left = -1;
        });
        const refusing from(0);
        const std::unique_ptr<int> made(static_cast<int*>(escaped(new int(7))));
        CHECK(handled == 3);
        CHECK(*made == 7);
    }
    bool threw = false, gave_null = false;
    {
        const with_handler one([] {
            ++handled;
            throw from_handler();
        });
        const refusing from(0);
        try {
            static_cast<void>(escaped(::operator new(10)));
        } catch (const from_handler&) {
            threw = true;
        }
        gave_null = escaped(::operator new(10, std::nothrow)) == nullptr;
    }
    CHECK(threw);
    CHECK(gave_null);
    CHECK(handled == 5);
    threw = false;
    {
        const with_handler one([] {
            ++handled;
            std::set_new_handler(nullptr);
        });
        const refusing from(0);
        try {
            static_cast<void>(escaped(::operator new(10, std::align_val_t{64})));
        } catch (const std::bad_alloc&) {
            threw = true;
        }
    }
    CHECK(threw);
    CHECK(handled == 6);
    CHECK(used() == before);
}

TEST_CASE("what is larger than any object is refused") {
    volatile std::size_t too_large = SIZE_MAX - 8;
    CHECK_THROWS_AS(escaped(::operator new(too_large)), std::bad_alloc);
    CHECK(escaped(::operator new(too_large, std::nothrow)) == nullptr);
    CHECK_THROWS_AS(escaped(::operator new(too_large, std::align_val_t{4096})), std::bad_alloc);
}

TEST_CASE("threads, exceptions that cross them, and what one makes and another deletes") {
    const std::size_t before = used();
    {
        std::vector<std::unique_ptr<std::string>> made(400);
        std::exception_ptr failures[4];
        std::vector<std::thread> threads;
        for (std::size_t t = 0; t < 4; ++t)
            threads.emplace_back([&, t] {
                for (std::size_t i = 0; i < 100; ++i) made[t * 100 + i] = std::make_unique<std::string>(100, 'x');
                failures[t] = std::make_exception_ptr(std::runtime_error("of a thread"));
            });
        for (auto& thread : threads) thread.join();
        for (const auto& failure : failures) CHECK_THROWS_AS(std::rethrow_exception(failure), std::runtime_error);
        for (const auto& text : made) CHECK(text->size() == 100);
    }
    CHECK(used() == before);
}
