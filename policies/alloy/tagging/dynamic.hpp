#pragma once
/// Up to Max tags whose names are known at run time: `auto enemies = my_tags::define("enemies/orcs");`, then `auto scope = memory.tag(enemies);`.
///
/// Cost: as `tagging::scoped`, and one table of names per policy type, of some 70 bytes each. Domain sets tables apart: allocators that name the same
/// policy share its tags. Choose it for what comes from files, scripts and plug-ins. Thread rules: all of it may be called by any thread at any time;
/// a name once defined stays.
#include <cstddef>
#include <cstring>

#include <alloy/contracts/tagging.hpp>
#include <alloy/core/atomic.hpp>
#include <alloy/core/error.hpp>
#include <alloy/core/result.hpp>

namespace alloy::tagging {

template <std::size_t Max, class Domain = void>
class dynamic {
public:
    using axis = tagging::axis;
    static constexpr std::size_t count = 1 + Max;
    static constexpr bool switches = true;
    /// Longer names are cut.
    static constexpr std::size_t longest_name = 63;

    /// The index of a tag so named, which is defined if it was not before; refusal::too_large where Max names are defined already, or the name is
    /// empty.
    [[nodiscard]] static result<std::size_t> try_define(const char* wanted) noexcept {
        char text[longest_name + 1]{};
        std::strncpy(text, wanted, longest_name);
        if (*text == '\0') return alloc_error{refusal::too_large, "a tag without a name", 0, 0};
        for (std::size_t tag = 1; tag < count; ++tag) {
            entry& e = entries[tag];
            std::size_t state = e.state.load(alloy::detail::order::acquire);
            if (state == empty && e.state.compare_exchange(state, being_written, alloy::detail::order::acquire, alloy::detail::order::acquire)) {
                std::memcpy(e.name, text, sizeof text);
                e.state.store(written, alloy::detail::order::release);  // publishes the name
                return tag;
            }
            while (state == being_written) state = e.state.load(alloy::detail::order::acquire);  // some 70 bytes are being copied
            if (std::strcmp(e.name, text) == 0) return tag;
        }
        return alloc_error{refusal::too_large, "tags of tagging::dynamic", count, Max};
    }
    /// The same; tag 0, "untagged", where there is no room for it.
    [[nodiscard]] static std::size_t define(const char* wanted) noexcept {
        const auto tag = try_define(wanted);
        return tag ? *tag : 0;
    }
    static const char* name(std::size_t tag) noexcept {
        static_assert(Max < 4096, "alloy: tagging::dynamic<Max> has at most 4095 tags; choose another number");
        if (tag == 0) return untagged::name(0);
        return entries[tag].state.load(alloy::detail::order::acquire) == written ? entries[tag].name : "(not defined)";
    }
    static std::size_t index_of(const char* wanted) noexcept {
        for (std::size_t tag = 0; tag < count; ++tag)
            if (std::strncmp(name(tag), wanted, longest_name) == 0) return tag;
        return count;
    }
    /// How many are defined, "untagged" included.
    static std::size_t defined() noexcept {
        std::size_t n = 1;
        while (n < count && entries[n].state.load(alloy::detail::order::acquire) == written) ++n;
        return n;
    }

private:
    static constexpr std::size_t empty = 0, being_written = 1, written = 2;
    struct entry {
        alloy::detail::atomic<std::size_t> state;
        char name[longest_name + 1]{};
    };
    static inline constinit entry entries[count];
};

}  // namespace alloy::tagging
