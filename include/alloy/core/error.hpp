#pragma once
/// Why a request for memory was refused: which bound was met, whose it is, how much was asked and what was left.
#include <cstddef>
#include <cstdint>
#include <new>

#include <alloy/core/abi.hpp>

namespace alloy::inline ALLOY_ABI {

/// The bound that a refused request met.
enum class refusal : std::uint8_t {
    upstream,          ///< upstream had no memory to give
    growth,            ///< the growth policy allows no further block
    budget,            ///< a budget would be exceeded
    frame_budget,      ///< a budget of the bytes of a frame would be exceeded
    too_large,         ///< larger than any object can be; nobody was asked
    bad_alignment,     ///< the alignment is no power of two; nobody was asked
    no_heap,           ///< larger than the pool's slots, in an allocator without a heap; nobody was asked
    frame_elsewhere,   ///< another thread's frame is open
    frame_closed,      ///< the frame has ended already
    frame_pinned,      ///< a reader still has the frame whose buffer comes next
};

/// One sentence for each refusal.
constexpr const char* describe(refusal reason) noexcept {
    switch (reason) {
        case refusal::upstream: return "upstream has no memory left";
        case refusal::growth: return "the growth policy allows no further block";
        case refusal::budget: return "the budget would be exceeded";
        case refusal::frame_budget: return "the budget of the frame would be exceeded";
        case refusal::too_large: return "the size is larger than any object can be";
        case refusal::bad_alignment: return "the alignment is not a power of two";
        case refusal::no_heap: return "the size is larger than the pool's slots, and there is no heap";
        case refusal::frame_elsewhere: return "a frame of another thread is open";
        case refusal::frame_closed: return "the frame has ended";
        case refusal::frame_pinned: return "a reader still has the frame whose buffer comes next";
    }
    return "unknown refusal";
}

/// What a refused request says of itself; all sizes in bytes.
struct alloc_error {
    refusal reason = refusal::upstream;
    const char* whose = "";   ///< name of the tag or allocator whose bound was met; never null, lives for ever
    std::size_t asked = 0;    ///< what the request needed, its block's header and padding included
    std::size_t left = 0;     ///< what the bound still allowed

    constexpr const char* what() const noexcept { return describe(reason); }
    friend constexpr bool operator==(const alloc_error&, const alloc_error&) = default;
};

/// What `fallback::raise` throws: a std::bad_alloc that knows the reason. Visible, so that it is caught across shared libraries that hide symbols.
class [[gnu::visibility("default")]] out_of_memory : public std::bad_alloc {
public:
    explicit out_of_memory(const alloc_error& error) noexcept : error_(error) {}
    const char* what() const noexcept override { return error_.what(); }
    const alloc_error& error() const noexcept { return error_; }

private:
    alloc_error error_;
};

}  // namespace alloy
