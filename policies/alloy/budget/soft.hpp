#pragma once
/// Warns where the bytes held reach a part of N: `budget::soft<64 * MiB, warn>` calls `warn(budget::warning)` at 80 and at 100 percent. It bounds nothing;
/// `budget::all<hard<64 * MiB>, soft<64 * MiB, warn>>` does both.
///
/// Cost: 24 bytes per threshold; a few comparisons where a block is taken or given back, nothing per allocation. Choose it to hear of a bound before it is
/// met. A threshold warns once, and again only after use has fallen Margin percent of N below it, of which the handler is told too.
/// The handler runs when the host's lock is free and its engines are at rest, on the thread whose call made the difference or, at the latest, is the next
/// to end a frame or ask by a slow path. So it may use the allocator: free, `trim()`, allocate. What it makes the bytes held do is told when it has
/// returned: it is never inside itself, nor on two threads at once. It must not throw, nor leave a frame open.
/// What changes while an allocator is destroyed is not told.
#include <cstddef>

#include <alloy/contracts/budget.hpp>

namespace alloy::budget {

/// What a handler is told; sizes in bytes.
struct warning {
    const char* whose = "";      ///< the allocator's name
    std::size_t held = 0;        ///< when it reached or left the threshold
    std::size_t limit = 0;       ///< the N of soft
    std::size_t threshold = 0;   ///< percent of N
    unsigned percent = 0;
    bool is_rising = true;       ///< false: so far below that the threshold warns again
};

/// Thresholds, in percent, rising.
template <unsigned... Thresholds>
struct percent {};

template <std::size_t N, auto Handler, class Thresholds = percent<80, 100>, unsigned Margin = 10>
class soft;

template <std::size_t N, auto Handler, unsigned... Thresholds, unsigned Margin>
class soft<N, Handler, percent<Thresholds...>, Margin> {
    static constexpr std::size_t count = sizeof...(Thresholds) > 0 ? sizeof...(Thresholds) : 1;
    static constexpr unsigned thresholds[count] = {Thresholds...};
    static constexpr bool rise() noexcept {
        for (std::size_t i = 0; i < count; ++i)
            if (thresholds[i] <= (i > 0 ? thresholds[i - 1] : 0)) return false;
        return N > 0;
    }
    static constexpr std::size_t part(unsigned hundredths) noexcept { return N / 100 * hundredths + N % 100 * hundredths / 100; }

public:
    using axis = budget::axis;
    static constexpr bool bounds_held = false, bounds_used = false, watches_held = true;

    void on_held(std::size_t held) noexcept {
        static_assert(rise(), "alloy: budget::soft<N, Handler, percent<...>> needs an N, and thresholds above zero that rise; name them smallest first");
        for (std::size_t i = 0; i < count; ++i) {
            state& s = states_[i];
            const std::size_t at = part(thresholds[i]), again = at > margin ? at - margin : 0;
            if (s.is_above ? held > again : held < at) continue;
            s.is_above = !s.is_above;
            (s.is_above ? s.rose_to : s.fell_to) = held;
            s.has_changed = true;
            __atomic_store_n(&has_news_, true, __ATOMIC_RELAXED);
        }
    }
    template <class Lock>
    void tell(Lock& lock, const char* whose) noexcept {
        if (!__atomic_load_n(&has_news_, __ATOMIC_RELAXED)) [[likely]] return;  // relaxed: what there is to tell is read under the lock
        lock.lock();
        if (!is_telling_) {
            is_telling_ = true;
            for (int round = 0; has_news_ && round < most_rounds; ++round) {
                state news[count];
                for (std::size_t i = 0; i < count; ++i) {
                    news[i] = states_[i];
                    states_[i].was_above = states_[i].is_above;
                    states_[i].has_changed = false;
                }
                __atomic_store_n(&has_news_, false, __ATOMIC_RELAXED);
                lock.unlock();
                tell_all(news, whose);
                lock.lock();
            }
            is_telling_ = false;
        }
        lock.unlock();
    }
    static constexpr std::size_t limit() noexcept { return N; }

private:
    struct state {
        std::size_t rose_to = 0, fell_to = 0;
        bool is_above = false;
        bool was_above = false;  ///< when the handler was told last
        bool has_changed = false;
    };
    static constexpr std::size_t margin = part(Margin) > 0 ? part(Margin) : 1;
    static constexpr int most_rounds = 8;  // of a handler that makes news each time; the rest is told with the next

    /// What was reached, though it may be past, and then what is below again. What fell and rose meanwhile is as it was.
    static void tell_all(const state (&news)[count], const char* whose) noexcept {
        for (std::size_t i = 0; i < count; ++i)
            if (news[i].has_changed && !news[i].was_above) Handler(warning{whose, news[i].rose_to, N, part(thresholds[i]), thresholds[i], true});
        for (std::size_t i = count; i-- > 0;)
            if (news[i].has_changed && !news[i].is_above) Handler(warning{whose, news[i].fell_to, N, part(thresholds[i]), thresholds[i], false});
    }

    state states_[count];
    bool has_news_ = false;  // under the lock, but for a look whether there is any
    bool is_telling_ = false;
};

}  // namespace alloy::budget
