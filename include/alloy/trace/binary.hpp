#pragma once
/// The binary form of traces, read and written record by record. What records mean together, <alloy/trace/reader.hpp> checks.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <alloy/trace/record.hpp>

namespace alloy::inline ALLOY_ABI::trace {

inline bool is_binary(std::span<const unsigned char> bytes) noexcept {
    if (bytes.size() < sizeof(magic)) return false;
    for (std::size_t i = 0; i < sizeof(magic); ++i)
        if (bytes[i] != magic[i]) return false;
    return true;
}

class binary_reader {
public:
    /// The bytes must outlive it. What is wrong with the head is found here.
    explicit binary_reader(std::span<const unsigned char> bytes) : bytes_(bytes) { read_head(); }

    std::uint64_t flags() const noexcept { return flags_; }
    /// The next record; false at the end record, and where something is wrong.
    bool next(record& r) {
        if (flaw_ || has_ended_) return false;
        begun_ = at_;
        r = {};
        if (at_ == bytes_.size()) return no("the trace breaks off: it has no end record");
        const unsigned first = bytes_[at_++], small = first >> 4;
        r.what = static_cast<op>(first & 15);
        switch (r.what) {
            case op::end: return plain(small) && number(r.bytes) && is_end(r);
            case op::set:
                if (small >= static_cast<unsigned>(context::count)) return no("there is no such context");
                r.small = small;
                return (small == static_cast<unsigned>(context::arena) ? key(r.key, arena_) : number(r.key)) && good();
            case op::text:
                if (small >= static_cast<unsigned>(text_kind::count)) return no("there is no such kind of text");
                r.small = small;
                return text(r.text) && good();
            case op::open: return plain(small) && good();
            case op::close:
                if (small > 3) return no("a close has two flags");
                r.small = small & 1;
                return number(r.bytes) && ((small & 2) == 0 || inside(r)) && good();
            case op::take: return alignment(r, small) && number(r.bytes) && good();
            case op::take_in: return alignment(r, small) && number(r.bytes) && inside(r) && good();
            case op::pool:
            case op::heap:
            case op::send: return alignment(r, small) && key(r.key, key_) && number(r.bytes) && good();
            case op::free:
            case op::promote: return plain(small) && key(r.key, key_) && good();
            case op::block:
                if (small >= std::size(detail::block_kinds)) return no("there is no such kind of block");
                r.small = small;
                return number(r.bytes) && good();
            case op::refusal:
                if (small >= std::size(detail::reasons)) return no("there is no such reason for a refusal");
                r.small = small;
                return number(r.bytes) && number(r.left) && good();
            case op::count: break;
        }
        return no("there is no record of this kind");
    }
    /// What is wrong, if something is.
    const std::optional<flaw>& wrong() const noexcept { return flaw_; }
    /// Where the last record began.
    flaw here(std::string what) const { return {std::move(what), begun_, false}; }

private:
    void read_head() {
        if (!is_binary(bytes_)) return fail("this is no trace: it does not begin as one");
        at_ = sizeof(magic);
        std::uint64_t told = 0;
        if (!number(told)) return;
        if (told != version) return fail("version " + std::to_string(told) + " is not known here, only " + std::to_string(version));
        if (number(flags_) && flags_ > partial) fail("version 1 has no such flags");
    }
    void fail(std::string what) { flaw_ = flaw{std::move(what), at_, false}; }
    bool no(std::string what) {
        flaw_ = here(std::move(what));
        return false;
    }
    bool good() noexcept {
        ++records_;
        return true;
    }
    bool is_end(const record& r) {
        if (r.bytes != records_) return no("the end record counts " + std::to_string(r.bytes) + " records, but there are " + std::to_string(records_));
        if (at_ != bytes_.size()) return no("something follows the end record");
        has_ended_ = true;
        return false;
    }
    bool plain(unsigned small) { return small == 0 || no("this record has no small number"); }
    bool number(std::uint64_t& n) {
        n = 0;
        for (unsigned shift = 0;; shift += 7) {
            if (at_ == bytes_.size()) return fail("the trace breaks off in a number"), false;
            const std::uint64_t b = bytes_[at_++];
            if (shift == 63 && b > 1) return fail("a number is too large"), false;
            n |= (b & 0x7F) << shift;
            if (b >= 0x80) continue;
            return b != 0 || shift == 0 || (fail("a number is longer than it need be"), false);
        }
    }
    bool key(std::uint64_t& k, std::uint64_t& before) {
        if (!number(k)) return false;
        k = before += static_cast<std::uint64_t>(unzigzag(k));
        return true;
    }
    bool inside(record& r) { return number(r.inside) && (r.inside != 0 || no("no frame is open inside it: then there is no such number")); }
    bool alignment(record& r, unsigned small) {
        std::uint64_t exponent = small;
        if (small == far_alignment) {
            if (!number(exponent)) return false;
            if (exponent < far_alignment || exponent > detail::largest_exponent) return no("there is no such alignment");
        }
        r.alignment = std::uint64_t{1} << exponent;
        return true;
    }
    bool text(std::string_view& t) {
        std::uint64_t n = 0;
        if (!number(n)) return false;
        if (n > bytes_.size() - at_) return no("the trace breaks off in a text");
        t = {reinterpret_cast<const char*>(bytes_.data()) + at_, static_cast<std::size_t>(n)};
        at_ += static_cast<std::size_t>(n);
        return true;
    }

