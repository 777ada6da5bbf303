/// Classes whose new and delete go to a global allocator: every form, with exact sizes.
#include <cstdint>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>

#include <alloy/adaptors/class_new.hpp>
#include <alloy/allocator.hpp>
#include <alloy/checking/guarded.hpp>
#include <alloy/policies.hpp>

#include "../support/catch.hpp"

namespace {

struct mine : alloy::allocator<> {};
struct little : alloy::allocator<alloy::fallback::null, alloy::budget::hard<64 * alloy::KiB>> {};
struct watched : alloy::allocator<alloy::checking::guarded<>> {};
mine memory;
watched guarded_memory;
constinit alloy::never_destroyed<little> scarce;

struct particle : alloy::new_from<memory> {
    float at[3]{};
};
struct with_destructor : alloy::new_from<memory> {
    explicit with_destructor(int n = 0) : text(static_cast<std::size_t>(n), 'x') {}
    std::string text;
};
struct alignas(64) wide : alloy::new_from<memory> {
    char bytes[64]{};
};
struct shape : alloy::new_from<memory> {
    virtual ~shape() = default;
};
struct circle : shape {
    double numbers[9]{};
};
struct alignas(128) huge : shape {
    char bytes[4000]{};
};
struct greedy : alloy::new_from<scarce> {
    char bytes[80 * 1024];
};
struct fails : alloy::new_from<memory> {
    explicit fails(int depth) {
        if (depth == 0) throw std::runtime_error("made nothing");
        inner.reset(new (std::nothrow) fails(depth - 1));
    }
    std::unique_ptr<fails> inner;
    char bytes[30]{};
};
struct alignas(64) fails_wide : alloy::new_from<memory> {
    fails_wide() { throw std::runtime_error("made nothing"); }
};
struct fails_as_array : alloy::new_from<memory> {
    fails_as_array() {
        if (++made == 3) throw std::runtime_error("the third");
    }
    ~fails_as_array() { --made; }
    static inline int made = 0;
};

/// Each object of a class goes back to where it came from: the allocator is empty again.
struct emptied {
    ~emptied() { CHECK(memory.used() == 0); }
};
template <class T>
bool is_aligned(const T* p) {
    return reinterpret_cast<std::uintptr_t>(p) % alignof(T) == 0;
}

}  // namespace

TEST_CASE("new and delete of a class take from its allocator, no more than the class needs") {
    const emptied checked;
    auto* p = new particle;
    CHECK(memory.used() == 16);  // 12 bytes in a slot of 16
    auto* q = new with_destructor(100);
    CHECK(memory.used() == 16 + sizeof(with_destructor));
    CHECK(q->text.size() == 100);
    delete p;
    CHECK(memory.used() == sizeof(with_destructor));
    delete q;
    delete static_cast<particle*>(nullptr);
}

TEST_CASE("arrays too, with and without destructors, aligned or not") {
    const emptied checked;
    auto* particles = new particle[10];
    auto* texts = new with_destructor[5];
    auto* none = new particle[0];
    auto* wides = new wide[3];
    auto* many = new wide[100];
    CHECK(memory.used() >= 10 * sizeof(particle) + 5 * sizeof(with_destructor) + 103 * sizeof(wide));
    CHECK(is_aligned(particles));
    CHECK(is_aligned(texts));
    CHECK(is_aligned(wides));
    CHECK(is_aligned(many));
    texts[4].text = "a text that is too long for its object alone";
    delete[] none;
    delete[] texts;
    delete[] wides;
    delete[] particles;
    delete[] many;
}

TEST_CASE("through a base whose destructor is virtual goes back what was made, with its size and alignment") {
    const emptied checked;
    shape* plain = new shape;
    shape* middle = new circle;
    shape* large = new huge;
    CHECK(memory.used() >= sizeof(shape) + sizeof(circle) + sizeof(huge));
    CHECK(is_aligned(static_cast<huge*>(large)));
    delete large;
    CHECK(memory.used() == sizeof(shape) + sizeof(circle));
    delete middle;
    CHECK(memory.used() == sizeof(shape));
    delete plain;
    const std::unique_ptr<shape> owned = std::make_unique<circle>();
    CHECK(memory.used() == sizeof(circle));
}

TEST_CASE("in place, nothing is asked") {
    const emptied checked;
    alignas(particle) unsigned char there[2 * sizeof(particle)];
    auto* p = new (static_cast<void*>(there)) particle;
    CHECK(static_cast<void*>(p) == there);
    CHECK(memory.used() == 0);
    p->~particle();
}

TEST_CASE("where there is no memory: std::bad_alloc, or null where that was asked for") {
    CHECK_THROWS_AS(new greedy, std::bad_alloc);
    CHECK(new (std::nothrow) greedy == nullptr);
    CHECK(new (std::nothrow) greedy[3] == nullptr);
    CHECK(scarce->used() == 0);
}

TEST_CASE("a constructor that throws gives the memory back, whichever new was asked") {
    const emptied checked;
    CHECK_THROWS_AS(new fails(0), std::runtime_error);
    CHECK(memory.used() == 0);
    CHECK_THROWS_AS(new (std::nothrow) fails(0), std::runtime_error);
    CHECK(memory.used() == 0);
    CHECK_THROWS_AS(new (std::nothrow) fails(20), std::runtime_error);  // each has made its memory, and no object, when the last one throws
    CHECK(memory.used() == 0);
    CHECK_THROWS_AS(new fails_wide, std::runtime_error);
    CHECK_THROWS_AS(new (std::nothrow) fails_wide, std::runtime_error);
    CHECK_THROWS_AS(new fails_as_array[5], std::runtime_error);
    CHECK(fails_as_array::made == 1);  // the third was counted, and never destroyed
    fails_as_array::made = 0;
    CHECK_THROWS_AS(new (std::nothrow) fails_as_array[5], std::runtime_error);
}

TEST_CASE("not throwing and made: the same delete as ever") {
    const emptied checked;
    auto* p = new (std::nothrow) particle;
    REQUIRE(p);
    auto* w = new (std::nothrow) wide[2];
    REQUIRE(w);
    CHECK(memory.used() > 0);
    delete p;
    delete[] w;
}

namespace {
struct guarded_base : alloy::new_from<guarded_memory> {
    explicit guarded_base(bool fails = false) {
        if (fails) throw std::runtime_error("made nothing");
    }
    virtual ~guarded_base() = default;
};
struct alignas(64) guarded_wide : guarded_base {
    using guarded_base::guarded_base;
    char bytes[300]{};
};
}  // namespace

TEST_CASE("a guarded allocator, which ends the program at a wrong size or alignment, finds none") {
    const guarded_base* objects[]{new guarded_base, new guarded_wide, new (std::nothrow) guarded_wide};
    for (const auto* object : objects) delete object;
    delete[] new guarded_base[7];
    delete[] new guarded_wide[3];
    CHECK_THROWS_AS(new guarded_base(true), std::runtime_error);
    CHECK_THROWS_AS(new guarded_wide(true), std::runtime_error);
    CHECK_THROWS_AS(new (std::nothrow) guarded_base(true), std::runtime_error);
    CHECK_THROWS_AS(new (std::nothrow) guarded_wide(true), std::runtime_error);
    CHECK(guarded_memory.used() == 0);
}
