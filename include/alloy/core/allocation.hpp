#pragma once
/// What everything that allocates in a frame offers: frames, nested frames, checkpoints and cursors have this interface.
///
/// `Self` gives four primitives: `take<Bytes, Alignment>()` and `take(bytes, alignment)`, which obey the fallback policy (they may
/// throw, end the program, or return null), `try_take(bytes, alignment, error)`, which never does, and `adopt(cleanup*)`.
///
/// Memory lasts until the frame, checkpoint or frame around the cursor ends; destructors run then, last made first.
/// Where the fallback policy is `null`, plain calls return null or an empty span; with the others they always succeed or do not return.
/// A constructor that throws leaves its bytes unused until the end of the frame; elements already made are destroyed.
#include <cstddef>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

#include <alloy/core/cleanup.hpp>
#include <alloy/core/layout.hpp>
#include <alloy/core/result.hpp>

namespace alloy {

namespace detail {

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
inline constexpr bool makes_objects = std::is_object_v<T> && !std::is_array_v<T> && !std::is_abstract_v<T>;

/// Where an object is to be made, whatever its type says of const.
template <class T>
void* place_of(T* object) noexcept {
    return const_cast<void*>(static_cast<const volatile void*>(object));
}

template <class T, class... Args>
T* create(void* at, Args&&... args) {
    if constexpr (!makes_objects<T>)
        return nullptr;  // check<T>() has said why
    else if constexpr (std::is_constructible_v<T, Args...>)
        return ::new (at) T(std::forward<Args>(args)...);
    else
        return ::new (at) T{std::forward<Args>(args)...};  // aggregates, also where the compiler lacks T(args...) for them
}

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

}  // namespace detail

template <class Self>
class allocation {
public:
    /// `bytes` of raw memory at a multiple of `alignment`, a power of two. Zero bytes give a pointer of their own.
    [[nodiscard, gnu::always_inline]] void* allocate(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) {
        return self().take(bytes + (bytes == 0), alignment);
    }
    [[nodiscard]] result<void*> try_allocate(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) noexcept {
        alloc_error error;
        if (void* p = self().try_take(bytes + (bytes == 0), alignment, error)) return p;
        return error;
    }

    /// One T made from args; value-initialised without arguments.
    template <class T, class... Args>
    [[gnu::always_inline]] T* make(Args&&... args) {
        check<T>();
        if constexpr (std::is_trivially_destructible_v<T>) {
            void* at = self().template take<sizeof(T), alignof(T)>();
            if (!at) [[unlikely]] return nullptr;
            return detail::create<T>(at, std::forward<Args>(args)...);
        } else {
            using holder = detail::cleaned<T>;
            return keep<T>(self().template take<sizeof(holder), alignof(holder)>(), std::forward<Args>(args)...);
        }
    }
    /// One T, default-initialised: for trivial types the bytes are not written.
    template <class T>
    [[gnu::always_inline]] T* make_for_overwrite() {
        check<T>();
        if constexpr (std::is_trivially_destructible_v<T>) {
            void* at = self().template take<sizeof(T), alignof(T)>();
            if (!at) [[unlikely]] return nullptr;
            return ::new (at) T;
        } else {
            return make<T>();
        }
    }
    template <class T, class... Args>
    result<T*> try_make(Args&&... args) {
        check<T>();
        using holder = std::conditional_t<std::is_trivially_destructible_v<T>, T, detail::cleaned<T>>;
        alloc_error error;
        void* at = self().try_take(sizeof(holder), alignof(holder), error);
        if (!at) return error;
        if constexpr (std::is_trivially_destructible_v<T>)
            return detail::create<T>(at, std::forward<Args>(args)...);
        else
            return keep<T>(at, std::forward<Args>(args)...);
    }

    /// n value-initialised Ts side by side. Empty with data() == nullptr where refused.
    template <class T>
    std::span<T> make_span(std::size_t n) {
        return fill<T>(plain<T>(n), n, [](void* at, std::size_t) { ::new (at) T(); });
    }
    /// n default-initialised Ts: for trivial types the bytes are not written.
    template <class T>
    std::span<T> make_span_for_overwrite(std::size_t n) {
        return fill<T>(plain<T>(n), n, [](void* at, std::size_t) { ::new (at) T; });
    }
    /// n Ts, element i made from f(i).
    template <class T, class F>
    std::span<T> make_batch(std::size_t n, F&& f) {
        return fill<T>(plain<T>(n), n, [&f](void* at, std::size_t i) { ::new (at) T(f(i)); });
    }
    /// A copy of what `from` shows.
    template <class T>
    std::span<std::remove_const_t<T>> copy(std::span<T> from) {
        return make_batch<std::remove_const_t<T>>(from.size(), [from](std::size_t i) -> const T& { return from[i]; });
    }
    template <class T>
    result<std::span<T>> try_make_span(std::size_t n) {
        check<T>();
        alloc_error error;
        void* at = self().try_take(span_bytes<T>(n), span_alignment<T>, error);
        if (!at) return error;
        return fill<T>(at, n, [](void* to, std::size_t) { ::new (to) T(); });
    }

private:
    [[gnu::always_inline]] Self& self() noexcept { return static_cast<Self&>(*this); }

    template <class T>
    static consteval void check() {
        static_assert(detail::makes_objects<T>,
                      "alloy: a frame makes objects: T must be complete, not abstract, no array (make_span), no reference and not void");
    }
    template <class T, class... Args>
    T* keep(void* at, Args&&... args) {
        if (!at) return nullptr;
        auto* holder = ::new (at) detail::cleaned<T>;
        T* made = detail::create<T>(detail::place_of(__builtin_addressof(holder->value)), std::forward<Args>(args)...);
        holder->run = &detail::cleaned<T>::run_one;
        self().adopt(holder);
        return made;
    }

    template <class T>
    static constexpr bool is_plain = std::is_trivially_destructible_v<T>;
    template <class T>
    static constexpr std::size_t span_alignment = is_plain<T> ? alignof(T) : detail::cleaned_array<T>::alignment;
    template <class T>
    static std::size_t span_bytes(std::size_t n) noexcept {
        const std::size_t bytes = array_bytes(n, sizeof(T));
        if constexpr (is_plain<T>)
            return bytes + (bytes == 0);
        else
            return bytes > max_bytes ? bytes : bytes + detail::cleaned_array<T>::front;
    }
    template <class T>
    void* plain(std::size_t n) {
        check<T>();
        return self().take(span_bytes<T>(n), span_alignment<T>);
    }
    template <class T, class Make>
    std::span<T> fill(void* at, std::size_t n, Make make) {
        if (!at) return {};
        if constexpr (is_plain<T>) {
            T* first = static_cast<T*>(at);
            for (std::size_t i = 0; i < n; ++i) make(detail::place_of(first + i), i);
            return {first, n};
        } else {
            using array = detail::cleaned_array<T>;
            static_assert(array::front >= sizeof(array));
            T* first = reinterpret_cast<T*>(static_cast<std::byte*>(at) + array::front);
            detail::building<T> built(first);
            for (; built.made < n; ++built.made) make(detail::place_of(first + built.made), built.made);
            auto* head = ::new (at) array{{nullptr, &array::run_all}, n, first};
            self().adopt(head);
            built.release();
            return {first, n};
        }
    }
};

}  // namespace alloy
