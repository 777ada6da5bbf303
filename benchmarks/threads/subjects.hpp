#pragma once
/// Where the workloads take their memory. A subject is what threads share; its `lane` is what one thread at a time works with:
///
/// | expression | meaning |
/// |---|---|
/// | `typename S::lane(subject)` | made in the thread that is to use it; a lane may be handed over with what was taken from it |
/// | `lane.take(bytes)` | memory, aligned to 16; ends the program where there is none |
/// | `lane.give(p, bytes)` | takes it back; with a shared subject, from whichever lane it was taken |
/// | `auto frame = lane.frame(); frame.make()` | objects that go together when the scope ends, where `S::has_frames` |
///
/// All state is escaped: a compiler that sees it would keep heads and cursors in registers.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <utility>
#include <vector>

#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#include "../peers/hand_written.hpp"
#include "measure.hpp"

namespace subjects {

struct object {
    std::uint64_t words[4];
};

inline void* given(void* p) {
    if (!p) [[unlikely]]
        measure::fail("a request was refused");
    return p;
}

/// `Held` is the allocator's reference, or what its `local()` gives.
template <class Memory, class Held = Memory&>
class alloy_lane {
public:
    explicit alloy_lane(Held memory) : memory_(memory) {}
    [[gnu::always_inline]] void* take(std::size_t bytes) { return given(memory_.allocate(bytes)); }
    [[gnu::always_inline]] void give(void* p, std::size_t bytes) { memory_.deallocate(p, bytes); }
    class frame_of {
    public:
        explicit frame_of(const Held& memory) : frame_(memory.frame()) {}
        [[gnu::always_inline]] object* make() { return static_cast<object*>(given(frame_.template make_for_overwrite<object>())); }

    private:
        typename Memory::frame_type frame_;
    };
    frame_of frame() { return frame_of(memory_); }

private:
    Held memory_;
};

/// One allocator for all threads.
template <class Memory>
class shared {
public:
    static constexpr bool has_frames = Memory::lifetimes::has_frame;
    shared() { measure::escape(memory_); }
    Memory& memory() { return memory_; }
    class lane : public alloy_lane<Memory> {
    public:
        explicit lane(shared& s) : alloy_lane<Memory>(s.memory_) {}
    };

private:
    Memory memory_;
};

/// The same, each thread with `memory.local()`: a lane stays with its thread.
template <class Memory>
class shared_local {
    using view = decltype(std::declval<Memory&>().local());

public:
    static constexpr bool has_frames = Memory::lifetimes::has_frame;
    shared_local() { measure::escape(memory_); }
    class lane : public alloy_lane<Memory, view> {
    public:
        explicit lane(shared_local& s) : alloy_lane<Memory, view>(s.memory_.local()) {}
    };

private:
    Memory memory_;
};

/// An allocator for each thread.
template <class Memory>
class own {
    struct part {
        part() { measure::escape(memory); }
        Memory memory;
    };

public:
    static constexpr bool has_frames = Memory::lifetimes::has_frame, lanes_own_memory = true;
    class lane : part, public alloy_lane<Memory> {
    public:
        explicit lane(own&) : alloy_lane<Memory>(part::memory) {}
    };
};

/// An arena and free lists for each thread, as an expert writes them.
class by_hand {
public:
    static constexpr bool has_frames = true;
    class lane {
    public:
        explicit lane(by_hand&) { measure::escape(*this); }
        [[gnu::always_inline]] void* take(std::size_t bytes) { return lists_.take(rounded(bytes)); }
        [[gnu::always_inline]] void give(void* p, std::size_t bytes) { lists_.give(p, rounded(bytes)); }
        struct frame_of {
            explicit frame_of(hand_written::arena& arena) : arena_(arena) { arena_.reset(); }
            [[gnu::always_inline]] object* make() { return arena_.take<object>(); }
            hand_written::arena& arena_;
        };
        frame_of frame() { return frame_of(arena_); }

    private:
        static constexpr std::size_t rounded(std::size_t bytes) { return (bytes + 15) & ~std::size_t{15}; }
        hand_written::arena arena_;
        hand_written::free_lists lists_;
    };
};

/// The program's malloc, whatever that is. A frame frees its objects one by one.
class general_purpose {
public:
    static constexpr bool has_frames = true;
    class lane {
    public:
        explicit lane(general_purpose&) {}
        [[gnu::always_inline]] void* take(std::size_t bytes) { return given(std::malloc(bytes)); }
        [[gnu::always_inline]] void give(void* p, std::size_t) { std::free(p); }
        class frame_of {
        public:
            explicit frame_of(std::vector<void*>& made) : made_(made) {}
            frame_of(const frame_of&) = delete;
            ~frame_of() {
                for (void* p : made_) std::free(p);
                made_.clear();
            }
            [[gnu::always_inline]] object* make() {
                made_.push_back(given(std::malloc(sizeof(object))));
                return static_cast<object*>(made_.back());
            }

        private:
            std::vector<void*>& made_;
        };
        frame_of frame() { return frame_of(made_); }

    private:
        std::vector<void*> made_;
    };
};

struct single_threaded : alloy::allocator<> {};
/// One frame at a time for all threads, so it is measured without frames.
struct spin_locked : alloy::allocator<alloy::threading::spin_locked, alloy::lifetime::pool, alloy::lifetime::heap> {};
struct thread_cached : alloy::allocator<alloy::threading::thread_cached> {};

}  // namespace subjects
