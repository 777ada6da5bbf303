/// The memory log, its document and its advice; snapshots as JSON; the trace. What other programs read is written to a folder, where check_documents.py looks at it.
#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>

#include <boost/json/parse.hpp>

#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>
#include <alloy/report/advise.hpp>
#include <alloy/report/csv.hpp>
#include <alloy/report/json.hpp>
#include <alloy/report/memory_log.hpp>
#include <alloy/report/trace.hpp>

#include "../support/catch.hpp"

namespace {

using namespace alloy;
namespace json = boost::json;

struct plain : allocator<tagging::named<"plain">> {};
struct physics : allocator<tagging::named<"physics/contacts">, tracking::boundary_metrics, budget::hard<1 * MiB>> {};
struct game : allocator<tagging::scoped<"physics", "physics/contacts", "sound/music">, threading::thread_cached, tracking::boundary_metrics,
                        budget::per_tag<budget::limit<"physics", 1 * MiB>, budget::limit<"sound", 64 * KiB>>> {};
struct letting_go : allocator<tracking::boundary_metrics, growth::released<growth::geometric<4 * KiB>>> {};
struct of_the_heap : allocator<tracking::boundary_metrics, growth::geometric<4 * KiB>> {};
struct of_threads : allocator<threading::thread_cached, tracking::boundary_metrics, growth::geometric<8 * KiB>> {};
struct fitting : allocator<tracking::boundary_metrics, growth::geometric<8 * KiB>, budget::hard<12 * KiB>> {};

void write(const char* name, const std::string& text) {
    if (const char* const folder = std::getenv("ALLOY_TEST_DOCUMENTS")) std::ofstream(std::string(folder) + "/" + name, std::ios::binary) << text;
}

/// Frames that use 1000, 2000, 3000, 4000, 1000, … bytes; the one numbered `peak` 50,000.
template <class A>
void log_frames(report::memory_log& log, A& memory, int count, int peak = -1) {
    for (int i = 0; i < count; ++i) {
        auto frame = memory.frame();
        static_cast<void>(frame.template make_span<char>(i == peak ? 50000U : 1000U * static_cast<unsigned>(i % 4 + 1)));
        log.frame(memory);
    }
}

TEST_CASE("a log keeps each frame while there is room") {
    physics memory;
    report::memory_log log(64);
    CHECK(log.track(memory) == nullptr);
    log_frames(log, memory, 50);
    const report::log_track* const track = log.track(memory);
    REQUIRE(track != nullptr);
    CHECK(track->every() == 1);
    CHECK(track->frames() == 50);
    REQUIRE(track->entries().size() == 50);
    for (std::size_t i = 0; i < 50; ++i) {
        CHECK(track->entries()[i].frame == i);
        CHECK(track->entries()[i].used == 1000 * (i % 4 + 1));
        CHECK(track->moment(i)[0].frame == track->entries()[i].used);
    }
    CHECK(track->last().tags.size() == 2);  // and what it is a part of
    CHECK(track->last().tags[0].peak == 4000U);
    CHECK(track->last().tags[1].peak == 4000U);
    CHECK(track->most_in_frames() == 4000);
}

TEST_CASE("beyond that its entries stand for more frames, and no peak goes") {
    for (const int peak : {0, 7, 100, 511, 999}) {
        physics memory;
        report::memory_log log(8);
        log_frames(log, memory, 1000, peak);
        const report::log_track& track = *log.track(memory);
        CHECK(track.entries().size() >= 4);
        CHECK(track.entries().size() <= 8);
        CHECK(track.every() == 128);
        bool has_peak = false;
        for (std::size_t i = 0; i < track.entries().size(); ++i) {
            CHECK(track.entries()[i].frame / track.every() == i);
            CHECK(track.moment(i)[0].frame == track.entries()[i].used);
            has_peak |= track.entries()[i].used == 50000 && track.entries()[i].frame == static_cast<std::uint64_t>(peak);
        }
        CHECK(has_peak);
        CHECK(track.fullest().frame == static_cast<std::uint64_t>(peak));
        CHECK(track.fullest_moment()[0].frame == 50000);
        CHECK(track.last().tags[0].peak == 50000U);
    }
}

TEST_CASE("a log takes in tags that are named while it is kept") {
    memory_snapshot first;
    first.tags.resize(2);
    first.tags[0].name = "untagged";
    first.tags[1].name = "a/b";
    first.tags[1].frame = first.used = 10;
    alloy::detail::add_parents(first.tags);
    memory_snapshot later = first;
    later.tags.insert(later.tags.begin() + 2, tag_snapshot());
    later.tags[2].name = "c";
    later.tags[2].heap = 5;
    later.used = 15;
    report::log_track track(nullptr, {}, 8);
    track.add(first, 0);
    track.add(later, 0);
    track.add(first, 0);
    track.add(later, 0);
    REQUIRE(track.last().tags.size() == 4);
    CHECK(track.last().tags[2].name == "a");
    CHECK(track.last().tags[3].name == "c");
    CHECK(track.last().tags[2].peak == 10U);
    REQUIRE(track.entries().size() == 4);
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(track.moment(i)[1].frame == 10);
        CHECK(track.moment(i)[2].frame == 0);
        CHECK(track.moment(i)[3].heap == (i % 2 == 1 ? 5U : 0U));
    }
    CHECK(track.fullest_moment()[3].heap == 5);
}

