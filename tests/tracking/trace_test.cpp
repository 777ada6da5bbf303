/// The two forms of traces: what a reader accepts, and where it says that something is wrong.
#include <string>
#include <string_view>
#include <vector>

#include <alloy/trace/reader.hpp>

#include "../support/catch.hpp"

namespace {

namespace trace = alloy::trace;

std::span<const unsigned char> bytes_of(std::string_view text) { return {reinterpret_cast<const unsigned char*>(text.data()), text.size()}; }
/// What is wrong with a text; "" where nothing is.
std::string wrong_with(std::span<const unsigned char> bytes) {
    std::string out;
    const auto wrong = trace::to_text(bytes, out);
    return wrong ? wrong->text() : "";
}
std::string wrong_with(std::string_view text) { return wrong_with(bytes_of(text)); }
/// A binary trace with these bytes behind its head.
std::string wrong_behind_head(const std::vector<unsigned char>& records, bool is_partial = false) {
    std::vector<unsigned char> bytes;
    const trace::binary_writer head(bytes, is_partial ? trace::partial : 0);
    bytes.insert(bytes.end(), records.begin(), records.end());
    return wrong_with(std::span<const unsigned char>(bytes));
}

constexpr std::string_view whole = "alloy-trace 1\n"
                                   "thread 0\n"
                                   "arena 0\n"
                                   "tag 3\n"
                                   "name \"ph\\\"y\\\\s\\x00ics\"\n"
                                   "mark \"a mark\"\n"
                                   "block taken 65536\n"
                                   "block refused 1\n"
                                   "block over_budget 18446744073709551615\n"
                                   "block given_back 64\n"
                                   "open\n"
                                   "open\n"
                                   "take 3 1\n"
                                   "take 5000000000 4611686018427387904 1\n"
                                   "pool 0 64 16384\n"
                                   "heap 1 100000 32768\n"
                                   "send 2 8 8\n"
                                   "promote 0\n"
                                   "refusal frame_pinned 0 7\n"
                                   "free 1\n"
                                   "close 24 1\n"
                                   "commit 16\n"
                                   "end 21\n";

}  // namespace

TEST_CASE("a trace is the same in both forms", "[tracking][trace]") {
    std::vector<unsigned char> binary;
    REQUIRE_FALSE(trace::to_binary(bytes_of(whole), binary).has_value());
    std::string text;
    REQUIRE_FALSE(trace::to_text(binary, text).has_value());
    CHECK(text == whole);
    std::vector<unsigned char> again;
    REQUIRE_FALSE(trace::to_binary(binary, again).has_value());
    CHECK(again == binary);
}

TEST_CASE("a text may have comments, empty lines and the line ends of another system", "[tracking][trace]") {
    CHECK(wrong_with("alloy-trace 1\r\n# a comment\n\nthread 7\r\nend 1\n\n# and here\n") == "");
}

TEST_CASE("a reader tells what a record happened to, under dense numbers", "[tracking][trace]") {
    trace::reader read(bytes_of("alloy-trace 1\nthread 90\narena 80\ntag 2\nname \"t\"\nopen\nopen\ntake 1 1\ntake 1 1 1\npool 70 8 8\npool 60 16 8\nfree 70\nheap 50 9 1\nthread 91\nfree 60\nend 14\n"));
    std::vector<trace::event> all;
    for (trace::event e; read.next(e);) all.push_back(e);
    REQUIRE_FALSE(read.wrong().has_value());
    REQUIRE(all.size() == 14);
    CHECK(all[0].key == 0);
    CHECK(all[5].depth == 1);
    CHECK(all[6].depth == 1);
    CHECK(all[7].depth == 0);
    CHECK(all[9].key == 1);
    CHECK(all[9].slot == 1);
    CHECK(all[10].key == 0);
    CHECK(all[10].bytes == 8);
    CHECK(all[11].key == 2);
    CHECK(all[11].slot == 0);  // given again
    CHECK(all[13].thread == 1);
    CHECK(all[13].tag == 2);
    CHECK(all[13].alignment == 8);
    CHECK(all[13].made == trace::op::pool);
    CHECK(read.tag_name(2) == "t");
    CHECK(read.tag_name(1).empty());
    CHECK(read.objects() == 3);
    CHECK(read.slots() == 2);
    CHECK(read.alive() == 1);
    CHECK(read.depth(0) == 2);
    CHECK(read.depth(9) == 0);
}

