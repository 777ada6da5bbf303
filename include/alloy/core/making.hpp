#pragma once
/// How objects and arrays are made in memory that a frame gave, and what lies in front of those whose destructors must run.
///
/// Cost: a trivially destructible type is made where it is to lie, and nothing more; others have a link and a function pointer in front of them,
/// and arrays a count besides.
#include <cstddef>
#include <new>
#include <type_traits>

#include <alloy/core/cleanup.hpp>
#include <alloy/core/layout.hpp>

namespace alloy::inline ALLOY_ABI::detail {

/// An object whose destructor is registered.
template <class T>
struct cleaned : cleanup {
    union {
        T value;
    };
    cleaned() noexcept {}
    ~cleaned() {}
    static void run_one(cleanup* c) noexcept { static_cast<cleaned*>(c)->value.~T(); }
};

/// In front of an array whose destructors are registered.
template <class T>
struct cleaned_array : cleanup {
    std::size_t count;
    T* elements;
    static void run_all(cleanup* c) noexcept {
        auto* self = static_cast<cleaned_array*>(c);
        for (std::size_t i = self->count; i-- > 0;) self->elements[i].~T();
    }
    static constexpr std::size_t alignment = alignof(T) > alignof(void*) ? alignof(T) : alignof(void*);
    static constexpr std::size_t front = round_up(sizeof(cleanup) + 2 * sizeof(void*), alignment);
};

template <class T>
concept makes_objects = std::is_object_v<T> && requires { sizeof(T); } && !std::is_array_v<T> && !std::is_abstract_v<T>;

/// T, or after an error something that goes through, so that the error stands alone.
template <class T>
using object_or_char = std::conditional_t<makes_objects<T>, T, char>;

/// Where an object is to be made, whatever its type says of const.
template <class T>
void* place_of(T* object) noexcept {
    return const_cast<void*>(static_cast<const volatile void*>(object));
}

/// What lies in the frame for a T.
template <class T>
using held = std::conditional_t<std::is_trivially_destructible_v<T>, T, cleaned<T>>;

struct for_overwrite_t {};
inline constexpr for_overwrite_t for_overwrite{};

template <class T, class... Args>
[[gnu::always_inline]] inline T* create(void* at, Args&&... args) {
    if constexpr (std::is_constructible_v<T, Args...>)
        return ::new (at) T(static_cast<Args&&>(args)...);
    else
        return ::new (at) T{static_cast<Args&&>(args)...};  // aggregates, also where the compiler lacks T(args...) for them
}
template <class T>
[[gnu::always_inline]] inline T* create(void* at, const for_overwrite_t&) {
    return ::new (at) T;
}

// How the elements of a span are made.
template <class T>
inline constexpr auto each_by_value = [](void* at, std::size_t) { ::new (at) T(); };
template <class T>
inline constexpr auto each_for_overwrite = [](void* at, std::size_t) { ::new (at) T; };

/// Makes elements one by one; destroys those made, last first, when a constructor throws.
template <class T>
struct building {
    T* first;
    std::size_t made = 0;
    explicit building(T* at) noexcept : first(at) {}
    building(const building&) = delete;
    ~building() {
        while (made > 0) first[--made].~T();
    }
    void release() noexcept { made = 0; }
};

}  // namespace alloy::detail
