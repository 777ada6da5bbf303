#pragma once
/// Upstreams that look: each block must come back with exactly its pointer, size and alignment, and any request may be made to fail.
#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <vector>

#include <alloy/contracts/upstream.hpp>

namespace test {

/// Counts, checks and refuses. Request number `refuse_at` (from 1) is refused, and with `refuse_on` every later one.
class strict_upstream {
public:
    using axis = alloy::upstream::axis;
    static constexpr bool gives = true, is_stateless = false, reserves = false, reallocates = false;
    static constexpr std::size_t granularity = 16;

    strict_upstream() = default;
    strict_upstream(const strict_upstream&) = delete;
    ~strict_upstream() {
        if (!live_.empty() || wrong != 0) std::abort();
    }
    void* allocate(std::size_t bytes, std::size_t alignment) noexcept {
        ++requests;
        if (refuse_at != 0 && (requests == refuse_at || (refuse_on && requests > refuse_at))) return nullptr;
        if (bytes > std::size_t{1} << 40) return nullptr;  // sanitizers end the program where they are asked for so much
        void* const whole = ::operator new(front(alignment) + bytes, std::align_val_t{span(alignment)}, std::nothrow);
        if (!whole) return nullptr;
        void* const at = static_cast<char*>(whole) + front(alignment);
        live_.push_back({at, bytes, alignment});
        return at;
    }
    void deallocate(void* at, std::size_t bytes, std::size_t alignment) noexcept {
        const auto found = std::find(live_.begin(), live_.end(), given{at, bytes, alignment});
        if (found == live_.end()) {
            ++wrong;
            return;
        }
        live_.erase(found);
        ::operator delete(static_cast<char*>(at) - front(alignment), std::align_val_t{span(alignment)});
    }
    std::size_t live() const noexcept { return live_.size(); }
    std::size_t live_bytes() const noexcept {
        std::size_t sum = 0;
        for (const given& g : live_) sum += g.bytes;
        return sum;
    }

    std::size_t requests = 0, refuse_at = 0, wrong = 0;
    bool refuse_on = false;

private:
    // Each block lies at the same distance from a boundary, aligned as asked and no further, so that what padding costs, and with it how many requests
    // there are, is the same in every run.
    static std::size_t front(std::size_t alignment) noexcept { return alignment > 16 ? alignment : 16; }
    static std::size_t span(std::size_t alignment) noexcept { return 2 * front(alignment) > 4096 ? 2 * front(alignment) : 4096; }

    struct given {
        void* at;
        std::size_t bytes, alignment;
        bool operator==(const given&) const = default;
    };
    std::vector<given> live_;
};

}  // namespace test
