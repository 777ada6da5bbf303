#pragma once
/// Free memory carries a pattern: who reads it sees 0xDD everywhere, and who writes it is told of when the memory is used again.
///
/// Cost: no instruction per frame allocation; at the end of a frame its bytes are filled, and looked at when the block is used again. In the pool each
/// object is filled when it is freed and looked at when its slot is used again, by a call. In proportion to bytes used, never to what is held.
/// Choose it for development builds that must stay fast. Under AddressSanitizer or Valgrind the touch itself is told.
/// Invariant: `on_free` marks exactly the bytes that `on_reuse` looks at later.
#include <cstddef>
#include <cstring>

#include <alloy/checking/memcheck.hpp>
#include <alloy/checking/report.hpp>
#include <alloy/contracts/checking.hpp>

namespace alloy::checking::inline ALLOY_DETAIL_MEMCHECK {

template <class Report = report::abort_program>
class poisoned {
public:
    using axis = checking::axis;
    static constexpr bool poisons = true, guards = false, reports = true, throws = Report::throws;
    /// What every byte of free memory holds.
    static constexpr unsigned char pattern = 0xDD;

    static void on_free(void* at, std::size_t bytes) noexcept {
        renew(at, bytes);
        std::memset(at, pattern, bytes);
        hide(at, bytes);
    }
    static void on_reuse(void* at, std::size_t bytes, const char* whose) noexcept {
        if (misuse noticed; is_touched(at, bytes, whose, noticed)) Report::tell(noticed);
        renew(at, bytes);
    }
    static void on_fault(const misuse& noticed) noexcept { Report::tell(noticed); }

protected:
    static bool is_touched(void* at, std::size_t bytes, const char* whose, misuse& noticed) noexcept {
        show(at, bytes);
        const auto* const touched = first_other(static_cast<const unsigned char*>(at), bytes);
        if (!touched) [[likely]] return false;
        noticed = {misuse_kind::use_after_free, "free memory was written", "find who kept a pointer to something that was freed, or whose frame has ended", whose, at, bytes,
                   static_cast<std::size_t>(touched - static_cast<unsigned char*>(at))};
        return true;
    }

private:
    /// Compares by words: memory against itself, shifted by one byte, once the first is right.
    static const unsigned char* first_other(const unsigned char* at, std::size_t bytes) noexcept {
        if (bytes == 0 || (at[0] == pattern && std::memcmp(at, at + 1, bytes - 1) == 0)) [[likely]] return nullptr;
        while (*at == pattern) ++at;
        return at;
    }
};

}  // namespace alloy::checking::inline ALLOY_DETAIL_MEMCHECK