TEST_CASE("frames over a limit are counted for a tag with its parts") {
    memory_snapshot now;
    now.tags.resize(2);
    now.tags[0].name = "a";
    now.tags[0].limit = 100;
    now.tags[1].name = "a/b";
    report::log_track track(nullptr, {}, 8);
    for (const std::size_t bytes : {40U, 60U, 70U, 10U}) {
        now.tags[0].pool = bytes;
        now.tags[1].frame = bytes;
        track.add(now, 0);
    }
    CHECK(track.last().tags[0].frames_over == 2U);
    CHECK(track.last().tags[0].peak == 140U);
    CHECK(!track.last().tags[1].frames_over);
    CHECK(track.last().tags[1].peak == 70U);
}

TEST_CASE("the document") {
    physics memory;
    plain other;
    game third;
    report::memory_log log(16);
    for (int i = 0; i < 100; ++i) {
        const auto contacts = third.tag<"physics/contacts">();
        auto theirs = third.frame();
        static_cast<void>(theirs.make_span<double>(10 + 3 * static_cast<unsigned>(i)));
        auto frame = memory.frame();
        auto large = other.make_heap<char[]>(1000U * static_cast<unsigned>(i % 3 + 1));
        static_cast<void>(frame.make_span<char>(2000));
        log.frame(memory, other, third);
    }
    const json::value document = json::parse(log.text());
    CHECK(document.at("schema") == "alloy.memory/1");
    const json::array& all = document.at("allocators").as_array();
    REQUIRE(all.size() == 3);
    CHECK(all[2].at("name") == "game");
    REQUIRE(all[2].at("tags").as_array().size() == 5);
    CHECK(all[2].at("tags").at(1).at("name") == "physics");
    CHECK(all[2].at("tags").at(1).at("limit").to_number<std::size_t>() == 1 * MiB);
    CHECK(all[2].at("tags").at(1).at("peak").to_number<int>() == 8 * (10 + 3 * 99));
    CHECK(all[2].at("tags").at(1).at("frames_over").to_number<int>() == 0);
    CHECK(all[2].at("peaks").at("frame").to_number<int>() == 99);
    CHECK(all[2].at("peaks").at("tags").at(2).at(0).to_number<int>() == 8 * (10 + 3 * 99));
    CHECK(all[0].at("name") == "physics/contacts");
    CHECK(all[0].at("held_limit").to_number<std::size_t>() == 1 * MiB);
    CHECK(all[1].at("held_limit").is_null());
    CHECK(all[1].at("totals").at("upstream_requests").is_null());
    CHECK(all[0].at("totals").at("frames").to_number<int>() == 100);
    CHECK(all[0].at("tags").at(0).at("parent") == "physics");
    CHECK(all[0].at("peaks").at("used").to_number<int>() == 2000);
    CHECK(std::string(all[0].at("declaration").as_string().c_str()).find("budget: alloy::budget::hard<1048576") != std::string::npos);
    log.add(other, {{"heap_fits_pool", "", "what", "cure", "code"}});
    CHECK(json::parse(log.text()).at("allocators").at(1).at("advice").at(0).at("kind") == "heap_fits_pool");
    CHECK(json::parse(log.text()).at("allocators").at(1).at("advice").at(0).at("tag").is_null());
    write("memory.json", log.text());

    CHECK(json::parse(report::memory_log().text()).at("allocators").as_array().empty());
    write("empty.json", report::memory_log().text());
}