TEST_CASE("what is wrong with a text is told with its line", "[tracking][trace]") {
    const auto body = [](std::string_view lines) { return wrong_with("alloy-trace 1\narena 0\n" + std::string(lines)); };
    CHECK(wrong_with("") == "byte 0: this is no trace: it does not begin as one");
    CHECK(wrong_with("alloy-trace") == "line 1: this is no trace: it does not begin with `alloy-trace 1`");
    CHECK(wrong_with("alloy-trace one\n") == "line 1: this is no trace: it does not begin with `alloy-trace 1`");
    CHECK(wrong_with("alloy-trace 2\n") == "line 1: version 2 is not known here, only 1");
    CHECK(wrong_with("alloy-trace 1 whole\n") == "line 1: behind the version only `partial` may stand");
    CHECK(wrong_with("alloy-trace 1\n") == "line 1: the trace breaks off: it has no `end` line");
    CHECK(body("opem\n") == "line 3: there is no record `opem`");
    CHECK(body("open 3\n") == "line 3: something follows the record");
    CHECK(body("close\n") == "line 3: here should stand bytes used");
    CHECK(body("close 8 0\n") == "line 3: no frame is open inside it: then there is no such number");
    CHECK(body("take x 8\n") == "line 3: here should stand bytes");
    CHECK(body("take 8\n") == "line 3: here should stand an alignment");
    CHECK(body("take 8 3\n") == "line 3: 3 is no alignment");
    CHECK(body("take 8 9223372036854775808\n") == "line 3: 9223372036854775808 is no alignment");
    CHECK(body("take  8 8\n") == "line 3: here should stand bytes");
    CHECK(body("take -8 8\n") == "line 3: here should stand bytes");
    CHECK(body("pool 18446744073709551616 8 8\n") == "line 3: here should stand an id");
    CHECK(body("block lost 8\n") == "line 3: there is no such kind of block");
    CHECK(body("refusal whim 8 8\n") == "line 3: there is no such reason for a refusal");
    CHECK(body("mark hello\n") == "line 3: here should stand a text in quotes");
    CHECK(body("mark \"hello\n") == "line 3: the text does not end");
    CHECK(body("mark \"\\n\"\n") == "line 3: behind \\ should stand \", \\ or x and two digits");
    CHECK(body("mark \"\\xg0\"\n") == "line 3: behind \\x should stand two digits");
    CHECK(body("mark \"a\"b\n") == "line 3: something follows the record");
    CHECK(body("end 2\n") == "line 3: the end counts 2 records, but there are 1");
    CHECK(body("end 1\nopen\n") == "line 4: something follows the end");
}

TEST_CASE("records that make no sense together are told too", "[tracking][trace]") {
    const auto body = [](std::string_view lines) { return wrong_with("alloy-trace 1\narena 0\n" + std::string(lines)); };
    CHECK(wrong_with("alloy-trace 1\nopen\n") == "line 2: a frame is opened, but no arena was named");
    CHECK(wrong_with("alloy-trace 1\nclose 0\n") == "line 2: a frame is closed, but no arena was named");
    CHECK(wrong_with("alloy-trace 1\ntake 1 1\n") == "line 2: memory is taken in a frame, but no arena was named");
    CHECK(body("close 0\n") == "line 3: a frame is closed that is not open");
    CHECK(body("open\nclose 0 1\n") == "line 4: a frame is closed that is not open");
    CHECK(body("take 1 1\n") == "line 3: memory is taken in a frame that is not open");
    CHECK(body("open\ntake 1 1 1\n") == "line 4: memory is taken in a frame that is not open");
    CHECK(body("open\narena 1\nclose 0\n") == "line 5: a frame is closed that is not open");
    CHECK(body("pool 1 8 8\nheap 1 8 8\n") == "line 4: an object is made in the place of one that is alive");
    CHECK(body("free 1\n") == "line 3: an object is freed that is not alive");
    CHECK(body("pool 1 8 8\nfree 1\npromote 1\n") == "line 5: an object is promoted that is not alive");
    CHECK(wrong_with("alloy-trace 1 partial\narena 0\nclose 0\ntake 1 1\nfree 1\nend 4\n") == "");
    CHECK(wrong_with("alloy-trace 1 partial\npool 1 8 8\nheap 1 8 8\n") == "line 3: an object is made in the place of one that is alive");
}

