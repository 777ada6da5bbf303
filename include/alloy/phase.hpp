#pragma once
/// Named phases inside a frame: what each takes, in bytes, objects and time. `alloy::phases<8> log; … auto phase = log.begin(memory, "broad phase");`
///
/// Cost: reading the clock, the cursor and, where the tracking policy counts objects, their number, twice for each phase; nothing per allocation.
/// Bytes are what a phase adds to the calling thread's open frames: frames that it opens and ends itself do not count, nor objects of pool and heap. Phases nest;
/// the outer one's figures contain the inner one's.
/// Thread rules: a log is for one thread.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <alloy/allocator.hpp>

namespace alloy::inline ALLOY_ABI {

/// What all runs of a phase took together.
struct phase_summary {
    const char* name = "";
    std::uint64_t runs = 0;
    std::size_t bytes = 0;        ///< handed out in frames, padding included
    std::size_t most_bytes = 0;   ///< of one run
    std::uint64_t objects = 0;    ///< with metric::count; else 0
    std::chrono::nanoseconds time{};
    std::chrono::nanoseconds longest{};
};

/// Room for so many names. Memory is in the object itself: it asks for none.
template <std::size_t Most>
class phases {
    using clock = std::chrono::steady_clock;

    template <class Memory>
    struct reading {
        std::size_t bytes;
        std::uint64_t objects = 0;
        clock::time_point time;

        static reading of(Memory& watched) noexcept {
            reading now{watched.used_in_frames(), 0, {}};
            if constexpr (detail::tells_metrics<typename Memory::tracking_type>) {
                memory_metrics seen;
                watched.tracking().write(seen);
                now.objects = seen.allocations;
            }
            now.time = clock::now();
            return now;
        }
    };

public:
    /// A phase that is being measured until it ends, or the scope does.
    template <class Memory>
    class [[nodiscard]] running {
    public:
        running(phase_summary* to, Memory& watched) noexcept : to_(to), memory_(watched), begun_(reading<Memory>::of(watched)) {}
        running(const running&) = delete;
        ~running() { end(); }

        void end() noexcept {
            if (!to_) return;
            const auto now = reading<Memory>::of(memory_);
            const std::size_t bytes = now.bytes > begun_.bytes ? now.bytes - begun_.bytes : 0;  // less, where a frame that was open has ended
            const auto time = std::chrono::duration_cast<std::chrono::nanoseconds>(now.time - begun_.time);
            ++to_->runs;
            to_->bytes += bytes;
            to_->objects += now.objects - begun_.objects;
            to_->time += time;
            if (bytes > to_->most_bytes) to_->most_bytes = bytes;
            if (time > to_->longest) to_->longest = time;
            to_ = nullptr;
        }

    private:
        phase_summary* to_;
        Memory& memory_;
        reading<Memory> begun_;
    };

    /// Begins a phase of that name, which must live as long as the log. Beyond `Most` names a phase is counted in left_out() and not measured.
    template <class Memory>
    [[nodiscard]] running<typename Memory::allocator_type> begin(Memory& watched, const char* name) noexcept {
        return {find(name), watched};
    }
    const phase_summary* begin() const noexcept { return all_; }
    const phase_summary* end() const noexcept { return all_ + count_; }
    std::size_t size() const noexcept { return count_; }
    std::uint64_t left_out() const noexcept { return left_out_; }
    /// Forgets all: for figures of each frame by itself. Precondition: no phase is being measured.
    void clear() noexcept { count_ = 0, left_out_ = 0; }

private:
    phase_summary* find(const char* name) noexcept {
        for (std::size_t i = 0; i < count_; ++i)
            if (std::string_view(all_[i].name) == name) return &all_[i];
        if (count_ == Most) return ++left_out_, nullptr;
        all_[count_] = {};
        all_[count_].name = name;
        return &all_[count_++];
    }

    phase_summary all_[Most > 0 ? Most : 1];
    std::size_t count_ = 0;
    std::uint64_t left_out_ = 0;
};

}  // namespace alloy
