#pragma once
/// Words for the explorer: the `Memory` that lock-free templates get instead of detail::machine, and what else its threads touch.
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "explorer.hpp"

namespace test {

/// The order that each operation has: the one that is written there. A test plants another by hiding one of these.
struct as_written {
    static constexpr order load(order o) { return o; }
    static constexpr order store(order o) { return o; }
    static constexpr order exchange(order o) { return o; }
    static constexpr order compare_exchange(order o) { return o; }
    static constexpr order add(order o) { return o; }
};

/// The memory that templates get instead of detail::machine. Outside of threads it is a plain one.
template <class Orders = as_written>
struct explored {
    template <class T>
    class atomic {
    public:
        constexpr atomic() noexcept = default;
        constexpr explicit atomic(T value) noexcept : value_(value) {}
        atomic(const atomic&) = delete;

        T load(order o) const noexcept {
            explorer* const e = explorer::inside();
            return e ? value_of(e->load(this, bits_of(value_), Orders::load(o))) : value_;
        }
        void store(T value, order o) noexcept {
            if (explorer* const e = explorer::inside()) e->store(this, bits_of(value_), bits_of(value), Orders::store(o));
            value_ = value;
        }
        T exchange(T value, order o) noexcept {
            return change(explorer::kind::exchange, Orders::exchange(o), [value](T) { return value; });
        }
        bool compare_exchange(T& expected, T desired, order won, order lost) noexcept {
            explorer* const e = explorer::inside();
            std::uint64_t there = bits_of(expected);
            won = Orders::compare_exchange(won);
            const bool wins = e ? e->compare_exchange(this, bits_of(value_), there, bits_of(desired), won, lost) : value_ == expected;
            expected = e ? value_of(there) : wins ? expected : value_;
            if (wins) value_ = desired;
            return wins;
        }
        T add(T more, order o) noexcept {
            return change(explorer::kind::add, Orders::add(o), [more](T before) { return static_cast<T>(before + more); }) + more;
        }

    private:
        static std::uint64_t bits_of(T value) noexcept {
            std::uint64_t bits = 0;
            std::memcpy(&bits, &value, sizeof value);
            return bits;
        }
        static T value_of(std::uint64_t bits) noexcept {
            T value;
            std::memcpy(&value, &bits, sizeof value);
            return value;
        }
        template <class Change>
        T change(explorer::kind k, order o, Change to) noexcept {
            T before = value_;
            if (explorer* const e = explorer::inside())
                before = value_of(e->modify(k, this, bits_of(value_), o, [&](std::uint64_t bits) { return bits_of(to(value_of(bits))); }));
            value_ = to(before);
            return before;
        }

        T value_{};  // the last one
    };

    template <class T>
    static T read(const T& from) noexcept {
        if (explorer* const e = explorer::inside()) e->plain(&from, sizeof from, explorer::use::read);
        return from;
    }
    template <class T>
    static void write(T& to, T value) noexcept {
        if (explorer* const e = explorer::inside()) e->plain(&to, sizeof to, explorer::use::write);
        to = value;
    }
    static void expects(bool holds, const char* what) noexcept {
        if (explorer::inside()) expect(holds, what);
    }
};

/// A plain write to every byte.
inline void overwrite(void* at, std::size_t bytes) noexcept {
    if (explorer* const e = explorer::inside()) e->plain(at, bytes, explorer::use::write);
    std::memset(at, 0xA5, bytes);
}
/// After this, nobody may touch it. (It stays where it is.)
inline void free_for_good(const void* at, std::size_t bytes) noexcept {
    if (explorer* const e = explorer::inside()) e->plain(at, bytes, explorer::use::free);
}

/// A mutex that the explorer knows: who waits for it cannot go on.
class explored_lock {
public:
    explored_lock() = default;
    explored_lock(const explored_lock&) = delete;
    void lock() noexcept { explorer::inside()->lock(this); }
    void unlock() noexcept { explorer::inside()->unlock(this); }

private:
    [[maybe_unused]] std::uint64_t word_ = 0;
};

}  // namespace test
