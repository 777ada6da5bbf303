#pragma once
/// Reads an allocation trace of either form, checks that its records make sense together, and says of each what it happened to.
///
///     alloy::trace::reader trace(bytes);
///     for (alloy::trace::event e; trace.next(e);) …
///     if (trace.wrong()) std::puts(trace.wrong()->text().c_str());
///
/// Objects, arenas and threads come out under dense numbers: 0 for the first, one more for each that is new. So a trace that was read and written again no longer
/// depends on where its program had its memory.
/// Invariant: of a trace that is not partial, what is freed was made and is alive, what is closed is open, and what is taken is taken in an open frame.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include <alloy/trace/binary.hpp>
#include <alloy/trace/text.hpp>

namespace alloy::inline ALLOY_ABI::trace {

/// A record, its key and that of its arena dense, and what it happened to. Freed: bytes and alignment are those that it was made with.
struct event : record {
    std::uint64_t thread = 0, arena = 0, tag = 0;  ///< the current ones
    std::uint64_t slot = 0;                        ///< of an object: a number that no living one shares, and that is given again when it is freed
    std::uint64_t depth = 0;                       ///< open, close, take: how many frames are open around the one that it is of
    op made = op::pool;                            ///< freed: pool, heap or send
};

class reader {
public:
    /// The bytes, a text or binary, must outlive it.
    explicit reader(std::span<const unsigned char> bytes)
        : form_(is_text(as_text(bytes)) ? form{std::in_place_type<text_reader>, as_text(bytes)} : form{std::in_place_type<binary_reader>, bytes}) {}

    bool is_partial() const noexcept {
        return std::visit([](const auto& given) { return (given.flags() & partial) != 0; }, form_);
    }
    std::uint64_t flags() const noexcept { return is_partial() ? partial : 0; }
    /// The next record; false at the end, and where something is wrong. What a partial trace has of objects and frames that it does not know is passed over.
    bool next(event& e) {
        for (;;) {
            if (flaw_ || !std::visit([&e](auto& given) { return given.next(e); }, form_)) return false;
            const verdict said = place(e);
            if (said.is_event) return true;
            if (said.is_unknown && is_partial()) {
                ++passed_over_;
                continue;
            }
            flaw_ = std::visit([&said](const auto& given) { return given.here(said.complaint); }, form_);
            return false;
        }
    }
    /// What is wrong, if something is.
    const std::optional<flaw>& wrong() const noexcept {
        return flaw_ ? flaw_ : std::visit([](const auto& given) -> const std::optional<flaw>& { return given.wrong(); }, form_);
    }

    /// So far: objects made, the most that lived at once, and those alive; threads, arenas; records passed over.
    std::uint64_t objects() const noexcept { return made_; }
    std::uint64_t slots() const noexcept { return slots_; }
    std::uint64_t alive() const noexcept { return live_.size(); }
    std::uint64_t threads() const noexcept { return threads_.size(); }
    std::uint64_t arenas() const noexcept { return depths_.size(); }
    std::uint64_t passed_over() const noexcept { return passed_over_; }
    /// Frames that are open in an arena.
    std::uint64_t depth(std::uint64_t arena) const noexcept { return arena < depths_.size() ? depths_[static_cast<std::size_t>(arena)] : 0; }
    /// The name of a tag, "" where none was told.
    std::string_view tag_name(std::uint64_t tag) const {
        const auto at = names_.find(tag);
        return at == names_.end() ? std::string_view{} : std::string_view{at->second};
    }

private:
    using form = std::variant<text_reader, binary_reader>;
    struct object {
        std::uint64_t id, slot, bytes, alignment;
        op made;
    };
    /// An event, or why not; and whether that only says that the trace begins late.
    struct verdict {
        bool is_event = true, is_unknown = false;
        std::string complaint{};
    };
    static verdict no(std::string complaint) { return {false, false, std::move(complaint)}; }
    static verdict unknown(std::string complaint) { return {false, true, std::move(complaint)}; }