    std::span<const unsigned char> bytes_;
    std::size_t at_ = 0, begun_ = 0;
    std::uint64_t flags_ = 0, records_ = 0, key_ = 0, arena_ = 0;
    bool has_ended_ = false;
    std::optional<flaw> flaw_;
};

/// Writes records one after the other; the end record counts by itself. Precondition: each field is one that a reader accepts.
class binary_writer {
public:
    explicit binary_writer(std::vector<unsigned char>& to, std::uint64_t flags = 0) : to_(to) {
        to_.insert(to_.end(), std::begin(magic), std::end(magic));
        unsigned char room[20];
        pen p(room);
        p.number(version);
        p.number(flags);
        keep(room, p);
    }
    void put(const record& r) {
        unsigned char room[longest_record];
        pen p(room);
        const auto small = static_cast<unsigned>(r.small);
        switch (r.what) {
            case op::end:
                p.begin(op::end);
                p.number(records_);
                break;
            case op::set:
                p.begin(op::set, small);
                if (r.small == static_cast<unsigned>(context::arena))
                    p.key(r.key, arena_);
                else
                    p.number(r.key);
                break;
            case op::text:
                p.begin(op::text, small);
                p.number(r.text.size());
                break;
            case op::open: p.begin(op::open); break;
            case op::close:
                p.begin(op::close, small | (r.inside ? 2U : 0U));
                p.number(r.bytes);
                if (r.inside) p.number(r.inside);
                break;
            case op::take:
            case op::take_in:
                p.begin_aligned(r.what, r.alignment);
                p.number(r.bytes);
                if (r.what == op::take_in) p.number(r.inside);
                break;
            case op::pool:
            case op::heap:
            case op::send:
                p.begin_aligned(r.what, r.alignment);
                p.key(r.key, key_);
                p.number(r.bytes);
                break;
            case op::free:
            case op::promote:
                p.begin(r.what);
                p.key(r.key, key_);
                break;
            case op::block:
                p.begin(op::block, small);
                p.number(r.bytes);
                break;
            case op::refusal:
                p.begin(op::refusal, small);
                p.number(r.bytes);
                p.number(r.left);
                break;
            case op::count: return;
        }
        ++records_;
        keep(room, p);
        to_.insert(to_.end(), r.text.begin(), r.text.end());
    }

private:
    void keep(const unsigned char* from, const pen& p) { to_.insert(to_.end(), from, static_cast<const unsigned char*>(p.at())); }

    std::vector<unsigned char>& to_;
    std::uint64_t records_ = 0, key_ = 0, arena_ = 0;
};

}  // namespace alloy::inline ALLOY_ABI::trace
