#pragma once
/// A frame allocator that tells Boost.Container's vector that it can grow in place (their "version 2" allocator interface).
///
/// Cost: a word beside the frame's pointer: the bytes of the buffer given last. Expansion works while nothing else was allocated since.
/// See: Boost.Container, "Extended functionality: Extended allocators".
#include <cstddef>

#include <boost/container/container_fwd.hpp>
#include <boost/container/detail/allocation_type.hpp>
#include <boost/container/detail/version_type.hpp>

#include <alloy/adaptors/frame_allocator.hpp>

namespace alloy {

template <class T>
class growing_frame_allocator : public frame_allocator<T> {
public:
    using version = boost::container::dtl::version_type<growing_frame_allocator, 2>;
    using pointer = T*;
    using const_pointer = const T*;
    using size_type = std::size_t;
    template <class U>
    struct rebind {
        using other = growing_frame_allocator<U>;
    };

    using frame_allocator<T>::frame_allocator;

    [[nodiscard]] T* allocate(std::size_t n) {
        T* at = frame_allocator<T>::allocate(n);
        bytes_ = n * sizeof(T);
        return at;
    }
    /// Expands the buffer at `reuse` to `preferred` elements where asked and possible, else allocates; says in `preferred` how many there are.
    T* allocation_command(boost::container::allocation_type command, std::size_t least, std::size_t& preferred, T*& reuse) {
        if (reuse && (command & boost::container::expand_fwd)) {
            for (const std::size_t n : {preferred, least}) {
                if (n > max_bytes / sizeof(T) || !this->frame().resize_last(reuse, bytes_, n * sizeof(T))) continue;
                bytes_ = n * sizeof(T);
                preferred = n;
                return reuse;
            }
        }
        if (!(command & boost::container::allocate_new)) {
            reuse = nullptr;
            if (command & boost::container::nothrow_allocation) return nullptr;
            detail::throw_or_die<std::bad_alloc>("a container in a frame could not grow in place");
        }
        reuse = nullptr;
        return allocate(preferred);
    }

private:
    std::size_t bytes_ = 0;
};

}  // namespace alloy