    static std::string_view as_text(std::span<const unsigned char> bytes) noexcept { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
    static std::uint64_t dense(std::unordered_map<std::uint64_t, std::uint64_t>& numbers, std::uint64_t key) { return numbers.try_emplace(key, numbers.size()).first->second; }

    verdict place(event& e) {
        e.thread = thread_;
        e.arena = arena_;
        e.tag = tag_;
        switch (e.what) {
            case op::set: return set(e);
            case op::text:
                if (e.small == static_cast<std::uint64_t>(text_kind::tag_name)) names_[tag_] = std::string(e.text);
                return {};
            case op::open:
                if (!has_arena_) return no("a frame is opened, but no arena was named");
                e.depth = depth()++;
                return {};
            case op::close:
                if (!has_arena_) return no("a frame is closed, but no arena was named");
                if (e.inside >= depth()) return unknown("a frame is closed that is not open");
                e.depth = --depth() - e.inside;
                return {};
            case op::take:
            case op::take_in:
                if (!has_arena_) return no("memory is taken in a frame, but no arena was named");
                if (e.inside >= depth()) return unknown("memory is taken in a frame that is not open");
                e.depth = depth() - 1 - e.inside;
                return {};
            case op::pool:
            case op::heap:
            case op::send: return make(e);
            case op::free:
            case op::promote: return find(e);
            default: return {};
        }
    }
    verdict set(event& e) {
        switch (static_cast<context>(e.small)) {
            case context::thread: e.thread = e.key = thread_ = dense(threads_, e.key); break;
            case context::arena:
                e.arena = e.key = arena_ = dense(arenas_, e.key);
                if (arena_ == depths_.size()) depths_.push_back(0);
                has_arena_ = true;
                break;
            default: e.tag = tag_ = e.key; break;
        }
        return {};
    }
    verdict make(event& e) {
        const auto [at, is_new] = live_.try_emplace(e.key, object{made_, 0, e.bytes, e.alignment, e.what});
        if (!is_new) return no("an object is made in the place of one that is alive");
        if (free_slots_.empty()) {
            at->second.slot = slots_++;
        } else {
            at->second.slot = free_slots_.back();
            free_slots_.pop_back();
        }
        e.key = made_++;
        e.slot = at->second.slot;
        e.made = e.what;
        return {};
    }
    verdict find(event& e) {
        const auto at = live_.find(e.key);
        if (at == live_.end()) return unknown(e.what == op::free ? "an object is freed that is not alive" : "an object is promoted that is not alive");
        const object& found = at->second;
        e.key = found.id;
        e.slot = found.slot;
        e.bytes = found.bytes;
        e.alignment = found.alignment;
        e.made = found.made;
        if (e.what == op::free) {
            free_slots_.push_back(found.slot);
            live_.erase(at);
        }
        return {};
    }
    std::uint64_t& depth() { return depths_[static_cast<std::size_t>(arena_)]; }

    form form_;
    std::optional<flaw> flaw_;
    std::unordered_map<std::uint64_t, std::uint64_t> threads_, arenas_;
    std::unordered_map<std::uint64_t, object> live_;
    std::unordered_map<std::uint64_t, std::string> names_;
    std::vector<std::uint64_t> depths_, free_slots_;
    std::uint64_t thread_ = 0, arena_ = 0, tag_ = 0, made_ = 0, slots_ = 0, passed_over_ = 0;
    bool has_arena_ = false;
};

namespace detail {
/// Reads a whole trace into a writer: what was wrong, if something was.
template <class Writer>
std::optional<flaw> rewrite(reader& from, Writer& to) {
    for (event e; from.next(e);) to.put(e);
    if (from.wrong()) return from.wrong();
    record end;
    to.put(end);
    return {};
}
}  // namespace detail

/// The same trace in the other form, or in the same, with dense numbers; what was wrong with it, if something was.
inline std::optional<flaw> to_text(std::span<const unsigned char> trace, std::string& to) {
    reader from(trace);
    text_writer writer(to, from.flags());
    return detail::rewrite(from, writer);
}
inline std::optional<flaw> to_binary(std::span<const unsigned char> trace, std::vector<unsigned char>& to) {
    reader from(trace);
    binary_writer writer(to, from.flags());
    return detail::rewrite(from, writer);
}

}  // namespace alloy::inline ALLOY_ABI::trace
