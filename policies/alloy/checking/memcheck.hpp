#pragma once
/// Tells AddressSanitizer, and Valgrind where its header is there when this is compiled, which bytes may not be touched.
///
/// Cost: under neither, a few instructions that do nothing; nothing at all where Valgrind's header is missing. What includes this lies in an inline
/// namespace that says which, so translation units that differ do not link in silence.
#include <cstddef>

#include <alloy/contracts/checking.hpp>
#include <alloy/core/layout.hpp>
#include <alloy/core/poison.hpp>

#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#define ALLOY_DETAIL_MEMCHECK with_memcheck
#else
#define ALLOY_DETAIL_MEMCHECK without_memcheck
#endif

namespace alloy::checking::inline ALLOY_DETAIL_MEMCHECK {

inline void hide([[maybe_unused]] void* at, [[maybe_unused]] std::size_t bytes) noexcept {
    detail::poison(address(at), address(at) + bytes);
#if __has_include(<valgrind/memcheck.h>)
    static_cast<void>(VALGRIND_MAKE_MEM_NOACCESS(at, bytes));
#endif
}
/// What is in the bytes may be looked at again.
inline void show([[maybe_unused]] void* at, [[maybe_unused]] std::size_t bytes) noexcept {
    detail::unpoison(address(at), bytes);
#if __has_include(<valgrind/memcheck.h>)
    static_cast<void>(VALGRIND_MAKE_MEM_DEFINED(at, bytes));
#endif
}
/// The bytes may be used, and mean nothing until they are written.
inline void renew([[maybe_unused]] void* at, [[maybe_unused]] std::size_t bytes) noexcept {
    detail::unpoison(address(at), bytes);
#if __has_include(<valgrind/memcheck.h>)
    static_cast<void>(VALGRIND_MAKE_MEM_UNDEFINED(at, bytes));
#endif
}

}  // namespace alloy::checking::inline ALLOY_DETAIL_MEMCHECK
