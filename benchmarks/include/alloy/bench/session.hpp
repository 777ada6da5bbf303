#pragma once
/// Memory from whoever is measured: the same requests for all, so that workloads are written once. `with(f)` runs f(session).
///
/// A session for a frame's worth of memory gives `make<T>()`, `allocate(bytes, alignment)` and `allocator<T>()`, and with() resets. One for objects
/// that are freed one by one gives `take(bytes, alignment)`, `give(p, bytes, alignment)`, `resize(p, bytes, new_bytes, alignment)` and
/// `allocator<T>()`.
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <memory_resource>
#include <new>
#include <vector>

#include <alloy/adaptors/frame_allocator.hpp>
#include <alloy/adaptors/std_allocator.hpp>
#include <alloy/core/lease.hpp>

namespace alloy::bench {

/// A composed allocator: a frame per turn.
template <class Allocator>
class framed {
public:
    class session {
    public:
        explicit session(typename Allocator::frame_type& frame) noexcept : frame_(frame) {}
        template <class T>
        [[gnu::always_inline]] T* make() {
            return frame_.template make_for_overwrite<T>();
        }
        [[gnu::always_inline]] void* allocate(std::size_t bytes, std::size_t alignment) { return frame_.allocate(bytes, alignment); }
        template <class T>
        frame_allocator<T> allocator() noexcept {
            return frame_;
        }
        typename Allocator::frame_type& frame() noexcept { return frame_; }

    private:
        typename Allocator::frame_type& frame_;
    };
    template <class F>
    void with(F&& f) {
        auto frame = memory_.frame();
        session s(frame);
        f(s);
    }
    Allocator& memory() noexcept { return memory_; }

private:
    Allocator memory_;
};

/// malloc and free, one by one.
class general_purpose {
public:
    class session {
    public:
        explicit session(std::vector<void*>& live) noexcept : live_(live) {}
        template <class T>
        T* make() {
            return static_cast<T*>(allocate(sizeof(T), alignof(T)));
        }
        void* allocate(std::size_t bytes, std::size_t alignment) {
            void* p = alignment <= alignof(std::max_align_t) ? std::malloc(bytes)
                                                             : std::aligned_alloc(alignment, (bytes + alignment - 1) & ~(alignment - 1));
            live_.push_back(p);
            return p;
        }
        template <class T>
        std::allocator<T> allocator() noexcept {
            return {};
        }

    private:
        std::vector<void*>& live_;
    };
    general_purpose() { live_.reserve(1 << 16); }
    template <class F>
    void with(F&& f) {
        session s(live_);
        f(s);
        for (void* p : live_) std::free(p);
        live_.clear();
    }

private:
    std::vector<void*> live_;
};

/// std::pmr's monotonic resource over a buffer large enough, so that it asks nobody either.
class monotonic {
public:
    class session {
    public:
        explicit session(std::pmr::monotonic_buffer_resource& from) noexcept : from_(from) {}
        template <class T>
        T* make() {
            return static_cast<T*>(from_.allocate(sizeof(T), alignof(T)));
        }
        void* allocate(std::size_t bytes, std::size_t alignment) { return from_.allocate(bytes, alignment); }
        template <class T>
        std::pmr::polymorphic_allocator<T> allocator() noexcept {
            return &from_;
        }

    private:
        std::pmr::monotonic_buffer_resource& from_;
    };
    template <class F>
    void with(F&& f) {
        session s(resource_);
        f(s);
        resource_.release();
    }
    std::pmr::monotonic_buffer_resource& resource() noexcept { return resource_; }

private:
    std::vector<std::byte> buffer_ = std::vector<std::byte>(8 << 20);
    std::pmr::monotonic_buffer_resource resource_{buffer_.data(), buffer_.size()};
};

/// A composed allocator's pool and heap.
template <class Allocator>
class pooled {
public:
    struct session {
        Allocator& memory;
        [[gnu::always_inline]] void* take(std::size_t bytes, std::size_t alignment) { return memory.allocate(bytes, alignment); }
        [[gnu::always_inline]] void give(void* p, std::size_t bytes, std::size_t alignment) { memory.deallocate(p, bytes, alignment); }
        void* resize(void* p, std::size_t bytes, std::size_t new_bytes, std::size_t alignment) {
            return memory.reallocate(p, bytes, new_bytes, alignment);
        }
        template <class T>
        std_allocator<T, Allocator> allocator() noexcept {
            return memory;
        }
    };
    template <class F>
    void with(F&& f) {
        session s{memory_};
        f(s);
    }
    Allocator& memory() noexcept { return memory_; }

private:
    Allocator memory_;
};

/// malloc, realloc and free. Alignments up to std::max_align_t.
class general_purpose_pairs {
public:
    struct session {
        void* take(std::size_t bytes, std::size_t) { return std::malloc(bytes); }
        void give(void* p, std::size_t, std::size_t) { std::free(p); }
        void* resize(void* p, std::size_t, std::size_t new_bytes, std::size_t) { return std::realloc(p, new_bytes); }
        template <class T>
        std::allocator<T> allocator() noexcept {
            return {};
        }
    };
    template <class F>
    void with(F&& f) {
        session s;
        f(s);
    }
};

/// std::pmr's pools for one thread.
class pool_resource {
public:
    struct session {
        std::pmr::unsynchronized_pool_resource& from;
        void* take(std::size_t bytes, std::size_t alignment) { return from.allocate(bytes, alignment); }
        void give(void* p, std::size_t bytes, std::size_t alignment) { from.deallocate(p, bytes, alignment); }
        void* resize(void* p, std::size_t bytes, std::size_t new_bytes, std::size_t alignment) {
            void* const there = from.allocate(new_bytes, alignment);
            std::memcpy(there, p, bytes < new_bytes ? bytes : new_bytes);
            from.deallocate(p, bytes, alignment);
            return there;
        }
        template <class T>
        std::pmr::polymorphic_allocator<T> allocator() noexcept {
            return &from;
        }
    };
    template <class F>
    void with(F&& f) {
        session s{resource_};
        f(s);
    }

private:
    std::pmr::unsynchronized_pool_resource resource_;
};

}  // namespace alloy::bench
