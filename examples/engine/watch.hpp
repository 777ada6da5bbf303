#pragma once
/// What memory is used for, frame by frame. Each subsystem says where it uses most; at the end there is a table, and a log for `./run report`.
#include <mutex>
#include <string>

#include <fmt/format.h>

#include <alloy/report/memory_log.hpp>
#include <alloy/report/table.hpp>

#include "allocators.hpp"

namespace engine {

// [watch]
class watch {
public:
    /// Once per frame for each allocator, on a thread that may use it: the render thread is at work while others are, so one waits for the other.
    template <class Memory>
    void look(Memory& memory) {
        const std::lock_guard lock(mutex_);
        log_.frame(memory);
    }
    /// The last frame, and what was most in any.
    template <class Memory>
    std::string table(const Memory& memory) const {
        const alloy::report::log_track* const seen = log_.track(memory);
        return seen ? alloy::report::table(seen->last()) : "";
    }
    std::string log() const { return log_.text(); }

private:
    std::mutex mutex_;
    alloy::report::memory_log log_;
};
// [/watch]

using alloy::report::readable;

/// What the plan gives to whom, and what of it to its parts.
inline std::string plan_table() {
    std::string text = fmt::format("{:<16}{:>8}{:>10}\n", "plan", "limit", "in parts");
    for (const alloy::plan_entry& e : plan.entries)
        text += fmt::format("{:<16}{:>8}{:>10}\n", std::string(2 * e.depth, ' ') + (e.depth == 0 ? "all" : e.name), readable(e.bytes), e.in_parts ? readable(e.in_parts) : "-");
    return text;
}

}  // namespace engine
