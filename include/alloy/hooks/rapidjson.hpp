#pragma once
/// RapidJSON's allocators: documents in a frame, which are parsed, read and dropped, or in the pool and heap, where they may be edited for long.
///
///     alloy::rapidjson_frame json{frame};
///     rapidjson::GenericDocument<rapidjson::UTF8<>, alloy::rapidjson_frame, alloy::rapidjson_frame> document{&json, 1024, &json};
///
/// RapidJSON does not look for null, so running out throws: what the fallback policy throws, or else std::bad_alloc; without exceptions the program
/// ends. Documents and values must not outlive their frame or allocator. Each must be told its memory: one made without ends the program.
/// Cost: `rapidjson_frame` none per block, and what is replaced stays until the frame ends. `rapidjson_objects` 16 bytes per block, because RapidJSON
/// frees by pointer alone. Thread rules are those of the frame or allocator. Needs no header of RapidJSON's.
#include <cstddef>
#include <cstring>
#include <new>

#include <alloy/core/lease.hpp>
#include <alloy/core/raise.hpp>
#include <alloy/engines/object_store.hpp>

namespace alloy::inline ALLOY_ABI {

namespace detail {
[[noreturn, gnu::cold]] inline void die_without_memory() noexcept {
    die("a RapidJSON document, value or stack was made without its memory", "pass the allocator's address: document{&json, 1024, &json}");
}
[[noreturn, gnu::cold]] inline void run_out_of_json() { throw_or_die<std::bad_alloc>("a RapidJSON document ran out of memory"); }
}  // namespace detail

/// Memory until the frame ends. Grows what was allocated last where it stands, as RapidJSON's stack mostly is.
class rapidjson_frame {
public:
    static constexpr bool kNeedFree = false;

    explicit rapidjson_frame(frame_ref frame) noexcept : frame_(&frame) {}
    /// RapidJSON makes one where it was given none.
    [[noreturn]] rapidjson_frame() noexcept { detail::die_without_memory(); }

    void* Malloc(std::size_t bytes) {
        if (bytes == 0) return nullptr;
        void* at;
        if (!frame_->take(bytes, quantum, at)) [[unlikely]] detail::run_out_of_json();
        return at;
    }
    void* Realloc(void* p, std::size_t bytes, std::size_t new_bytes) {
        if (new_bytes == 0) return nullptr;
        if (!p) return Malloc(new_bytes);
        if (frame_->resize_last(p, bytes, new_bytes) || new_bytes <= bytes) return p;
        return std::memcpy(Malloc(new_bytes), p, bytes);
    }
    static void Free(void*) noexcept {}

private:
    lease* frame_;
};

/// Memory of an allocator's pool and heap, given back value by value.
/// Invariant: in front of each block stand its allocator and its size, so it may be freed by a function that knows neither.
template <class Allocator>
class rapidjson_objects {
    struct prefix {
        Allocator* home;
        std::size_t whole;  ///< bytes, the prefix included
    };

public:
    static constexpr bool kNeedFree = true;

    explicit rapidjson_objects(Allocator& memory) noexcept : memory_(&memory) {}
    [[noreturn]] rapidjson_objects() noexcept { detail::die_without_memory(); }

    void* Malloc(std::size_t bytes) {
        if (bytes == 0) return nullptr;
        const std::size_t whole = bytes > max_bytes ? bytes : bytes + sizeof(prefix);
        return put(memory_->allocate(whole, quantum), {memory_, whole});
    }
    void* Realloc(void* p, std::size_t, std::size_t bytes) {
        if (bytes == 0) return Free(p), nullptr;
        if (!p) return Malloc(bytes);
        const prefix before = *of(p);
        const std::size_t whole = bytes > max_bytes ? bytes : bytes + sizeof(prefix);
        return put(before.home->reallocate(of(p), before.whole, whole, quantum), {before.home, whole});
    }
    static void Free(void* p) noexcept(!Allocator::deallocate_throws) {
        if (!p) return;
        const prefix here = *of(p);
        here.home->deallocate(of(p), here.whole, quantum);
    }

private:
    static prefix* of(void* p) noexcept { return static_cast<prefix*>(p) - 1; }
    static void* put(void* whole, const prefix& said) {
        if (!whole) [[unlikely]] detail::run_out_of_json();
        return ::new (whole) prefix(said) + 1;
    }

    Allocator* memory_;
};

}  // namespace alloy