TEST_CASE("a snapshot as JSON, with null for what is not known") {
    physics memory;
    plain other;
    auto frame = memory.frame();
    static_cast<void>(frame.make_span<char>(100));
    const json::value known = json::parse(report::json(snapshot(memory))), unknown = json::parse(report::json(snapshot(other)));
    CHECK(known.at("schema") == "alloy.snapshot/1");
    CHECK(known.at("used").to_number<std::size_t>() == memory.used());
    CHECK(known.at("refusals").to_number<int>() == 0);
    CHECK(unknown.at("refusals").is_null());
    CHECK(unknown.at("held_limit").is_null());
    CHECK(unknown.at("tags").at(0).at("name") == "plain");
    write("snapshot.json", report::json(snapshot(memory)));
    write("snapshot_unknown.json", report::json(snapshot(other)));
}

TEST_CASE("lines for spreadsheets, one per frame") {
    physics memory;
    const report::csv columns(snapshot(memory));
    std::string text = columns.header();
    for (int i = 0; i < 10; ++i) {
        auto frame = memory.frame();
        static_cast<void>(frame.make_span<char>(100));
        text += columns.line(snapshot(memory));
    }
    CHECK(std::count(text.begin(), text.end(), '\n') == 11);
    write("lines.csv", text);
}

TEST_CASE("the trace has slices of each thread, and counters for each tag") {
    physics memory;
    report::trace trace;
    for (int i = 0; i < 3; ++i) {
        const auto whole = trace.slice("frame");
        auto frame = memory.frame();
        {
            const auto part = trace.slice("physics");
            static_cast<void>(frame.make_span<char>(100));
        }
        trace.counters(memory);
    }
    std::thread([&trace] { const auto job = trace.slice("job"); }).join();
    const json::value document = json::parse(trace.text());
    const json::array& events = document.at("traceEvents").as_array();
    std::size_t slices = 0, counters = 0;
    for (const json::value& e : events) {
        slices += e.at("ph") == "X";
        counters += e.at("ph") == "C";
    }
    CHECK(slices == 7);
    CHECK(counters == 3 * 3);  // held, the tag, and what it is a part of
    CHECK(events[0].at("name") == "physics");  // the inner one ends first
    CHECK(events[0].at("tid") != events[6].at("tid"));
    CHECK(trace.gone() == 0);
    write("trace.json", trace.text());
}

TEST_CASE("a trace forgets the oldest") {
    report::trace trace(2);
    for (const char* const name : {"a", "b", "c"}) static_cast<void>(trace.slice(name));
    CHECK(trace.gone() == 1);
    CHECK(trace.json().at("traceEvents").at(0).at("name") == "b");
}

std::string kinds(const report::log_track& track) {
    std::string text;
    for (const report::advice& a : report::advise(track)) text += a.kind + " ";
    return text;
}

TEST_CASE("sizes of allocations, where they are counted") {
    memory_snapshot now;
    now.sizes = {{16, 3}, {32, 0}, {no_limit, 2}};
    CHECK(json::parse(report::json(now)).at("sizes").at(2).at("upto").is_null());
    CHECK(json::parse(report::json(now)).at("sizes").at(0).at("count").to_number<int>() == 3);
}

TEST_CASE("advice waits until there were enough frames") {
    physics memory;
    report::memory_log log;
    log_frames(log, memory, 63);
    CHECK(kinds(*log.track(memory)).empty());
}

TEST_CASE("advice for blocks that frames hardly use, and for budgets never half used") {
    physics memory;
    report::memory_log log;
    log_frames(log, memory, 64);
    const auto all = report::advise(*log.track(memory));
    REQUIRE(all.size() == 2);
    CHECK(all[0].kind == "blocks_too_large");
    CHECK(all[0].what == "frames used at most 3.9 KiB of the 64 KiB that are held for them");
    CHECK(all[0].code.starts_with("alloy::growth::geometric<8 * alloy::KiB, "));
    CHECK(all[1].kind == "budget_not_used");
    CHECK(all[1].code == "alloy::budget::hard<128 * alloy::KiB>");
    CHECK(all[1].text() == "at most 64 KiB of a budget of 1 MiB were held; give the rest to others:\n    alloy::budget::hard<128 * alloy::KiB>\n");
}

void warn(const budget::warning&) {}

