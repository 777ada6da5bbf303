#pragma once
/// Handles that own what they point to: `pool_ptr<T, A>` and `heap_ptr<T, A>`, of one object or, for T[], of several side by side.
///
/// Cost: two words; a count more for arrays, and two words more where T is a base with virtual functions, which say what was made.
/// Move-only. Destroys and gives back where it ends: on any thread if the allocator's threading is concurrent. T and A may be incomplete until then,
/// so nodes may own nodes; but not a T that is a base with virtual functions.
/// Invariant: the allocator outlives its handles; one that does not is a leak that a checking policy tells.
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

#include <alloy/core/making.hpp>
#include <alloy/engines/object_store.hpp>

namespace alloy::inline ALLOY_ABI {

namespace detail {

/// Size and alignment of what was made.
struct extent {
    std::size_t bytes, alignment;
};
template <class T>
inline constexpr extent extent_of{sizeof(T), alignof(T)};

/// Whether a T may be part of a larger object: asked where a handle is named, and a class that is incomplete there is not.
template <class T>
consteval bool is_base() {
    if constexpr (requires { sizeof(T); })
        return std::has_virtual_destructor_v<T> && !std::is_final_v<T>;
    else
        return false;
}

/// One object of exactly type T.
template <class T, class Enable = void>
struct deed {
    T* object = nullptr;
    void* start() const noexcept { return place_of(object); }
    static constexpr const extent* made_as() noexcept { return &extent_of<T>; }
    template <class A>
    void end(A& allocator, place where) const noexcept(!A::throws) {
        static_assert(std::is_final_v<T> || !std::has_virtual_destructor_v<T>,
                      "alloy: a handle to a base class was named where the class was incomplete; define the class before, or make it final");
        object->~T();
        allocator.template give_as_made<sizeof(T), alignof(T)>(place_of(object), where);
    }
};
/// An object of T or a class derived from it.
template <class T>
struct deed<T, std::enable_if_t<is_base<T>()>> {
    T* object = nullptr;
    void* at = nullptr;
    const extent* what = nullptr;
    void* start() const noexcept { return at; }
    const extent* made_as() const noexcept { return what; }
    template <class A>
    void end(A& allocator, place where) const noexcept(!A::throws) {
        object->~T();
        allocator.give_as_made(at, what->bytes, what->alignment, where);
    }
};
template <class T>
struct deed<T[]> {
    T* object = nullptr;
    std::size_t count = 0;
    template <class A>
    void end(A& allocator, place where) const noexcept(!A::throws) {
        for (std::size_t i = count; i-- > 0;) object[i].~T();
        allocator.give_as_made(place_of(object), count * sizeof(T), alignof(T), where);
    }
};

/// The same type with more const, or a base with a virtual destructor.
template <class From, class To>
inline constexpr bool owns_as = std::is_convertible_v<From*, To*> && (std::is_same_v<std::remove_cv_t<From>, std::remove_cv_t<To>> || std::has_virtual_destructor_v<To>);
template <class From, class To>
inline constexpr bool owns_as<From[], To[]> = std::is_convertible_v<From*, To*> && std::is_same_v<std::remove_cv_t<From>, std::remove_cv_t<To>>;
template <class From, class To>
inline constexpr bool owns_as<From[], To> = false;
template <class From, class To>
inline constexpr bool owns_as<From, To[]> = false;
/// Whether both are names of one allocator type. Asked last, so that moving a handle asks nothing of an allocator that is incomplete there.
template <class A, class B>
inline constexpr bool same_allocator = std::is_same_v<typename A::allocator_type, typename B::allocator_type>;

}  // namespace detail

template <class T, class A, place Where>
class [[nodiscard]] owned {
    using deed_type = detail::deed<T>;
    static constexpr bool is_array = std::is_unbounded_array_v<T>;

public:
    using element_type = std::remove_extent_t<T>;
    using pointer = element_type*;

    constexpr owned() noexcept = default;
    constexpr owned(std::nullptr_t) noexcept {}
    owned(owned&& other) noexcept : deed_(std::exchange(other.deed_, deed_type{})), home_(other.home_) {}
    /// From a handle of the same allocator under another name, to const, or to a base with a virtual destructor.
    template <class U, class B>
        requires(!(std::is_same_v<T, U> && std::is_same_v<A, B>) && detail::owns_as<U, T> && detail::same_allocator<A, B>)
    owned(owned<U, B, Where>&& other) noexcept : home_(other.home_) {
        if constexpr (is_array)
            deed_ = {other.deed_.object, other.deed_.count};
        else if constexpr (std::is_same_v<std::remove_cv_t<T>, std::remove_cv_t<U>> && !requires { deed_.what; })
            deed_ = {other.deed_.object};
        else
            deed_ = {other.deed_.object, other.deed_.start(), other.deed_.made_as()};
        other.deed_ = {};
    }
    /// What was owned before ends last, so a handle moved to itself keeps what it has.
    owned& operator=(owned&& other) noexcept {
        owned taken(std::move(other));
        swap(taken);
        return *this;
    }
    [[gnu::always_inline]] ~owned() { reset(); }

    /// Destroys and gives back now. May throw where a checking policy reports so.
    [[gnu::always_inline]] void reset() {
        if (deed_.object) end(std::exchange(deed_, deed_type{}), home_);
    }
    void swap(owned& other) noexcept {
        std::swap(deed_, other.deed_);
        std::swap(home_, other.home_);
    }
    friend void swap(owned& a, owned& b) noexcept { a.swap(b); }

    pointer get() const noexcept { return deed_.object; }
    explicit operator bool() const noexcept { return deed_.object != nullptr; }
    element_type& operator*() const noexcept
        requires(!is_array)
    {
        return *deed_.object;
    }
    pointer operator->() const noexcept
        requires(!is_array)
    {
        return deed_.object;
    }
    element_type& operator[](std::size_t i) const noexcept
        requires is_array
    {
        return deed_.object[i];
    }
    std::size_t size() const noexcept
        requires is_array
    {
        return deed_.count;
    }
    pointer begin() const noexcept
        requires is_array
    {
        return deed_.object;
    }
    pointer end() const noexcept
        requires is_array
    {
        return deed_.object + deed_.count;
    }
    std::span<element_type> span() const noexcept
        requires is_array
    {
        return {deed_.object, deed_.count};
    }
    friend bool operator==(const owned& a, const owned& b) noexcept { return a.get() == b.get(); }
    friend bool operator==(const owned& a, std::nullptr_t) noexcept { return !a; }

private:
    template <class, class, place>
    friend class owned;
    friend A;
    owned(deed_type deed, void* home) noexcept : deed_(deed), home_(home) {}
    /// By value, so that no handle must lie in memory for a call, be it one while an exception passes.
    static void end(deed_type deed, void* home) { deed.end(static_cast<typename A::allocator_type*>(home)->objects(), Where); }

    deed_type deed_;
    void* home_ = nullptr;
};

/// An object in the pool, or in the heap where it outgrows the pool's slots.
template <class T, class A>
using pool_ptr = owned<T, A, place::by_size>;
/// An object in the heap.
template <class T, class A>
using heap_ptr = owned<T, A, place::heap>;

}  // namespace alloy
