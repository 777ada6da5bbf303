#pragma once
/// Traces that are compressed as they are written: `tracking::recorded<trace::zstd_writer<tracking::trace_file>>`.
///
/// Needs <zstd.h>, and the program links with zstd. Cost: what the recorder hands over, all in all some nanoseconds per event at level 1; a few hundred KiB from
/// malloc, taken by open(), so that nothing is asked for while the trace is written.
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <zstd.h>

#include <alloy/trace/record.hpp>

namespace alloy::inline ALLOY_ABI::trace {

/// A writer for recorders; what it has compressed it gives to another one.
template <class Writer, int Level = 1>
class zstd_writer {
public:
    constexpr zstd_writer() noexcept = default;
    zstd_writer(const zstd_writer&) = delete;
    zstd_writer& operator=(const zstd_writer&) = delete;
    ~zstd_writer() { ZSTD_freeCCtx(stream_); }

    template <class... Args>
    bool open(Args&&... args) noexcept {
        if (!stream_) stream_ = ZSTD_createCCtx();
        if (!stream_) return false;
        ZSTD_CCtx_reset(stream_, ZSTD_reset_session_and_parameters);
        ZSTD_CCtx_setParameter(stream_, ZSTD_c_compressionLevel, Level);
        if (!writer_.open(static_cast<Args&&>(args)...)) return false;
        return put(nullptr, 0, ZSTD_e_flush) || (static_cast<void>(shut()), false);  // now it has all the memory that it will need
    }
    bool write(const void* bytes, std::size_t n) noexcept { return put(bytes, n, ZSTD_e_continue); }
    bool close() noexcept {
        const bool is_whole = put(nullptr, 0, ZSTD_e_end);
        return shut() && is_whole;
    }
    Writer& writer() noexcept { return writer_; }

private:
    bool put(const void* bytes, std::size_t n, ZSTD_EndDirective how) noexcept {
        ZSTD_inBuffer in{bytes, n, 0};
        for (;;) {
            ZSTD_outBuffer out{buffer_, sizeof buffer_, 0};
            const std::size_t left = ZSTD_compressStream2(stream_, &out, &in, how);
            if (ZSTD_isError(left) || (out.pos > 0 && !writer_.write(buffer_, out.pos))) return false;
            if (how == ZSTD_e_continue ? in.pos == in.size : left == 0) return true;
        }
    }
    bool shut() noexcept {
        if constexpr (requires { { writer_.close() } -> std::same_as<bool>; }) {
            return writer_.close();
        } else {
            if constexpr (requires { writer_.close(); }) writer_.close();
            return true;
        }
    }

    ZSTD_CCtx* stream_ = nullptr;
    [[no_unique_address]] Writer writer_{};
    unsigned char buffer_[4096] = {};
};

inline bool is_zstd(std::span<const unsigned char> bytes) noexcept {
    return bytes.size() >= 4 && bytes[0] == 0x28 && bytes[1] == 0xB5 && bytes[2] == 0x2F && bytes[3] == 0xFD;
}
/// What was compressed; what is wrong with it, if something is.
inline std::optional<flaw> unzstd(std::span<const unsigned char> bytes, std::vector<unsigned char>& to) {
    ZSTD_DCtx* const stream = ZSTD_createDCtx();
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    std::size_t left = 1;
    std::vector<unsigned char> part(ZSTD_DStreamOutSize());
    while (stream && left != 0) {
        ZSTD_outBuffer out{part.data(), part.size(), 0};
        left = ZSTD_decompressStream(stream, &out, &in);
        if (ZSTD_isError(left)) break;
        to.insert(to.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(out.pos));
        if (in.pos == in.size && out.pos < out.size) break;
    }
    ZSTD_freeDCtx(stream);
    if (ZSTD_isError(left)) return flaw{std::string("zstd: ") + ZSTD_getErrorName(left), in.pos, false};
    if (left != 0) return flaw{"the compressed trace breaks off", in.pos, false};
    if (in.pos != in.size) return flaw{"something follows the compressed trace", in.pos, false};
    return {};
}

}  // namespace alloy::inline ALLOY_ABI::trace
