#pragma once
/// What a program and its shared libraries know of each other. All of them include Alloy and instantiate `memory`, each for itself or one for all, as
/// visibility and the linker have it.
#include <cstddef>

#include <alloy/allocator.hpp>
#include <alloy/host/never_destroyed.hpp>
#include <alloy/policies.hpp>

namespace test {

struct memory : alloy::allocator<alloy::threading::thread_cached> {};

/// An object that says when it has ended.
struct counted {
    int* alive;
    int number;
    counted(int& count, int n) noexcept : alive(&count), number(n) { ++*alive; }
    counted(const counted&) = delete;
    ~counted() { --*alive; }
};

/// Does everything once in the calling thread, and whether all of it ended.
inline bool use(memory& m) {
    int alive = 0;
    {
        auto frame = m.frame();
        auto inner = m.frame();
        const auto pooled = m.make_pooled<counted>(alive, 1);
        auto sent = m.make_transfer<counted>(alive, 2);
        const auto received = std::move(sent).receive();
        if (inner.make<counted>(alive, 3)->number + frame.make<counted>(alive, 4)->number != 7 || alive != 4) return false;
    }
    return alive == 0;
}

/// What a library does, in its own code.
struct calls {
    memory& (*own)();  ///< that ends when the library is unloaded
    bool (*use)(memory&);
    bool (*use_own_type)();  ///< an allocator of a type that only the library has
    counted* (*make)(alloy::frame_ref, int& alive, int);
    void (*leave_open)(memory&, int& alive);     ///< a frame that nobody ends, with an object
    counted* (*take)(memory&, int& alive, int);  ///< from the pool
    void (*give)(memory&, counted*);
    alloy::transfer_handle<counted> (*send)(memory&, int& alive, int);
    int (*receive)(alloy::transfer_handle<counted>);
    void (*trim)(memory&);
};
inline constexpr std::size_t pooled_bytes = sizeof(counted);

inline counted* take(memory& m, int& alive, int n) { return ::new (m.allocate(pooled_bytes)) counted(alive, n); }
inline void give(memory& m, counted* object) {
    object->~counted();
    m.deallocate(object, pooled_bytes);
}

}  // namespace test

/// Null where the program is not linked with a library.
extern "C" [[gnu::visibility("default"), gnu::weak]] const test::calls* alloy_test_library();
