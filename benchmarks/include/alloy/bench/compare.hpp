#pragma once
/// Runs the registered benchmarks, interleaved and repeated, and ends with what they mean: medians and ratios to each control.
///
/// Names are read as "subject.workload". Google Benchmark's own options and reports stay as they are; with --benchmark_format=json the
/// table goes to stderr. Ratios below 1 say that the subject takes less time than the control in this same run; "refused" says that the
/// workload does not fit the subject's memory.
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

/// Passes all on to the reporter the user chose, and keeps each median (the one time, where nothing is repeated).
class keeping_reporter : public benchmark::BenchmarkReporter {
public:
    explicit keeping_reporter(benchmark::BenchmarkReporter& shown) : shown_(shown) {}
    bool ReportContext(const Context& context) override {
        shown_.SetOutputStream(&GetOutputStream());
        shown_.SetErrorStream(&GetErrorStream());
        return shown_.ReportContext(context);
    }
    void ReportRuns(const std::vector<Run>& runs) override {
        shown_.ReportRuns(runs);
        for (const Run& r : runs) {
            if (refused(r)) times_[r.run_name.function_name] = -1;
            else if (r.run_type == Run::RT_Iteration || r.aggregate_name == "median") times_[r.run_name.function_name] = r.GetAdjustedCPUTime();
        }
    }
    void Finalize() override { shown_.Finalize(); }

    /// The table: one row per benchmark, one column of ratios per control that ran the same workload.
    void compare(std::FILE* out, const std::vector<std::string_view>& controls) const {
        std::size_t width = 9;
        for (const auto& [name, t] : times_) width = std::max(width, name.size());
        std::fprintf(out, "\n%-*s %12s", static_cast<int>(width), "median", "ns");
        for (std::string_view c : controls) std::fprintf(out, "  / %.*s", static_cast<int>(c.size()), c.data());
        std::fputc('\n', out);
        for (const auto& [name, mine] : times_) {
            const auto dot = name.rfind('.');
            const std::string_view subject(name.data(), dot == std::string::npos ? name.size() : dot);
            if (dot == std::string::npos || std::find(controls.begin(), controls.end(), subject) != controls.end()) continue;
            if (mine < 0) {
                std::fprintf(out, "%-*s %12s\n", static_cast<int>(width), name.c_str(), "refused");
                continue;
            }
            std::fprintf(out, "%-*s %12.1f", static_cast<int>(width), name.c_str(), mine);
            for (std::string_view c : controls) {
                const auto found = times_.find(std::string(c) + name.substr(dot));
                if (found == times_.end()) std::fprintf(out, "  %*s", static_cast<int>(c.size() + 2), "-");
                else std::fprintf(out, "  %*.2f", static_cast<int>(c.size() + 2), mine / found->second);
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
    benchmark::BenchmarkReporter& shown_;
    std::map<std::string, double> times_;  // of one turn, in ns; -1: memory was refused
};

}  // namespace detail

/// Returns the program's exit status: 0, or 1 where an option is unknown.
inline int run_and_compare(int argc, char** argv, const std::vector<std::string_view>& controls) {
    std::string interleave = "--benchmark_enable_random_interleaving=true", repeat = "--benchmark_repetitions=5",
                aggregate = "--benchmark_display_aggregates_only=true", time = "--benchmark_min_time=0.02";
    std::vector<char*> arguments{argv[0], interleave.data(), repeat.data(), aggregate.data(), time.data()};
    bool json = false;
    for (int i = 1; i < argc; ++i) {
        arguments.push_back(argv[i]);  // after ours, so that the user's word wins
        json = json || std::strstr(argv[i], "benchmark_format=json") || std::strstr(argv[i], "benchmark_format=csv");
    }
    int count = static_cast<int>(arguments.size());
    benchmark::Initialize(&count, arguments.data());
    if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 1;
    benchmark::BenchmarkReporter* shown = benchmark::CreateDefaultDisplayReporter();
    detail::keeping_reporter kept(*shown);
    benchmark::RunSpecifiedBenchmarks(&kept);
    kept.compare(json ? stderr : stdout, controls);
    benchmark::Shutdown();
    delete shown;
    return 0;
}

}  // namespace alloy::bench