TEST_CASE("advice for budgets that warn, are set at run time, or stand with others in all") {
    struct soft : allocator<budget::soft<16 * MiB, warn>, growth::geometric<8 * KiB>> {} a;
    struct adjustable : allocator<budget::adjustable<8 * MiB>, growth::geometric<8 * KiB>> {} b;
    struct both : allocator<budget::all<budget::per_frame<16 * KiB>, budget::hard<8 * MiB>>, growth::geometric<8 * KiB>> {} c;
    report::memory_log log;
    log_frames(log, a, 64);
    log_frames(log, b, 64);
    log_frames(log, c, 64);
    const auto code = [&](const auto& memory) {
        const auto all = report::advise(*log.track(memory));
        return all.empty() ? std::string() : all[0].code;
    };
    CHECK(code(a) == "alloy::budget::soft<16 * alloy::KiB, handler>");
    CHECK(code(b) == "memory.budget().set_limit(16 * alloy::KiB);");
    CHECK(code(c) == "alloy::budget::hard<16 * alloy::KiB>");
}

TEST_CASE("no advice where all fits") {
    fitting memory;
    report::memory_log log;
    log_frames(log, memory, 100);
    CHECK(kinds(*log.track(memory)).empty());

    of_threads shared;  // each thread holds a block of its own
    auto mine = shared.frame();
    static_cast<void>(mine.make_span<char>(100));
    std::thread([&] { static_cast<void>(shared.frame().make_span<char>(4000)); }).join();
    log_frames(log, shared, 100);
    REQUIRE(log.track(shared)->last().threads.size() == 2);
    CHECK(kinds(*log.track(shared)).empty());
}

TEST_CASE("what the advice says, followed, needs none") {
    struct advised : allocator<tagging::named<"physics/contacts">, tracking::boundary_metrics, growth::geometric<8 * KiB, 2UL, 67108864UL>, budget::hard<16 * KiB>> {} memory;
    report::memory_log log;
    log_frames(log, memory, 100);
    CHECK(kinds(*log.track(memory)).empty());
}

TEST_CASE("advice for a growth that lets go of its blocks each frame") {
    letting_go memory;
    report::memory_log log;
    log_frames(log, memory, 100);
    const auto all = report::advise(*log.track(memory));
    REQUIRE(all.size() == 1);
    CHECK(all[0].kind == "upstream_every_frame");
    CHECK(all[0].what == "upstream was asked for memory in 84 of the last 84 frames");
    CHECK(all[0].code == "alloy::growth::geometric<8 * alloy::KiB>");
}

TEST_CASE("advice for what the heap makes anew each frame") {
    of_the_heap memory;
    report::memory_log log;
    for (int i = 0; i < 100; ++i) {
        auto frame = memory.frame();
        static_cast<void>(frame.make_span<char>(3000));
        const auto lines = memory.make_heap<char[]>(5000);
        log.frame(memory);
    }
    CHECK(kinds(*log.track(memory)) == "upstream_every_frame ");
}

TEST_CASE("advice for budgets of tags and frames") {
    memory_snapshot now;
    now.frame_limit = 1 * MiB;
    now.used_limit = 1 * MiB;
    now.tags.resize(3);
    now.tags[0].name = "untagged";
    now.tags[1].name = "physics";
    now.tags[1].limit = 4 * MiB;
    now.tags[1].frame = 100 * KiB;
    now.tags[2].name = "sound";
    now.tags[2].limit = 100 * KiB;
    now.tags[2].pool = 60 * KiB;
    report::log_track track(nullptr, {}, 8);
    for (int i = 0; i < 64; ++i) track.add(now, 0);
    const auto all = report::advise(track);
    REQUIRE(all.size() == 2);
    CHECK(all[0].code == "alloy::budget::per_frame<256 * alloy::KiB>");
    CHECK(all[1].tag == "physics");
    CHECK(all[1].code == "alloy::budget::limit<\"physics\", 256 * alloy::KiB>");
}

TEST_CASE("a policy's name with another number") {
    using alloy::detail::with_first_number;
    CHECK(with_first_number("a::g<65536ul, 2ul>", 4096) == "a::g<4 * alloy::KiB, 2ul>");
    CHECK(with_first_number("a::c<a::g<65536UL>>", 3 * MiB) == "a::c<a::g<3 * alloy::MiB>>");
    CHECK(with_first_number("a::g2<mine3, 7>", 4096) == "a::g2<mine3, 4 * alloy::KiB>");
    CHECK(with_first_number("a::none", 4096).empty());
    CHECK(with_first_number("a::none<b>", 4096).empty());
}

}  // namespace
