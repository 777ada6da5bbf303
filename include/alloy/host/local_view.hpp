#pragma once
/// An allocator as one thread sees it: the look-up of what the thread has of it is done once, not at each call. `auto mine = memory.local();`
///
/// Cost: with an engine per thread two words, else one; a call takes what one of a single-threaded allocator takes, and, where something is given back, a
/// comparison of whose it is. Frames and objects are those of the allocator: a pool_ptr made here ends anywhere, by the allocator's own way.
/// Choose it for loops that open many frames, or take and give back raw memory. Code for any threading may ask for one: it is never slower.
/// Thread rules: belongs to the thread that called local(), until the thread's thread-local objects have ended, and no longer than the allocator. It may be
/// copied. With an engine per thread another thread may not use it; `checking::guarded` reports that, and serves the thread with what is its own.
#include <cstddef>
#include <utility>

#include <alloy/contracts/threading.hpp>
#include <alloy/core/misuse.hpp>
#include <alloy/core/result.hpp>
#include <alloy/engines/object_store.hpp>

namespace alloy::inline ALLOY_ABI {

namespace detail {
/// The calling thread's cache, where threads have one.
template <class Cache, bool Has>
struct known_cache {
    Cache* cache;
};
template <class Cache>
struct known_cache<Cache, false> {};
}  // namespace detail

template <class Allocator>
class local_view {
    using cache_type = typename Allocator::cache_type;
    static constexpr bool is_apart = Allocator::is_apart, has_frame = Allocator::lifetimes::has_frame;
    static constexpr bool watches = is_apart && Allocator::checking_type::guards && Allocator::checking_type::reports;

public:
    template <class T>
    using pool_ptr = typename Allocator::template pool_ptr<T>;
    template <class T>
    using heap_ptr = typename Allocator::template heap_ptr<T>;
    using frame_type = typename Allocator::frame_type;

    /// The allocator, for what has no thread of its own.
    Allocator& memory() const noexcept { return *memory_; }

    // As the calls of the allocator that are named so ------------------------------------------------------------------------------

    [[nodiscard]] frame_type frame() const {
        if constexpr (is_apart && has_frame)
            if (cache_type* const known = mine()) return frame_type(known->arena);
        return memory_->frame();
    }
    [[nodiscard]] result<frame_type> try_frame() const noexcept {
        if constexpr (is_apart && has_frame)
            if (cache_type* const known = mine()) return Allocator::try_frame_in(known->arena);
        return memory_->try_frame();
    }

    template <class T, class... Args>
    [[gnu::always_inline]] auto make_pooled(Args&&... args) const {
        return memory_->template make<T, place::by_size>(nullptr, mine(), static_cast<Args&&>(args)...);
    }
    template <class T, class... Args>
    [[gnu::always_inline]] auto try_make_pooled(Args&&... args) const {
        return memory_->template try_make<T, place::by_size>(mine(), static_cast<Args&&>(args)...);
    }
    template <class T, class... Args>
    [[gnu::always_inline]] auto make_heap(Args&&... args) const {
        return memory_->template make_heap<T>(static_cast<Args&&>(args)...);
    }
    template <class T, class... Args>
    [[gnu::always_inline]] auto try_make_heap(Args&&... args) const {
        return memory_->template try_make_heap<T>(static_cast<Args&&>(args)...);
    }
    template <class T, class... Args>
    [[gnu::always_inline]] auto make_transfer(Args&&... args) const {
        return memory_->template make_message<T>(nullptr, mine(), static_cast<Args&&>(args)...);
    }
    template <class T, class... Args>
    [[gnu::always_inline]] auto try_make_transfer(Args&&... args) const {
        return memory_->template try_make_message<T>(mine(), static_cast<Args&&>(args)...);
    }

    [[nodiscard, gnu::always_inline]] void* allocate(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) const {
        return memory_->objects().take(bytes, alignment, place::by_size, nullptr, mine());
    }
    [[nodiscard, gnu::always_inline]] result<void*> try_allocate(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) const noexcept {
        alloc_error error;
        void* const p = memory_->objects().take(bytes, alignment, place::by_size, &error, mine());
        if (!p) return error;
        return p;
    }
    /// Also what another view, another thread or the allocator itself has given.
    [[gnu::always_inline]] void deallocate(void* p, std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) const noexcept(!Allocator::deallocate_throws) {
        memory_->objects().give(p, bytes, alignment, mine());
    }
    [[nodiscard, gnu::always_inline]] void* reallocate(void* p, std::size_t bytes, std::size_t new_bytes, std::size_t alignment = alignof(std::max_align_t)) const {
        return p ? memory_->reallocate(p, bytes, new_bytes, alignment) : allocate(new_bytes, alignment);
    }

private:
    friend Allocator;
    explicit local_view(Allocator& memory, cache_type* known = nullptr) noexcept : memory_(&memory) {
        if constexpr (is_apart) {
            known_.cache = known;
            known->is_known = true;
        } else {
            static_cast<void>(known);
        }
    }

    /// The thread's cache. Null where there are none, or, after a report, where this is another thread.
    [[gnu::always_inline]] cache_type* mine() const noexcept {
        if constexpr (is_apart) {
            if constexpr (watches)
                if (!memory_->knows(known_.cache)) return nullptr;
            if (!known_.cache) __builtin_unreachable();
            return known_.cache;
        } else {
            return nullptr;
        }
    }

    Allocator* memory_;
    [[no_unique_address]] detail::known_cache<cache_type, is_apart> known_;
};

}  // namespace alloy
