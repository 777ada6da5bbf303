/// Allocation under threads: `alloy_threads_benchmark WORKLOAD SUBJECT` runs one workload with one subject, and prints one line of JSON.
///
/// The subject malloc is whatever malloc the program was started with, since two of them can't share a process; tools/threads.py starts the program
/// again and again, with peers preloaded, and prints ratios. A refused request, or an object that another has changed, is an error and no figure.
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include <dlfcn.h>

#include <CLI/CLI.hpp>

#include "threads/measure.hpp"
#include "threads/subjects.hpp"
#include "threads/workloads.hpp"

namespace {

using namespace subjects;
namespace order = alloy::bench::order;

template <class Threading>
struct bounded
    : alloy::allocator<Threading, alloy::budget::hard<workloads::bound>, workloads::counting_upstream, alloy::lifetime::pool, alloy::lifetime::heap> {
};

struct entry {
    const char *workload, *subject, *control;
    workloads::report (*run)(const workloads::options&);
};
template <class Memory>
constexpr auto where_transferable() -> workloads::report (*)(const workloads::options&) {
    if constexpr (workloads::transferring<Memory>)
        return workloads::queue<workloads::transferred_messages<Memory>>;
    else
        return nullptr;
}
const entry entries[] = {
    {"frame", "single_threaded", "single_threaded", workloads::frame<own<single_threaded>>},
    {"frame", "by_hand", "single_threaded", workloads::frame<by_hand>},
    {"frame", "thread_cached", "single_threaded", workloads::frame<shared<thread_cached>>},
    {"frame", "local", "single_threaded", workloads::frame<shared_local<thread_cached>>},
    {"frame", "malloc", "single_threaded", workloads::frame<general_purpose>},
    {"look_up", "program", "program", workloads::look_up<look_up::in_program>},
    {"look_up", "library", "program", workloads::look_up<look_up::in_library>},
    {"pool_same", "single_threaded", "single_threaded", workloads::pool<own<single_threaded>, order::same>},
    {"pool_same", "by_hand", "single_threaded", workloads::pool<by_hand, order::same>},
    {"pool_same", "thread_cached", "single_threaded", workloads::pool<shared<thread_cached>, order::same>},
    {"pool_same", "local", "single_threaded", workloads::pool<shared_local<thread_cached>, order::same>},
    {"pool_same", "spin_locked", "single_threaded", workloads::pool<shared<spin_locked>, order::same>},
    {"pool_same", "malloc", "single_threaded", workloads::pool<general_purpose, order::same>},
    {"pool_random", "single_threaded", "single_threaded", workloads::pool<own<single_threaded>, order::random>},
    {"pool_random", "by_hand", "single_threaded", workloads::pool<by_hand, order::random>},
    {"pool_random", "thread_cached", "single_threaded", workloads::pool<shared<thread_cached>, order::random>},
    {"pool_random", "local", "single_threaded", workloads::pool<shared_local<thread_cached>, order::random>},
    {"pool_random", "spin_locked", "single_threaded", workloads::pool<shared<spin_locked>, order::random>},
    {"pool_random", "malloc", "single_threaded", workloads::pool<general_purpose, order::random>},
    {"queue", "bare", "bare", workloads::queue<workloads::bare_messages>},
    {"queue", "transfer", "bare", where_transferable<thread_cached>()},
    {"queue", "thread_cached", "bare", workloads::queue<workloads::raw_messages<shared<thread_cached>>>},
    {"queue", "spin_locked", "bare", workloads::queue<workloads::raw_messages<shared<spin_locked>>>},
    {"queue", "malloc", "bare", workloads::queue<workloads::raw_messages<general_purpose>>},
    {"larson", "single_threaded", "single_threaded", workloads::larson<own<single_threaded>>},
    {"larson", "thread_cached", "single_threaded", workloads::larson<shared<thread_cached>>},
    {"larson", "spin_locked", "single_threaded", workloads::larson<shared<spin_locked>>},
    {"larson", "malloc", "single_threaded", workloads::larson<general_purpose>},
    {"short_threads", "only_threads", "only_threads", workloads::only_threads},
    {"short_threads", "thread_cached", "only_threads", workloads::short_threads<shared<thread_cached>>},
    {"short_threads", "spin_locked", "only_threads", workloads::short_threads<shared<spin_locked>>},
    {"short_threads", "malloc", "only_threads", workloads::short_threads<general_purpose>},
    {"budget", "spin_locked", "spin_locked", workloads::budget<bounded<alloy::threading::spin_locked>>},
    {"budget", "thread_cached", "spin_locked", workloads::budget<bounded<alloy::threading::thread_cached>>},
};

/// The file that malloc comes from, without its folder.
std::string origin_of_malloc() {
    Dl_info found{};
    void* const function = dlsym(RTLD_DEFAULT, "malloc");
    if (!function || !dladdr(function, &found) || !found.dli_fname) return "unknown";
    const char* const slash = std::strrchr(found.dli_fname, '/');
    return slash ? slash + 1 : found.dli_fname;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Runs one workload with one subject, on several threads, and prints what it took as a line of JSON.");
    workloads::options given;
    std::string workload, subject;
    bool list = false;
    app.add_option("workload", workload, "frame, look_up, pool_same, pool_random, queue, larson, short_threads or budget");
    app.add_option("subject", subject, "whose memory is used");
    app.add_option("--threads", given.threads, "threads at once; the queue has two")->check(CLI::Range(1, 1024))->capture_default_str();
    app.add_option("--seconds", given.seconds, "how long the window is in which operations count")->check(CLI::PositiveNumber)->capture_default_str();
    app.add_option("--live", given.live, "pool, larson: objects that a thread holds")->check(CLI::PositiveNumber)->capture_default_str();
    app.add_option("--messages", given.messages, "queue: how many")->check(CLI::PositiveNumber)->capture_default_str();
    app.add_option("--count", given.count, "short_threads: how many are started")->check(CLI::PositiveNumber)->capture_default_str();
    app.add_flag("--list", list, "print workloads, subjects and controls");
    CLI11_PARSE(app, argc, argv);
    if (list) {
        for (const entry& e : entries)
            if (e.run) std::printf("%s %s %s\n", e.workload, e.subject, e.control);
        return 0;
    }
    for (const entry& e : entries) {
        if (!e.run || e.workload != workload || e.subject != subject) continue;
        const workloads::report r = e.run(given);
        std::printf("{\"workload\": \"%s\", \"subject\": \"%s\", \"threads\": %d, \"processors\": %zu, \"malloc\": \"%s\"", e.workload, e.subject,
                    given.threads, measure::processors().size(), origin_of_malloc().c_str());
        for (const auto& [name, value] : r.values()) std::printf(", \"%s\": %.10g", name, value);
        std::printf("}\n");
        return 0;
    }
    std::fprintf(stderr, "alloy_threads_benchmark: there is no workload \"%s\" with a subject \"%s\"; --list names all\n", workload.c_str(),
                 subject.c_str());
    return 2;
}
