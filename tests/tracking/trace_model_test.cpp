/// Any trace that makes sense is the same in both forms; a binary one of which a byte was changed, or that was cut short, is read or refused, and never more
/// than that.
#include <rapidcheck.h>

#include <string>
#include <vector>

#include <alloy/trace/reader.hpp>

#include "../support/catch.hpp"

namespace {

namespace trace = alloy::trace;
using trace::op;

/// Numbers of every length.
rc::Gen<std::uint64_t> number() {
    return rc::gen::map(rc::gen::pair(rc::gen::arbitrary<std::uint64_t>(), rc::gen::inRange(0, 64)),
                        [](const std::pair<std::uint64_t, int>& of) { return of.first >> of.second; });
}

/// Records that a reader accepts; dense numbers, as it gives them. `texts` keeps what they point to.
std::vector<trace::record> sensible(std::vector<std::string>& texts) {
    std::vector<trace::record> records;
    std::vector<std::uint64_t> live, depths;
    std::uint64_t made = 0, threads = 0, arena = 0;
    const auto length = static_cast<std::size_t>(*rc::gen::inRange(0, 200));
    texts.reserve(length);
    while (records.size() < length) {
        trace::record r;
        r.what = static_cast<op>(*rc::gen::inRange(1, static_cast<int>(op::count)));
        const auto exponent = *rc::gen::inRange(0, 63);
        switch (r.what) {
            case op::set:
                r.small = *rc::gen::inRange<std::uint64_t>(0, 3);
                r.key = *number();
                if (r.small == 0) {
                    r.key %= threads + 1;
                    threads += r.key == threads;
                } else if (r.small == 1) {
                    arena = r.key %= depths.size() + 1;
                    if (arena == depths.size()) depths.push_back(0);
                }
                break;
            case op::text:
                r.small = *rc::gen::inRange<std::uint64_t>(0, 2);
                texts.push_back(*rc::gen::arbitrary<std::string>());
                r.text = texts.back();
                break;
            case op::open:
                if (depths.empty()) continue;
                ++depths[arena];
                break;
            case op::close:
            case op::take_in:
            case op::take:
                if (depths.empty() || depths[arena] == 0) continue;
                r.bytes = *number();
                if (r.what != op::take) r.inside = *rc::gen::inRange<std::uint64_t>(0, depths[arena]);
                if (r.what == op::take_in && r.inside == 0) r.what = op::take;
                if (r.what == op::close) {
                    r.small = *rc::gen::inRange<std::uint64_t>(0, 2);
                    --depths[arena];
                } else {
                    r.alignment = std::uint64_t{1} << exponent;
                }
                break;
            case op::pool:
            case op::heap:
            case op::send:
                r.key = made++;
                r.bytes = *number();
                r.alignment = std::uint64_t{1} << exponent;
                live.push_back(r.key);
                break;
            case op::free:
            case op::promote: {
                if (live.empty()) continue;
                const auto which = live.begin() + *rc::gen::inRange<std::ptrdiff_t>(0, static_cast<std::ptrdiff_t>(live.size()));
                r.key = *which;
                if (r.what == op::free) live.erase(which);
                break;
            }
            case op::block:
                r.small = *rc::gen::inRange<std::uint64_t>(0, 4);
                r.bytes = *number();
                break;
            default:
                r.small = *rc::gen::inRange<std::uint64_t>(0, std::size(trace::detail::reasons));
                r.bytes = *number();
                r.left = *number();
                break;
        }
        records.push_back(r);
    }
    return records;
}
template <class Writer>
void write(Writer writer, const std::vector<trace::record>& records) {
    for (const trace::record& r : records) writer.put(r);
    writer.put({});
}

}  // namespace

TEST_CASE("traces go through both forms unchanged", "[tracking][trace][model]") {
    CHECK(rc::check("text to binary to text", [] {
        std::vector<std::string> texts;
        const std::vector<trace::record> records = sensible(texts);
        std::vector<unsigned char> binary;
        std::string text;
        write(trace::binary_writer(binary), records);
        write(trace::text_writer(text), records);

        trace::reader read(binary);
        std::size_t n = 0;
        for (trace::event e; read.next(e); ++n) {
            RC_ASSERT(n < records.size());
            trace::record r = e;
            if (r.what == op::free || r.what == op::promote) r.bytes = 0, r.alignment = 1;  // which the reader adds
            RC_ASSERT((r == records[n]));
        }
        RC_ASSERT(!read.wrong());
        RC_ASSERT(n == records.size());

        std::string as_text;
        RC_ASSERT(!trace::to_text(binary, as_text));
        RC_ASSERT(as_text == text);
        std::vector<unsigned char> as_binary;
        RC_ASSERT(!trace::to_binary({reinterpret_cast<const unsigned char*>(text.data()), text.size()}, as_binary));
        RC_ASSERT(as_binary == binary);
    }));
}

TEST_CASE("a damaged trace is refused or read, and a short one is refused", "[tracking][trace][model]") {
    CHECK(rc::check("damage", [] {
        std::vector<std::string> texts;
        const std::vector<trace::record> records = sensible(texts);
        std::vector<unsigned char> binary;
        write(trace::binary_writer(binary), records);
        std::string out;

        const auto at = *rc::gen::inRange<std::size_t>(0, binary.size());
        const std::vector<unsigned char> cut(binary.begin(), binary.begin() + static_cast<std::ptrdiff_t>(at));
        RC_ASSERT(trace::to_text(cut, out).has_value());

        binary[at] = static_cast<unsigned char>(binary[at] ^ *rc::gen::inRange(1, 256));
        out.clear();
        const auto wrong = trace::to_text(binary, out);
        if (!wrong) {
            std::string again;
            RC_ASSERT(!trace::to_text({reinterpret_cast<const unsigned char*>(out.data()), out.size()}, again));
            RC_ASSERT(again == out);
        } else {
            RC_ASSERT(wrong->at <= binary.size());
        }
    }));
}
