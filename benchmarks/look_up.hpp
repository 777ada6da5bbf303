#pragma once
/// What finding the calling thread's part of an allocator costs where the code is a program's, and where it is a shared library's: look_up.cpp,
/// compiled twice.
#include <cstdint>

#include <alloy/allocator.hpp>
#include <alloy/threading/thread_cached.hpp>

namespace look_up {

struct memory : alloy::allocator<alloy::threading::thread_cached> {};

/// So many times over; nothing is written to what is taken.
struct calls {
    void (*frames)(memory&, std::uint64_t times);  ///< a frame is opened and closed
    void (*pairs)(memory&, std::uint64_t times);   ///< 64 bytes are taken from the pool and given back
    void (*both)(memory&, std::uint64_t times);    ///< the one in the other
};
extern const calls in_program;
[[gnu::visibility("default")]] extern const calls in_library;

}  // namespace look_up
