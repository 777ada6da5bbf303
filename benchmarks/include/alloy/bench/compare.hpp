#pragma once
/// Runs the registered benchmarks, interleaved and repeated, and ends with what they mean: medians, and ratios to each control.
///
/// Names are read as "subject.workload". Google Benchmark's own options and reports stay as they are; with --benchmark_format=json the
/// table goes to stderr. A ratio pairs the n-th repetition of the subject with the n-th of the control, and stands as the median of all such
/// with the interval that holds the middle nine tenths of them; below 1 the subject takes less time. "refused" says that the workload does
/// not fit the subject's memory.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

namespace alloy::bench {

namespace detail {

/// What a benchmark took, one entry per repetition, in ns.
struct measured {
    std::vector<double> times;
    bool refused = false;
};

/// The value below which a share of them lies; they must not be empty.
inline double quantile(std::vector<double> values, double share) {
    std::sort(values.begin(), values.end());
    const double at = share * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    const double above = values[std::min(below + 1, values.size() - 1)];
    return values[below] + (above - values[below]) * (at - static_cast<double>(below));
}

/// Ratios of paired repetitions.
inline std::vector<double> ratios(const measured& mine, const measured& other) {
    std::vector<double> r;
    for (std::size_t i = 0; i < std::min(mine.times.size(), other.times.size()); ++i) r.push_back(mine.times[i] / other.times[i]);
    return r;
}

/// Passes all on to the reporter the user chose, and keeps each repetition's time.
class keeping_reporter : public benchmark::BenchmarkReporter {
public:
    /// With `quiet`, single repetitions are kept, but not shown.
    keeping_reporter(benchmark::BenchmarkReporter& shown, bool quiet) : shown_(shown), quiet_(quiet) {}
    bool ReportContext(const Context& context) override {
        shown_.SetOutputStream(&GetOutputStream());
        shown_.SetErrorStream(&GetErrorStream());
        return shown_.ReportContext(context);
    }
    void ReportRuns(const std::vector<Run>& runs) override {
        std::vector<Run> to_show;
        for (const Run& r : runs) {
            measured& m = measured_[r.run_name.function_name];
            const bool single = r.run_type == Run::RT_Iteration;
            if (refused(r)) m.refused = true;
            else if (single) m.times.push_back(r.GetAdjustedCPUTime());
            if (!quiet_ || !single || r.repetitions <= 1) to_show.push_back(r);
        }
        if (!to_show.empty()) shown_.ReportRuns(to_show);
    }
    void Finalize() override { shown_.Finalize(); }

    /// The table: one row per benchmark, one column of ratios per control that ran the same workload.
    void compare(std::FILE* out, const std::vector<std::string_view>& controls) const {
        std::size_t width = 9;
        for (const auto& [name, m] : measured_) width = std::max(width, name.size());
        std::fprintf(out, "\n%-*s %12s", static_cast<int>(width), "median", "ns");
        for (std::string_view c : controls) std::fprintf(out, "  %*s", column(c), ("/ " + std::string(c)).c_str());
        std::fputc('\n', out);
        for (const auto& [name, mine] : measured_) {
            const auto dot = name.rfind('.');
            if (dot == std::string::npos || (mine.times.empty() && !mine.refused)) continue;
            std::fprintf(out, "%-*s", static_cast<int>(width), name.c_str());
            if (mine.refused) {
                std::fprintf(out, " %12s\n", "refused");
                continue;
            }
            std::fprintf(out, " %12.1f", quantile(mine.times, .5));
            for (std::string_view c : controls) {
                const auto found = measured_.find(std::string(c) + name.substr(dot));
                const bool none = found == measured_.end() || found->second.times.empty() || found->first == name;
                std::fprintf(out, "  %*s", column(c), none ? "-" : ratio(mine, found->second).c_str());
            }
            std::fputc('\n', out);
        }
    }

private:
    template <class R>
    static bool refused(const R& run) {
        if constexpr (requires { run.error_occurred; }) return run.error_occurred;  // Google Benchmark before 1.8
        else return run.skipped != decltype(run.skipped){};
    }
    static int column(std::string_view control) { return static_cast<int>(std::max<std::size_t>(control.size() + 2, 18)); }
    static std::string ratio(const measured& mine, const measured& other) {
        const std::vector<double> all = ratios(mine, other);
        char text[64];
        std::snprintf(text, sizeof text, "%.2f [%.2f, %.2f]", quantile(all, .5), quantile(all, .05), quantile(all, .95));
        return text;
    }
    benchmark::BenchmarkReporter& shown_;
    bool quiet_;
    std::map<std::string, measured> measured_;
};

}  // namespace detail

/// Returns the program's exit status: 0, or 1 where an option is unknown.
inline int run_and_compare(int argc, char** argv, const std::vector<std::string_view>& controls) {
    std::string interleave = "--benchmark_enable_random_interleaving=true", repeat = "--benchmark_repetitions=9", time = "--benchmark_min_time=0.01";
    std::vector<char*> arguments{argv[0], interleave.data(), repeat.data(), time.data()};
    bool data = false;
    for (int i = 1; i < argc; ++i) {
        arguments.push_back(argv[i]);  // after ours, so that the user's word wins
        data = data || std::strstr(argv[i], "benchmark_format=json") || std::strstr(argv[i], "benchmark_format=csv");
    }
    int count = static_cast<int>(arguments.size());
    benchmark::Initialize(&count, arguments.data());
    if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 1;
    benchmark::BenchmarkReporter* shown = benchmark::CreateDefaultDisplayReporter();
    detail::keeping_reporter kept(*shown, !data);
    benchmark::RunSpecifiedBenchmarks(&kept);
    kept.compare(data ? stderr : stdout, controls);
    benchmark::Shutdown();
    delete shown;
    return 0;
}

}  // namespace alloy::bench
