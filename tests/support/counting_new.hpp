#pragma once
/// Counts calls of the global operator new; include it in one source file of a program.
#include <cstddef>
#include <cstdlib>
#include <new>

namespace test {
inline std::size_t& calls_of_new() noexcept {
    static constinit std::size_t calls = 0;
    return calls;
}
inline std::size_t news() noexcept { return calls_of_new(); }
}  // namespace test

void* operator new(std::size_t bytes) {
    ++test::calls_of_new();
    if (void* p = std::malloc(bytes ? bytes : 1)) return p;
    throw std::bad_alloc();
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
    ++test::calls_of_new();
    const auto to = static_cast<std::size_t>(alignment);
    if (void* p = std::aligned_alloc(to, (bytes + to - 1) / to * to)) return p;
    throw std::bad_alloc();
}
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
    ++test::calls_of_new();
    return std::malloc(bytes ? bytes : 1);
}
void* operator new(std::size_t bytes, std::align_val_t alignment, const std::nothrow_t&) noexcept {
    ++test::calls_of_new();
    const auto to = static_cast<std::size_t>(alignment);
    return std::aligned_alloc(to, (bytes + to - 1) / to * to);
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }
