/// What is in an allocation trace: `alloy_trace summary FILE`, `alloy_trace text FILE`, `alloy_trace binary FILE OUTPUT`. docs/traces.md describes traces. A trace that is wrong
/// somewhere is told with the place; the exit status is then 1.
#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include <alloy/core/metrics.hpp>
#include <alloy/trace/reader.hpp>
#if defined(ALLOY_TRACE_ZSTD)
#include <alloy/trace/zstd.hpp>
#endif

namespace {

namespace trace = alloy::trace;
using trace::op;
using count = unsigned long long;

int fail(const char* file, const std::string& why) {
    std::fprintf(stderr, "alloy_trace: %s: %s\n", file, why.c_str());
    return 1;
}

struct total {
    std::uint64_t times = 0, bytes = 0;
    void add(std::uint64_t more) {
        ++times;
        bytes += more;
    }
};
/// What is alive now, and was at most.
struct level {
    std::uint64_t now = 0, most = 0;
    void up(std::uint64_t by) { most = std::max(most, now += by); }
    void down(std::uint64_t by) { now -= by; }
};

struct summary {
    total taken, made[3], sent_home, blocks[4], refused[std::size(trace::detail::reasons)];
    level live, held;
    std::uint64_t records = 0, frames = 0, nested = 0, committed = 0, deepest = 0, largest = 0, promoted = 0;
    std::map<std::uint64_t, total> in_frames, in_objects;
    alloy::size_histogram sizes;
    std::vector<std::pair<std::uint64_t, std::string>> marks;

    void add(const trace::event& e) {
        ++records;
        switch (e.what) {
            case op::text:
                if (e.small == static_cast<std::uint64_t>(trace::text_kind::mark)) marks.emplace_back(records, e.text);
                break;
            case op::open:
                ++(e.depth == 0 ? frames : nested);
                deepest = std::max(deepest, e.depth + 1);
                break;
            case op::close:
                committed += e.small;
                largest = std::max(largest, e.bytes);
                break;
            case op::take:
            case op::take_in:
                taken.add(e.bytes);
                in_frames[e.tag].add(e.bytes);
                ++sizes.count[alloy::size_histogram::index(e.bytes)];
                break;
            case op::pool:
            case op::heap:
            case op::send:
                made[static_cast<int>(e.what) - static_cast<int>(op::pool)].add(e.bytes);
                in_objects[e.tag].add(e.bytes);
                live.up(e.bytes);
                ++sizes.count[alloy::size_histogram::index(e.bytes)];
                break;
            case op::free: live.down(e.bytes); break;
            case op::promote: ++promoted; break;
            case op::block:
                blocks[e.small].add(e.bytes);
                if (e.small == 0) held.up(e.bytes);
                if (e.small == 3) held.down(std::min(e.bytes, held.now));
                break;
            case op::refusal: refused[e.small].add(e.bytes); break;
            default: break;
        }
    }
    void print(const trace::reader& read) const {
        const auto line = [](const char* what, const total& t) { std::printf("%-22s %12llu  %14llu bytes\n", what, static_cast<count>(t.times), static_cast<count>(t.bytes)); };
        std::printf("%-22s %12llu%s\n", "records", static_cast<count>(records), read.is_partial() ? "  (it begins late)" : "");
        std::printf("%-22s %12llu  %14llu arenas of frames\n", "threads", static_cast<count>(read.threads()), static_cast<count>(read.arenas()));
        std::printf("%-22s %12llu  %14llu inside them, %llu deep; %llu committed\n", "frames", static_cast<count>(frames), static_cast<count>(nested), static_cast<count>(deepest), static_cast<count>(committed));
        std::printf("%-22s %12s  %14llu bytes\n", "largest frame", "", static_cast<count>(largest));
        line("taken in frames", taken);
        line("made in the pool", made[0]);
        line("made in the heap", made[1]);
        line("made for threads", made[2]);
        std::printf("%-22s %12llu  %14llu bytes at most\n", "objects alive at most", static_cast<count>(read.slots()), static_cast<count>(live.most));
        std::printf("%-22s %12llu  %14llu bytes\n", "alive at the end", static_cast<count>(read.alive()), static_cast<count>(live.now));
        if (promoted) std::printf("%-22s %12llu\n", "promoted", static_cast<count>(promoted));
        for (std::size_t i = 0; i < 4; ++i) line(("blocks " + std::string(trace::detail::block_kinds[i])).c_str(), blocks[i]);
        std::printf("%-22s %12s  %14llu bytes\n", "held at most", "", static_cast<count>(held.most));
        for (std::size_t i = 0; i < std::size(refused); ++i)
            if (refused[i].times) line(("refused: " + std::string(trace::detail::reasons[i])).c_str(), refused[i]);

        std::printf("\n%-22s %12s  %14s  %12s  %14s\n", "tag", "in frames", "bytes", "objects", "bytes");
        std::map<std::uint64_t, std::pair<total, total>> tags;
        for (const auto& [tag, t] : in_frames) tags[tag].first = t;
        for (const auto& [tag, t] : in_objects) tags[tag].second = t;
        for (const auto& [tag, t] : tags) {
            const std::string name(read.tag_name(tag));
            std::printf("%-22s %12llu  %14llu  %12llu  %14llu\n", name.empty() ? std::to_string(tag).c_str() : name.c_str(), static_cast<count>(t.first.times),
                        static_cast<count>(t.first.bytes), static_cast<count>(t.second.times), static_cast<count>(t.second.bytes));
        }
        std::printf("\n%-22s %12s\n", "bytes asked", "times");
        for (std::size_t i = 0; i < alloy::size_histogram::length; ++i)
            if (sizes.count[i]) {
                const bool is_last = i + 1 == alloy::size_histogram::length;
                const std::string bound = (is_last ? "more than " : "up to ") + std::to_string(std::uint64_t{1} << (is_last ? i - 1 : i));
                std::printf("%-22s %12llu\n", bound.c_str(), static_cast<count>(sizes.count[i]));
            }
        if (!marks.empty()) std::printf("\n%-22s %12s\n", "mark", "record");
        for (const auto& [at, name] : marks) std::printf("%-22s %12llu\n", name.c_str(), static_cast<count>(at));
    }
};

}  // namespace

int main(int argc, char** argv) {
    const std::string what = argc > 2 ? argv[1] : "";
    const bool is_binary = what == "binary" && argc == 4;
    if (!is_binary && !((what == "summary" || what == "text") && argc == 3)) {
        std::fprintf(stderr, "usage: alloy_trace summary FILE | text FILE | binary FILE OUTPUT\n");
        return 2;
    }
    std::ifstream file(argv[2], std::ios::binary);
    if (!file) return fail(argv[2], std::strerror(errno));
    std::vector<unsigned char> bytes{std::istreambuf_iterator<char>(file), {}};
#if defined(ALLOY_TRACE_ZSTD)
    if (trace::is_zstd(bytes)) {
        std::vector<unsigned char> plain;
        if (const auto wrong = trace::unzstd(bytes, plain)) return fail(argv[2], wrong->text());
        bytes = std::move(plain);
    }
#endif
    if (what == "text") {
        std::string text;
        const auto wrong = trace::to_text(bytes, text);
        std::fwrite(text.data(), 1, text.size(), stdout);  // up to what is wrong
        return wrong ? fail(argv[2], wrong->text()) : 0;
    }
    if (is_binary) {
        std::vector<unsigned char> binary;
        if (const auto wrong = trace::to_binary(bytes, binary)) return fail(argv[2], wrong->text());
        std::ofstream out(argv[3], std::ios::binary);
        out.write(reinterpret_cast<const char*>(binary.data()), static_cast<std::streamsize>(binary.size()));
        return out.flush() ? 0 : fail(argv[3], "cannot be written");
    }
    trace::reader read(bytes);
    summary sums;
    for (trace::event e; read.next(e);) sums.add(e);
    if (read.wrong()) return fail(argv[2], read.wrong()->text());
    sums.print(read);
    return 0;
}
