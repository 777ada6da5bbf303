#pragma once
/// Whom a checking policy tells of a misuse: the error stream before the program ends, whoever catches an exception, or a function of the user's.
///
/// A report has `tell(misuse)`, noexcept, for where nothing may be thrown; `raise(misuse)`, which may throw if `throws` says so, for calls that
/// give memory back; and `mention(misuse)`, noexcept, for all but the last of several.
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <exception>
#if __has_include(<execinfo.h>)
#include <execinfo.h>
#include <unistd.h>
#endif

#include <alloy/contracts/checking.hpp>

namespace alloy::inline ALLOY_ABI {

/// What `report::raise` throws.
class [[gnu::visibility("default")]] misuse_error : public std::exception {
public:
    explicit misuse_error(const misuse& noticed) noexcept : noticed_(noticed) {}
    const char* what() const noexcept override { return noticed_.what; }
    const misuse& noticed() const noexcept { return noticed_; }

private:
    misuse noticed_;
};

namespace detail {
/// A line of its own for the place of a call; the debugger or addr2line turns the offset into a line of source.
inline void print_site([[maybe_unused]] const char* which, [[maybe_unused]] const void* site) noexcept {
    if (!site) return;
    std::fprintf(stderr, "  %s at ", which);
#if __has_include(<execinfo.h>)
    std::fflush(stderr);
    void* frames[] = {const_cast<void*>(site)};
    ::backtrace_symbols_fd(frames, 1, STDERR_FILENO);
#else
    std::fprintf(stderr, "%p\n", site);
#endif
}
}  // namespace detail

/// Writes what is known of a misuse to stderr: one line that says what and what to do, and one for each place that is known.
inline void print(const misuse& noticed) noexcept {
    std::fprintf(stderr, "alloy: %s: %s", noticed.whose, noticed.what);
    if (noticed.at) std::fprintf(stderr, " (%zu bytes at %p)", noticed.bytes, noticed.at);
    std::fprintf(stderr, "; %s\n", noticed.cure);
    switch (noticed.kind) {
        case misuse_kind::wrong_size: std::fprintf(stderr, "  it was said to have %zu bytes\n", noticed.told); break;
        case misuse_kind::overrun: std::fprintf(stderr, "  byte %zu behind its end was written\n", noticed.told); break;
        case misuse_kind::underrun: std::fprintf(stderr, "  byte %zu before its beginning was written\n", noticed.told); break;
        case misuse_kind::use_after_free: std::fprintf(stderr, "  byte %zu of it was written\n", noticed.told); break;
        case misuse_kind::interior_pointer: std::fprintf(stderr, "  the pointer is %zu bytes inside it\n", noticed.told); break;
        case misuse_kind::leak: std::fprintf(stderr, "  alive at the end: %zu in all\n", noticed.told); break;
        default: break;
    }
    detail::print_site("made", noticed.made);
    detail::print_site("freed", noticed.freed);
    detail::print_site("noticed", noticed.seen);
}

}  // namespace alloy

namespace alloy::checking::report {

/// Says it on stderr and ends the program with abort().
struct abort_program {
    static constexpr bool throws = false;
    static void mention(const misuse& noticed) noexcept { print(noticed); }
    [[noreturn]] static void tell(const misuse& noticed) noexcept {
        print(noticed);
        std::abort();
    }
    [[noreturn]] static void raise(const misuse& noticed) noexcept { tell(noticed); }
};

/// Throws misuse_error from calls that give memory back; elsewhere, and without exceptions, as abort_program.
struct raise_error {
    static constexpr bool throws = ALLOY_DETAIL_EXCEPTIONS;
    static void mention(const misuse& noticed) noexcept { print(noticed); }
    [[noreturn]] static void tell(const misuse& noticed) noexcept { abort_program::tell(noticed); }
    [[noreturn]] static void raise(const misuse& noticed) {
#if ALLOY_DETAIL_EXCEPTIONS
        throw misuse_error(noticed);
#else
        tell(noticed);
#endif
    }
};

/// Calls Handler(const misuse&), which may run under the allocator's lock and so must not use the allocator. If it returns, what was wrong is refused: what was to be freed stays, what was to be closed stays open.
template <auto Handler>
struct call {
    static constexpr bool throws = false;
    static void mention(const misuse& noticed) noexcept { Handler(noticed); }
    static void tell(const misuse& noticed) noexcept { Handler(noticed); }
    static void raise(const misuse& noticed) noexcept { Handler(noticed); }
};

}  // namespace alloy::checking::report