TEST_CASE("what is wrong with a binary trace is told with its byte", "[tracking][trace]") {
    using bytes = std::vector<unsigned char>;
    const auto head = [](unsigned char version, unsigned char flags) { return bytes{0x89, 'a', 'l', 'l', 'o', 'y', '\r', '\n', version, flags, 0, 0}; };
    CHECK(wrong_with(std::span<const unsigned char>(head(1, 0))) == "");
    CHECK(wrong_with(std::span<const unsigned char>(head(2, 0))) == "byte 9: version 2 is not known here, only 1");
    CHECK(wrong_with(std::span<const unsigned char>(head(1, 2))) == "byte 10: version 1 has no such flags");
    CHECK(wrong_with(std::span<const unsigned char>(head(1, 0)).first(8)) == "byte 8: the trace breaks off in a number");
    CHECK(wrong_behind_head(bytes{}) == "byte 10: the trace breaks off: it has no end record");
    CHECK(wrong_behind_head(bytes{0x0E}) == "byte 10: there is no record of this kind");
    CHECK(wrong_behind_head(bytes{0x0F}) == "byte 10: there is no record of this kind");
    CHECK(wrong_behind_head(bytes{0x10}) == "byte 10: this record has no small number");
    CHECK(wrong_behind_head(bytes{0x31}) == "byte 10: there is no such context");
    CHECK(wrong_behind_head(bytes{0x22}) == "byte 10: there is no such kind of text");
    CHECK(wrong_behind_head(bytes{0x44}) == "byte 10: a close has two flags");
    CHECK(wrong_behind_head(bytes{0x0B}) == "byte 11: the trace breaks off in a number");
    CHECK(wrong_behind_head(bytes{0x4B, 1}) == "byte 10: there is no such kind of block");
    CHECK(wrong_behind_head(bytes{0xAC}) == "byte 10: there is no such reason for a refusal");
    CHECK(wrong_behind_head(bytes{0xF5, 14, 1}) == "byte 10: there is no such alignment");
    CHECK(wrong_behind_head(bytes{0xF5, 63, 1}) == "byte 10: there is no such alignment");
    CHECK(wrong_behind_head(bytes{0x01, 0x80, 0x00}) == "byte 13: a number is longer than it need be");
    CHECK(wrong_behind_head(bytes{0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02}) == "byte 21: a number is too large");
    CHECK(wrong_behind_head(bytes{0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x00, 1}) == "");
    CHECK(wrong_behind_head(bytes{0x02, 5, 'a', 'b'}) == "byte 10: the trace breaks off in a text");
    CHECK(wrong_behind_head(bytes{0x06, 1, 0}) == "byte 10: no frame is open inside it: then there is no such number");
    CHECK(wrong_behind_head(bytes{0x00, 1}) == "byte 10: the end record counts 1 records, but there are 0");
    CHECK(wrong_behind_head(bytes{0x00, 0, 0}) == "byte 10: something follows the end record");
    CHECK(wrong_behind_head(bytes{0x0A, 2}) == "byte 10: an object is freed that is not alive");
    CHECK(wrong_behind_head(bytes{0x0A, 2, 0x00, 1}, true) == "");
}
