#pragma once
/// A WAD file's directory and lumps, read into a frame with every offset checked.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include <alloy/allocator.hpp>

namespace engine {

struct bad_wad : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Little-endian integers at byte offset `at`; the caller knows that they are there.
inline std::uint16_t u16(std::span<const unsigned char> bytes, std::size_t at) {
    return static_cast<std::uint16_t>(bytes[at] | bytes[at + 1] << 8);
}
inline std::int16_t i16(std::span<const unsigned char> bytes, std::size_t at) { return static_cast<std::int16_t>(u16(bytes, at)); }
inline std::uint32_t u32(std::span<const unsigned char> bytes, std::size_t at) {
    return u16(bytes, at) | static_cast<std::uint32_t>(u16(bytes, at + 2)) << 16;
}

class wad {
public:
    wad(const std::string& path, alloy::frame_ref frame) : path_(path), file_(path, std::ios::binary), frame_(frame) {
        if (!file_) throw bad_wad("cannot open " + path + "; install Debian's package freedoom or name a WAD with --wad");
        file_.seekg(0, std::ios::end);
        size_ = static_cast<std::uint64_t>(file_.tellg());
        const auto head = size_ < 12 ? std::span<const unsigned char>() : read(0, 12);
        const std::string_view magic(reinterpret_cast<const char*>(head.data()), head.empty() ? 0 : 4);
        if (magic != "IWAD" && magic != "PWAD") throw bad_wad(path + " is not a WAD file");
        count_ = u32(head, 4);
        directory_ = read(u32(head, 8), std::uint64_t{16} * count_);
    }
    std::size_t lumps() const { return count_; }
    /// The first lump of this name at `from` or later, or lumps().
    std::size_t find(std::string_view name, std::size_t from = 0) const {
        for (; from < count_; ++from) {
            const char* at = reinterpret_cast<const char*>(directory_.data()) + from * 16 + 8;
            if (std::string_view(at, static_cast<std::size_t>(std::find(at, at + 8, '\0') - at)) == name) break;
        }
        return from;
    }
    std::span<const unsigned char> lump(std::size_t index) {
        return read(u32(directory_, index * 16), u32(directory_, index * 16 + 4));
    }

private:
    std::span<const unsigned char> read(std::uint64_t at, std::uint64_t bytes) {
        if (at > size_ || bytes > size_ - at) throw bad_wad(path_ + " is truncated: data lies beyond its end");
        auto to = frame_.make_span_for_overwrite<unsigned char>(static_cast<std::size_t>(bytes));
        file_.seekg(static_cast<std::streamoff>(at));
        if (!file_.read(reinterpret_cast<char*>(to.data()), static_cast<std::streamsize>(bytes))) throw bad_wad(path_ + " cannot be read");
        return to;
    }

    std::string path_;
    std::ifstream file_;
    alloy::frame_ref frame_;
    std::uint64_t size_ = 0;
    std::size_t count_ = 0;
    std::span<const unsigned char> directory_;
};

}  // namespace engine
