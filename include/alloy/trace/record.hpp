#pragma once
/// One record of an allocation trace, as docs/traces.md describes it, and what is wrong with a trace that cannot be read.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <alloy/core/error.hpp>
#include <alloy/core/trace_format.hpp>

namespace alloy::inline ALLOY_ABI::trace {

/// Fields that its op does not ask for keep their defaults. `text` lasts until the next record is read.
struct record {
    op what = op::end;
    std::uint64_t small = 0;      ///< set: a `context`; text: a `text_kind`; close: 1 where it commits; block: a kind of block_event; refusal: its reason
    std::uint64_t key = 0;        ///< of an object; set: the thread, the arena's key, or the tag
    std::uint64_t bytes = 0;      ///< asked, used, or of a block; end: the number of records before
    std::uint64_t alignment = 1;  ///< as asked
    std::uint64_t inside = 0;     ///< close, take_in: frames open inside the one that it is of
    std::uint64_t left = 0;       ///< refusal: what the bound still allowed
    std::string_view text{};

    friend bool operator==(const record&, const record&) = default;
};

/// What is wrong, and where: the line of a text, or the offset of a byte.
struct flaw {
    std::string what;
    std::uint64_t at = 0;
    bool is_line = false;

    std::string text() const { return (is_line ? "line " : "byte ") + std::to_string(at) + ": " + what; }
};

namespace detail {

inline constexpr std::string_view block_kinds[] = {"taken", "refused", "over_budget", "given_back"};
/// In the order of `refusal`.
inline constexpr std::string_view reasons[] = {"upstream", "growth", "budget", "frame_budget", "too_large", "bad_alignment", "no_heap", "frame_elsewhere", "frame_closed", "frame_pinned"};
inline constexpr unsigned largest_exponent = 62;

}  // namespace detail
}  // namespace alloy::inline ALLOY_ABI::trace
