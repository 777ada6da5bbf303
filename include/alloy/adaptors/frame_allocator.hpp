#pragma once
/// A standard allocator over a frame: one type per element, whatever the composition.
///
/// `allocate(n)` gives uninitialised memory for n elements until the frame ends and never null: std::bad_array_new_length where the product of n
/// and the size cannot be, std::bad_alloc where there is no memory and the fallback policy returns or throws; the program's end without exceptions.
/// `deallocate` does nothing.
/// Two are equal when their frame is the same. Nothing propagates, so elements are moved between frames, never a dying frame's memory.
#include <cstddef>
#include <new>
#include <type_traits>

#include <alloy/core/layout.hpp>
#include <alloy/core/lease.hpp>
#include <alloy/core/raise.hpp>

namespace alloy::inline ALLOY_ABI {

template <class T>
class frame_allocator {
public:
    using value_type = T;
    using propagate_on_container_copy_assignment = std::false_type;
    using propagate_on_container_move_assignment = std::false_type;
    using propagate_on_container_swap = std::false_type;
    using is_always_equal = std::false_type;

    frame_allocator(frame_ref frame) noexcept : frame_(&frame) {}  // implicit, so that a container takes the frame itself
    template <class U>
    frame_allocator(const frame_allocator<U>& other) noexcept : frame_(&other.frame()) {}

    [[nodiscard, gnu::always_inline]] T* allocate(std::size_t n) {
        void* at;
        if (__builtin_constant_p(n) && n == 1) {
            if (frame_->template take<sizeof(T), alignof(T)>(at)) [[likely]] return static_cast<T*>(at);
        } else {
            if (sizeof(T) > 1 && n > max_bytes / sizeof(T)) [[unlikely]]
                detail::throw_or_die<std::bad_array_new_length>("a container asked for more than there can be");
            if (frame_->take(n * sizeof(T), alignof(T), at)) [[likely]] return static_cast<T*>(at);
        }
        detail::throw_or_die<std::bad_alloc>("a container in a frame ran out of memory");
    }
    void deallocate(T*, std::size_t) noexcept {}

    frame_ref frame() const noexcept { return *frame_; }

    template <class U>
    friend bool operator==(const frame_allocator& a, const frame_allocator<U>& b) noexcept {
        return &a.frame() == &b.frame();
    }

private:
    lease* frame_;
};

}  // namespace alloy
