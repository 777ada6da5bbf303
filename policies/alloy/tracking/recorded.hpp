#pragma once
/// Writes an allocation trace: `recorded<>` into a file, `recorded<Writer>` wherever a writer of yours puts it. docs/traces.md describes the format.
///
///     memory.tracking().start("physics.trace");   // nothing is recorded before
///     memory.mark("level loaded");
///     memory.tracking().stop();                    // or the allocator's end
///
/// A writer has `write(const void*, std::size_t) noexcept`, which says whether it took the bytes, and `open(args...)`, called by start(args...), which says
/// whether it is ready; if it has `close() noexcept`, that is called at the end, and may say whether all went well. It must not allocate from the allocator that it records.
///
/// Cost: a few nanoseconds per event, and what each event that is told one by one costs (see <alloy/contracts/tracking.hpp>). `Buffer` bytes in the allocator: memory for
/// nothing else is needed. It is given to the writer when an outermost frame ends with more than half of it full, and in the middle of a frame only where it is full;
/// nothing is ever left out. A writer that fails ends the recording: see failed().
/// Choose it when a program's requests are to be replayed, or looked at afterwards.
/// Thread rules: events come under the allocator's lock; call start(), flush() and stop() while no other thread uses the allocator.
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <utility>

#include <alloy/contracts/tracking.hpp>
#include <alloy/core/thread.hpp>
#include <alloy/core/trace_format.hpp>

namespace alloy::tracking {

/// A file, written without a buffer of the library's.
class trace_file {
public:
    trace_file() = default;
    trace_file(const trace_file&) = delete;
    trace_file& operator=(const trace_file&) = delete;
    ~trace_file() {
        if (file_) close();
    }

    bool open(const char* path) noexcept {
        file_ = std::fopen(path, "wb");
        if (file_) std::setvbuf(file_, nullptr, _IONBF, 0);
        return file_ != nullptr;
    }
    bool write(const void* bytes, std::size_t n) noexcept { return std::fwrite(bytes, 1, n, file_) == n; }
    bool close() noexcept { return std::fclose(std::exchange(file_, nullptr)) == 0; }

private:
    std::FILE* file_ = nullptr;
};

template <class Writer = trace_file, std::size_t Buffer = 16 * 1024>
class recorded {
public:
    using axis = tracking::axis;
    using watches = events<block_event, frame_event, frame_allocation, object_made, object_freed, transfer_event, promotion_event, mark_event, alloc_error>;

    constexpr recorded() noexcept = default;
    recorded(const recorded&) = delete;
    recorded& operator=(const recorded&) = delete;
    ~recorded() {
        if (is_on_) stop();
    }

    /// Begins a trace: whether the writer opened with these arguments. One that was being written ends before.
    template <class... Args>
    bool start(Args&&... args) noexcept {
        if (is_on_) stop();
        if (!writer_.open(static_cast<Args&&>(args)...)) return false;
        for (std::uint64_t& word : named_) word = 0;
        records_ = thread_ = arena_ = tag_ = key_ = filled_ = 0;
        has_failed_ = false;
        is_on_ = true;
        trace::pen to(buffer_);
        for (const unsigned char c : trace::magic) *(buffer_ + filled_++) = c;
        to = trace::pen(buffer_ + filled_);
        to.number(trace::version);
        to.number(was_used_ ? trace::partial : 0);
        keep(to);
        was_used_ = true;
        return true;
    }
    /// Hands what is in the buffer to the writer: whether it took it.
    bool flush() noexcept {
        if (filled_ > 0 && is_on_ && !writer_.write(buffer_, filled_)) {
            has_failed_ = true;
            finish();
        }
        filled_ = 0;
        return !has_failed_;
    }
    /// Ends the trace: whether all of it was written.
    bool stop() noexcept {
        if (!is_on_) return false;
        trace::pen to = begin_here();
        to.begin(trace::op::end);
        to.number(records_);
        keep(to);
        if (!flush()) return false;
        finish();
        return !has_failed_;
    }
    bool is_recording() const noexcept { return is_on_; }
    /// Whether the writer refused bytes of the last trace, which ends there.
    bool failed() const noexcept { return has_failed_; }
    Writer& writer() noexcept { return writer_; }

    void on(const frame_allocation& event) noexcept {
        if (!begin(event.arena, event.tag, event.whose)) return;
        trace::pen to = record();
        to.begin_aligned(event.inside == 0 ? trace::op::take : trace::op::take_in, event.alignment);
        to.number(event.bytes);
        if (event.inside != 0) to.number(event.inside);
        keep(to);
    }
    void on(const frame_event& event) noexcept {
        if (!begin()) return;
        in(event.arena);
        trace::pen to = record();
        if (event.what == frame_event::kind::opened) {
            to.begin(trace::op::open);
            return keep(to);
        }
        to.begin(trace::op::close, (event.commits ? 1U : 0U) + (event.inside != 0 ? 2U : 0U));
        to.number(event.depth_used);
        if (event.inside != 0) to.number(event.inside);
        keep(to);
        if (event.outermost && filled_ > Buffer / 2) flush();
    }
    void on(const object_made& event) noexcept {
        if (begin(event.tag, event.whose)) made(event.in_pool ? trace::op::pool : trace::op::heap, event.at, event.bytes, event.alignment);
    }
    void on(const object_freed& event) noexcept {
        if (begin()) of_key(trace::op::free, event.at);
    }
    void on(const transfer_event& event) noexcept {
        if (event.what == transfer_event::kind::ended) {
            if (begin()) of_key(trace::op::free, event.at);
        } else if (begin(event.tag, event.whose)) {
            made(trace::op::send, event.at, event.bytes, event.alignment);
        }
    }
    void on(const promotion_event& event) noexcept {
        if (begin()) of_key(trace::op::promote, event.to);
    }
    void on(const block_event& event) noexcept {
        if (!begin()) return;
        trace::pen to = record();
        to.begin(trace::op::block, static_cast<unsigned>(event.what));
        to.number(event.bytes);
        keep(to);
    }
    void on(const alloc_error& event) noexcept {
        if (!begin()) return;
        trace::pen to = record();
        to.begin(trace::op::refusal, static_cast<unsigned>(event.reason));
        to.number(event.asked);
        to.number(event.left);
        keep(to);
    }
    void on(const mark_event& event) noexcept {
        if (begin()) text(trace::text_kind::mark, event.name);
    }

private:
    static constexpr std::uint64_t key_of(const void* at) noexcept { return reinterpret_cast<std::uintptr_t>(at) / 8; }

