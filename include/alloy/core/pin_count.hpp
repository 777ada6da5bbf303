#pragma once
/// How many readers keep a buffer from being used again.
///
/// Cost: a word per buffer; an atomic addition where a reader begins, one where it is done, a load where the buffer would be used again.
/// Invariant: whoever may let the buffer be used again also counts new readers, by itself or under a lock; any thread counts one that is done. So what
/// is_pinned() denies stays denied until its caller counts another.
#include <cstdint>

#include <alloy/core/atomic.hpp>

namespace alloy::inline ALLOY_ABI {

template <class Memory = detail::machine>
class pin_count {
    using order = detail::order;

public:
    constexpr pin_count() noexcept = default;

    /// One reader more. Order: relaxed, since the owner itself counts, and a load of its own never gives what was there before. What the frame holds
    /// comes to the reader by the same way as its pin, and whatever hands that over orders it.
    void pin() noexcept { count_.add(1, order::relaxed); }
    /// One reader less, from any thread; nothing of the buffer, nor of this, is touched afterwards. Order: release, so that all that was read comes before.
    void unpin() noexcept { count_.add(-1, order::release); }
    /// Order: acquire. The zero that is read was written by the last reader; the writes of the readers before it head release sequences which those after
    /// them go on, since each is a read-modify-write. So all of them happen before what is done with the buffer next.
    bool is_pinned() const noexcept { return count() != 0; }
    std::int32_t count() const noexcept { return count_.load(order::acquire); }

private:
    typename Memory::template atomic<std::int32_t> count_{};
};

}  // namespace alloy
