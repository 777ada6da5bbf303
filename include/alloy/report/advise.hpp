#pragma once
/// What in the use of an allocator looks wrong, and the change of its declaration that would cure it: `for (auto& a : advise(*log.track(memory))) print(a.text())`.
///
/// Looks at what a log has seen of at least 64 frames: blocks that frames hardly use, upstream asked frame after frame, budgets that were never half used. Advice
/// is a guess from figures: a level that comes later may need what this one did not. Cost: some comparisons and strings, when asked.
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <alloy/report/advice.hpp>
#include <alloy/report/log_track.hpp>
#include <alloy/report/readable.hpp>

namespace alloy::inline ALLOY_ABI {
namespace report {

[[nodiscard]] inline std::vector<advice> advise(const log_track& of) {
    namespace formatting = alloy::detail::formatting;
    using alloy::detail::round_size, alloy::detail::size_in_code, alloy::detail::with_first_number;
    constexpr std::uint64_t enough_frames = 64;
    std::vector<advice> all;
    if (of.frames() < enough_frames) return all;
    const memory_snapshot& last = of.last();
    const auto names = [](const std::string& policy, const char* part) { return policy.find(part) != std::string::npos; };

    // A quarter more than was ever needed; the log may have missed a fuller moment.
    const std::size_t roomy = round_size(of.most_in_frames() + of.most_in_frames() / 4);
    const std::size_t threads = last.threads.empty() ? 1 : last.threads.size();
    const std::size_t buffer = last.held_for.frames / of.declared().buffers / threads;
    if (of.most_in_frames() > 0 && of.most_in_frames() < buffer / 4 && roomy < buffer && !names(of.declared().growth, "virtual_reserve"))
        all.push_back({"blocks_too_large", "", formatting::format("frames used at most {} of the {} that {} for them", readable(of.most_in_frames()), readable(buffer), threads > 1 ? "each thread holds" : "are held"),
                       "begin with a smaller block", with_first_number(of.declared().growth, roomy)});

    if (of.frames_asking() * 2 > of.warm_frames()) {
        advice a{"upstream_every_frame", "", formatting::format("upstream was asked for memory in {} of the last {} frames", of.frames_asking(), of.warm_frames()), "", ""};
        if (names(of.declared().growth, "released") || names(of.declared().growth, "trimmed")) {
            a.cure = "keep blocks from frame to frame";
            a.code = formatting::format("alloy::growth::geometric<{}>", size_in_code(roomy));
        } else {
            a.cure = "make in the frame what is needed for a frame alone, and keep what the heap makes anew each frame";
            a.code = "auto lines = frame.make_span<line>(count);  // in place of memory.make_heap<line[]>(count)";
        }
        all.push_back(std::move(a));
    }

    // Half as much again as was ever needed.
    const auto enough = [](std::size_t most) { return round_size(most + most / 2); };
    const std::size_t most_held = last.peak_held.value_or(0);
    if (last.held_limit != no_limit && most_held < last.held_limit / 2 && enough(most_held) < last.held_limit && !names(of.declared().budget, "shared"))
        all.push_back({"budget_not_used", "", formatting::format("at most {} of a budget of {} were held", readable(most_held), readable(last.held_limit)), "give the rest to others",
                       names(of.declared().budget, "adjustable") ? formatting::format("memory.budget().set_limit({});", size_in_code(enough(most_held)))
                       : names(of.declared().budget, "soft<")    ? formatting::format("alloy::budget::soft<{}, handler>", size_in_code(enough(most_held)))
                       : names(of.declared().budget, "hard<")    ? formatting::format("alloy::budget::hard<{}>", size_in_code(enough(most_held)))
                                                                 : with_first_number(of.declared().budget, enough(most_held))});
    if (last.frame_limit != no_limit && of.most_in_frames() < last.frame_limit / 2 && enough(of.most_in_frames()) < last.frame_limit)
        all.push_back({"budget_not_used", "", formatting::format("frames used at most {} of a budget of {}", readable(of.most_in_frames()), readable(last.frame_limit)),
                       "a nearer bound finds sooner what goes wrong", formatting::format("alloy::budget::per_frame<{}>", size_in_code(enough(of.most_in_frames())))});
    for (const tag_snapshot& tag : last.tags) {
        const std::size_t most = tag.peak.value_or(0);
        if (tag.limit == no_limit || most >= tag.limit / 2 || enough(most) >= tag.limit) continue;
        all.push_back({"budget_not_used", std::string(tag.name), formatting::format("{} used at most {} of its {}", tag.name, readable(most), readable(tag.limit)), "give the rest to others",
                       formatting::format("alloy::budget::limit<\"{}\", {}>", tag.name, size_in_code(enough(most)))});
    }
    return all;
}

}  // namespace report
}  // namespace alloy