    /// Whether it records; then the calling thread is the current one.
    [[gnu::always_inline]] bool begin() noexcept {
        if (!is_on_) [[unlikely]] return was_used_ = true, false;
        if (const std::uint64_t mine = alloy::detail::thread_number(); mine != thread_) [[unlikely]] set(trace::context::thread, thread_ = mine);
        return is_on_;
    }
    [[gnu::always_inline]] bool begin(std::size_t tag, const char* whose) noexcept {
        if (!begin()) return false;
        if (tag + 1 != tag_) [[unlikely]] retag(tag, whose);
        return is_on_;
    }
    [[gnu::always_inline]] bool begin(const void* arena, std::size_t tag, const char* whose) noexcept {
        if (!begin(tag, whose)) return false;
        in(arena);
        return is_on_;
    }
    [[gnu::always_inline]] void in(const void* arena) noexcept {
        if (key_of(arena) != arena_) [[unlikely]] enter(key_of(arena));
    }
    [[gnu::noinline]] void enter(std::uint64_t arena) noexcept {
        trace::pen to = record();
        to.begin(trace::op::set, static_cast<unsigned>(trace::context::arena));
        to.key(arena, arena_);
        keep(to);
    }
    [[gnu::noinline]] void set(trace::context which, std::uint64_t n) noexcept {
        trace::pen to = record();
        to.begin(trace::op::set, static_cast<unsigned>(which));
        to.number(n);
        keep(to);
    }
    [[gnu::noinline]] void retag(std::size_t tag, const char* whose) noexcept {
        set(trace::context::tag, tag);
        tag_ = tag + 1;
        if (tag < 64 * words) {
            if (named_[tag / 64] >> tag % 64 & 1) return;
            named_[tag / 64] |= std::uint64_t{1} << tag % 64;
        }
        text(trace::text_kind::tag_name, whose);
    }
    [[gnu::noinline]] void text(trace::text_kind what, const char* said) noexcept {
        std::size_t n = 0;
        while (said[n]) ++n;
        trace::pen to = record();
        to.begin(trace::op::text, static_cast<unsigned>(what));
        to.number(n);
        keep(to);
        while (n > 0 && is_on_) {
            if (filled_ == Buffer) flush();
            const std::size_t part = n < Buffer - filled_ ? n : Buffer - filled_;
            for (std::size_t i = 0; i < part; ++i) buffer_[filled_ + i] = static_cast<unsigned char>(said[i]);
            filled_ += part;
            said += part;
            n -= part;
        }
    }
    [[gnu::always_inline]] void made(trace::op what, const void* at, std::size_t bytes, std::size_t alignment) noexcept {
        trace::pen to = record();
        to.begin_aligned(what, alignment);
        to.key(key_of(at), key_);
        to.number(bytes);
        keep(to);
    }
    [[gnu::always_inline]] void of_key(trace::op what, const void* at) noexcept {
        trace::pen to = record();
        to.begin(what);
        to.key(key_of(at), key_);
        keep(to);
    }

    /// Room for a record, at the end of the buffer.
    [[gnu::always_inline]] trace::pen begin_here() noexcept {
        static_assert(Buffer >= 1024, "alloy: tracking::recorded needs a buffer of at least 1024 bytes");
        if (Buffer - filled_ < trace::longest_record) [[unlikely]] flush();
        return trace::pen(buffer_ + filled_);
    }
    [[gnu::always_inline]] trace::pen record() noexcept {
        ++records_;
        return begin_here();
    }
    [[gnu::always_inline]] void keep(const trace::pen& written) noexcept { filled_ = static_cast<std::size_t>(written.at() - buffer_); }
    void finish() noexcept {
        is_on_ = false;
        if constexpr (requires { { writer_.close() } -> std::same_as<bool>; })
            has_failed_ |= !writer_.close();
        else if constexpr (requires { writer_.close(); })
            writer_.close();
    }

    static constexpr std::size_t words = 16;
    bool is_on_ = false, was_used_ = false, has_failed_ = false;
    std::size_t filled_ = 0;
    std::uint64_t records_ = 0, thread_ = 0, arena_ = 0, tag_ = 0, key_ = 0;  ///< as last written; a tag one more than its index
    std::uint64_t named_[words] = {};                                        ///< tags whose names are written; those beyond are named whenever they change
    [[no_unique_address]] Writer writer_{};
    unsigned char buffer_[Buffer] = {};
};

}  // namespace alloy::tracking
