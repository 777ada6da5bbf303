#pragma once
/// A deliberately hard policy per axis, written against the contracts alone: what later parts of Alloy will need of them.
#include <cstddef>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

#include <alloy/allocator.hpp>

namespace test {

/// Three tags, switched by scopes.
struct three_tags {
    using axis = alloy::tagging::axis;
    static constexpr std::size_t count = 3;
    static constexpr bool switches = true;
    static constexpr const char* names[] = {"rest", "physics", "sound"};
    static constexpr const char* name(std::size_t i) noexcept { return names[i]; }
    static constexpr std::size_t index_of(const char* tag) noexcept {
        std::size_t i = 0;
        while (i < count && std::string_view(names[i]) != tag) ++i;
        return i;
    }
};

/// At most Physics bytes used under the tag "physics"; all others are free.
template <std::size_t Physics>
struct physics_budget {
    using axis = alloy::budget::axis;
    static constexpr bool bounds_held = false, bounds_used = true;
    static constexpr alloy::used_bound bounds[] = {{"physics", Physics}};
};

/// At most N bytes used at once, under whatever tag.
template <std::size_t N>
struct frame_budget {
    using axis = alloy::budget::axis;
    static constexpr bool bounds_held = false, bounds_used = true;
    static constexpr alloy::used_bound bounds[] = {{"", N}};
};

/// Fences of 16 bytes, looked at when the frame ends.
class fenced {
public:
    using axis = alloy::checking::axis;
    static constexpr bool poisons = false, guards = true, reports = true, throws = false;
    static constexpr std::size_t front = 32, back = 16;
    void on_allocate(void* at, std::size_t bytes, void*& chain) noexcept {
        auto* f = ::new (static_cast<char*>(at) - front) fence{chain, bytes, 0xFE9CE, 0};
        chain = f;
        std::memset(static_cast<char*>(at) + bytes, 0xFD, back);
    }
    void on_close(void*& chain, const char*) noexcept {
        for (auto* f = static_cast<fence*>(chain); f; f = static_cast<fence*>(f->before)) look(f);
        chain = nullptr;
    }
    void on_make(const alloy::object_note& made) noexcept {
        void* nobody = nullptr;
        on_allocate(made.at, made.bytes, nobody);
        ++objects;
    }
    bool on_release(const alloy::object_note& freed) noexcept {
        auto* f = reinterpret_cast<fence*>(static_cast<char*>(freed.at) - front);
        if (f->mark != 0xFE9CE || f->bytes != freed.bytes) return ++broken, false;
        look(f);
        f->mark = 0;
        --objects;
        return true;
    }
    void on_end(const char*) noexcept {}
    void on_thread(const char*) noexcept {}
    void on_fault(const alloy::misuse&) noexcept { ++faults; }
    std::size_t checked = 0, broken = 0, faults = 0, objects = 0;

private:
    struct fence {
        void* before;
        std::size_t bytes, mark, unused;
    };
    void look(fence* f) noexcept {
        ++checked;
        const auto* behind = reinterpret_cast<const unsigned char*>(f) + front + f->bytes;
        for (std::size_t i = 0; i < back; ++i) broken += behind[i] != 0xFD;
    }
    static_assert(sizeof(fence) == front);
};

/// What is retained goes to the pool; large things are let go.
struct promote_to_pool {
    using axis = alloy::retention::axis;
    static constexpr bool retains = true, uses_pool = true, uses_heap = false;
    static alloy::destination destination(const alloy::survivor& object) noexcept {
        return object.bytes <= 256 ? alloy::destination::pool : alloy::destination::discarded;
    }
};

/// First asks again twice, then takes from another allocator's kind of memory, then gives up quietly.
struct chained {
    using axis = alloy::fallback::axis;
    static constexpr bool retries = true, provides = true, asks_heap = false, is_concurrent = false;
    bool retry(const alloy::alloc_error&, unsigned attempt) noexcept {
        ++retried;
        return attempt < 2;
    }
    void* provide(std::size_t bytes, std::size_t alignment) noexcept {
        ++provided;
        return ::operator new(bytes, std::align_val_t{alignment}, std::nothrow);
    }
    [[gnu::noinline]] void take_back(void* at, std::size_t, std::size_t alignment) noexcept {  // else g++ takes it to be upstream's memory that is deleted
        ++taken_back;
        ::operator delete(at, std::align_val_t{alignment});
    }
    static void give_up(const alloy::alloc_error&) noexcept {}
    int retried = 0, provided = 0, taken_back = 0;
};

/// Tells every event to a function, with what it was given beside.
struct observer {
    using axis = alloy::tracking::axis;
    using watches = alloy::events<alloy::block_event, alloy::frame_event, alloy::alloc_error>;
    void on(const alloy::block_event& e) noexcept { ++(e.what == alloy::block_event::kind::over_budget ? over_budget : blocks); }
    void on(const alloy::frame_event& e) noexcept { ++(e.what == alloy::frame_event::kind::opened ? opened : closed); }
    void on(const alloy::alloc_error& e) noexcept {
        ++refusals;
        last = e;
    }
    int blocks = 0, over_budget = 0, opened = 0, closed = 0, refusals = 0;
    alloy::alloc_error last;
};

/// Writes down each allocation, for replay.
struct recorder {
    using axis = alloy::tracking::axis;
    using watches = alloy::events<alloy::frame_event, alloy::frame_allocation>;
    void on(const alloy::frame_event& e) noexcept { log.push_back(e.what == alloy::frame_event::kind::opened ? -1 : -2); }
    void on(const alloy::frame_allocation& e) noexcept { log.push_back(static_cast<long>(e.bytes)); }
    std::vector<long> log;
};

}  // namespace test
