#pragma once
/// The text form of traces, a record a line, read and written record by record. What records mean together, <alloy/trace/reader.hpp> checks.
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <alloy/trace/record.hpp>

namespace alloy::inline ALLOY_ABI::trace {

inline constexpr std::string_view text_head = "alloy-trace";
inline bool is_text(std::string_view text) noexcept { return text.substr(0, text_head.size()) == text_head; }

namespace detail {
inline constexpr std::string_view contexts[] = {"thread", "arena", "tag"};
inline constexpr std::string_view text_kinds[] = {"mark", "name"};
}  // namespace detail

class text_reader {
public:
    /// The text must outlive it. What is wrong with the head is found here.
    explicit text_reader(std::string_view text) : rest_(text) { read_head(); }

    std::uint64_t flags() const noexcept { return flags_; }
    /// The next record; false at the end line, and where something is wrong.
    bool next(record& r) {
        if (flaw_ || has_ended_) return false;
        r = {};
        do {
            if (!line()) return no("the trace breaks off: it has no `end` line");
        } while (line_.empty() || line_.front() == '#');
        const std::string_view what = word();
        if (what == "open") r.what = op::open;
        else if (what == "take") r.what = op::take;
        else if (what == "pool") r.what = op::pool;
        else if (what == "heap") r.what = op::heap;
        else if (what == "send") r.what = op::send;
        else if (what == "free") r.what = op::free;
        else if (what == "promote") r.what = op::promote;
        else if (what == "block") r.what = op::block;
        else if (what == "refusal") r.what = op::refusal;
        else if (what == "end") r.what = op::end;
        else if (what == "close" || what == "commit") r.what = op::close, r.small = what == "commit";
        else if (one_of(detail::contexts, what, r.small)) r.what = op::set;
        else if (one_of(detail::text_kinds, what, r.small)) r.what = op::text;
        else return no("there is no record `" + std::string(what) + "`");
        return fields(r) && (line_.empty() || no("something follows the record")) && (r.what == op::end ? is_end(r) : good());
    }
    /// What is wrong, if something is.
    const std::optional<flaw>& wrong() const noexcept { return flaw_; }
    /// Where the last record stands.
    flaw here(std::string what) const { return {std::move(what), number_, true}; }

private:
    bool read_head() {
        std::uint64_t told = 0;
        if (!line() || word() != text_head || !number(told)) return no("this is no trace: it does not begin with `alloy-trace 1`");
        if (told != version) return no("version " + std::to_string(told) + " is not known here, only " + std::to_string(version));
        if (line_.empty()) return true;
        if (word() != "partial" || !line_.empty()) return no("behind the version only `partial` may stand");
        flags_ = partial;
        return true;
    }
    bool no(std::string what) {
        flaw_ = here(std::move(what));
        return false;
    }
    bool good() noexcept {
        ++records_;
        return true;
    }
    bool is_end(const record& r) {
        if (r.bytes != records_) return no("the end counts " + std::to_string(r.bytes) + " records, but there are " + std::to_string(records_));
        while (line())
            if (!line_.empty() && line_.front() != '#') return no("something follows the end");
        has_ended_ = true;
        return false;
    }
    bool fields(record& r) {
        switch (r.what) {
            case op::end: return wants(r.bytes, "the number of records");
            case op::set: return wants(r.key, "a number");
            case op::text: return quoted(r.text);
            case op::open: return true;
            case op::close: return wants(r.bytes, "bytes used") && (line_.empty() || inside(r));
            case op::take:
                if (!wants(r.bytes, "bytes") || !alignment(r)) return false;
                if (line_.empty()) return true;
                r.what = op::take_in;
                return inside(r);
            case op::pool:
            case op::heap:
            case op::send: return wants(r.key, "an id") && wants(r.bytes, "bytes") && alignment(r);
            case op::free:
            case op::promote: return wants(r.key, "an id");
            case op::block: return (one_of(detail::block_kinds, word(), r.small) || no("there is no such kind of block")) && wants(r.bytes, "bytes");
            case op::refusal:
                return (one_of(detail::reasons, word(), r.small) || no("there is no such reason for a refusal")) && wants(r.bytes, "bytes asked") && wants(r.left, "bytes left");
            case op::take_in:
            case op::count: break;
        }
        return no("there is no such record");
    }
    template <std::size_t N>
    static bool one_of(const std::string_view (&names)[N], std::string_view name, std::uint64_t& which) noexcept {
        for (std::size_t i = 0; i < N; ++i)
            if (names[i] == name) return which = i, true;
        return false;
    }
    bool inside(record& r) { return wants(r.inside, "how many frames are open inside it") && (r.inside != 0 || no("no frame is open inside it: then there is no such number")); }
    bool alignment(record& r) {
        if (!wants(r.alignment, "an alignment")) return false;
        const bool is_one = r.alignment != 0 && (r.alignment & (r.alignment - 1)) == 0 && r.alignment <= std::uint64_t{1} << detail::largest_exponent;
        return is_one || no(std::to_string(r.alignment) + " is no alignment");
    }
    bool wants(std::uint64_t& n, const char* what) { return number(n) || no(std::string("here should stand ") + what); }
    bool number(std::uint64_t& n) {
        const std::string_view digits = word();
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
        return error == std::errc{} && end == digits.data() + digits.size();
    }
    bool quoted(std::string_view& t) {
        if (line_.size() < 2 || line_.front() != '"') return no("here should stand a text in quotes");
        unquoted_.clear();
        for (std::size_t i = 1; i < line_.size(); ++i) {
            const char c = line_[i];
            if (c == '"') {
                line_.remove_prefix(i + 1);
                t = unquoted_;
                return true;
            }
            if (c != '\\') {
                unquoted_ += c;
                continue;
            }
            const char escape = ++i < line_.size() ? line_[i] : '\0';
            if (escape == '"' || escape == '\\') {
                unquoted_ += escape;
            } else if (escape == 'x' && i + 2 < line_.size()) {
                unsigned code = 0;
                const char* const digits = line_.data() + i + 1;
                if (std::from_chars(digits, digits + 2, code, 16).ptr != digits + 2) return no("behind \\x should stand two digits");
                unquoted_ += static_cast<char>(code);
                i += 2;
            } else {
                return no("behind \\ should stand \", \\ or x and two digits");
            }
        }
        return no("the text does not end");
    }
    /// The next line; false where there is none.
    bool line() noexcept {
        if (rest_.empty()) return line_ = {}, false;
        const std::size_t n = rest_.find('\n');
        line_ = rest_.substr(0, n);
        rest_.remove_prefix(n == std::string_view::npos ? rest_.size() : n + 1);
        if (!line_.empty() && line_.back() == '\r') line_.remove_suffix(1);
        ++number_;
        return true;
    }
    /// The next word of the line, and the one space behind it.
    std::string_view word() noexcept {
        const std::size_t n = line_.find(' ');
        const std::string_view w = line_.substr(0, n);
        line_.remove_prefix(n == std::string_view::npos ? line_.size() : n + 1);
        return w;
    }

