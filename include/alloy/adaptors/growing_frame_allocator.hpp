#pragma once
/// A frame allocator for Boost's containers that grow where they stand: while a buffer is the last thing made in its frame, it is made longer
/// instead of being copied.
///
/// Cost: eight bytes in front of each buffer, which say how long it is; an element aligned to more pays that much. Choose it, as
/// growing_frame_vector, where growth dominates. Equality and propagation are frame_allocator's.
/// Source: the version-2 allocator interface of Boost.Container.
#include <cstddef>

#include <boost/container/container_fwd.hpp>
#include <boost/container/detail/allocation_type.hpp>
#include <boost/container/detail/version_type.hpp>

#include <alloy/adaptors/frame_allocator.hpp>

namespace alloy::inline ALLOY_ABI {

template <class T>
class growing_frame_allocator : public frame_allocator<T> {
    static constexpr std::size_t front = alignof(T) > sizeof(std::size_t) ? alignof(T) : sizeof(std::size_t);
    static std::size_t& bytes_of(T* buffer) noexcept { return *(reinterpret_cast<std::size_t*>(buffer) - 1); }

public:
    using version = boost::container::dtl::version_type<growing_frame_allocator, 2>;  // tells Boost of allocation_command

    using frame_allocator<T>::frame_allocator;
    template <class U>
    growing_frame_allocator(const growing_frame_allocator<U>& other) noexcept : frame_allocator<T>(other) {}
    template <class U>
    struct rebind {
        using other = growing_frame_allocator<U>;
    };

    [[nodiscard]] T* allocate(std::size_t n) {
        if (n > (max_bytes - front) / sizeof(T)) detail::throw_or_die<std::bad_array_new_length>("a container asked for more than there can be");
        void* at;
        if (!this->frame().take(front + n * sizeof(T), front, at)) detail::throw_or_die<std::bad_alloc>("a container in a frame ran out of memory");
        T* buffer = reinterpret_cast<T*>(static_cast<std::byte*>(at) + front);
        bytes_of(buffer) = front + n * sizeof(T);
        return buffer;
    }
    /// Expands the buffer at `reuse` to `preferred` elements where asked and possible, else allocates; says in `preferred` how many there are.
    T* allocation_command(boost::container::allocation_type command, std::size_t least, std::size_t& preferred, T*& reuse) {
        if (reuse && (command & boost::container::expand_fwd)) {
            void* const start = reinterpret_cast<std::byte*>(reuse) - front;
            for (const std::size_t n : {preferred, least}) {
                if (n > (max_bytes - front) / sizeof(T) || !this->frame().resize_last(start, bytes_of(reuse), front + n * sizeof(T))) continue;
                bytes_of(reuse) = front + n * sizeof(T);
                preferred = n;
                return reuse;
            }
        }
        reuse = nullptr;
        if (command & boost::container::allocate_new) return allocate(preferred);
        if (!(command & boost::container::nothrow_allocation)) detail::throw_or_die<std::bad_alloc>("a container in a frame could not grow in place");
        return nullptr;
    }
};

}  // namespace alloy