    std::string_view rest_, line_;
    std::string unquoted_;
    std::uint64_t number_ = 0, flags_ = 0, records_ = 0;
    bool has_ended_ = false;
    std::optional<flaw> flaw_;
};

/// Writes records one after the other; the end record counts by itself. Precondition: each field is one that a reader accepts.
class text_writer {
public:
    explicit text_writer(std::string& to, std::uint64_t flags = 0) : to_(to) {
        to_ += text_head;
        to_ += ' ' + std::to_string(version) + (flags & partial ? " partial\n" : "\n");
    }
    void put(const record& r) {
        switch (r.what) {
            case op::end: say("end", records_); break;
            case op::set: say(detail::contexts[r.small], r.key); break;
            case op::text: quote(detail::text_kinds[r.small], r.text); break;
            case op::open: to_ += "open"; break;
            case op::close:
                say(r.small ? "commit" : "close", r.bytes);
                if (r.inside) more(r.inside);
                break;
            case op::take:
            case op::take_in:
                say("take", r.bytes);
                more(r.alignment);
                if (r.what == op::take_in) more(r.inside);
                break;
            case op::pool: made("pool", r); break;
            case op::heap: made("heap", r); break;
            case op::send: made("send", r); break;
            case op::free: say("free", r.key); break;
            case op::promote: say("promote", r.key); break;
            case op::block:
                to_ += "block ";
                say(detail::block_kinds[r.small], r.bytes);
                break;
            case op::refusal:
                to_ += "refusal ";
                say(detail::reasons[r.small], r.bytes);
                more(r.left);
                break;
            case op::count: return;
        }
        ++records_;
        to_ += '\n';
    }

private:
    void more(std::uint64_t n) { to_ += ' ' + std::to_string(n); }
    void say(std::string_view what, std::uint64_t n) {
        to_ += what;
        more(n);
    }
    void made(std::string_view what, const record& r) {
        say(what, r.key);
        more(r.bytes);
        more(r.alignment);
    }
    void quote(std::string_view what, std::string_view text) {
        static constexpr char digits[] = "0123456789abcdef";
        to_ += what;
        to_ += " \"";
        for (const char c : text) {
            const auto code = static_cast<unsigned char>(c);
            if (code < 0x20 || code == 0x7F) {
                to_ += "\\x";
                to_ += digits[code >> 4];
                to_ += digits[code & 15];
            } else {
                if (c == '"' || c == '\\') to_ += '\\';
                to_ += c;
            }
        }
        to_ += '"';
    }

    std::string& to_;
    std::uint64_t records_ = 0;
};

}  // namespace alloy::inline ALLOY_ABI::trace
