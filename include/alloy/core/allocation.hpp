#pragma once
/// What everything that allocates in a frame offers: frames, nested frames, checkpoints and cursors have this interface.
///
/// `Self` gives four primitives: `bump<Bytes, Alignment>(at)` and `bump(bytes, alignment, at)`, the window's fast path;
/// `refill(bytes, alignment, error)`, which finds memory elsewhere, and where there is none writes the reason to `error`, or, without one,
/// obeys the fallback policy (it may throw, end the program, or return null); and `adopt(cleanup*)`. Zero bytes count as one.
///
/// Memory lasts until the frame, checkpoint or frame around the cursor ends; destructors run then, last made first, what a checkpoint committed
/// counting as made at the commit.
/// Where the fallback policy is `null`, plain calls return null or an empty span; with the others they always succeed or do not return.
/// Arguments are passed on by static_cast, since std::forward is a call where nothing is optimised.
/// A constructor that throws leaves its bytes unused until the end of the frame; elements already made are destroyed.
#include <cstddef>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

#include <alloy/core/layout.hpp>
#include <alloy/core/making.hpp>
#include <alloy/core/result.hpp>

namespace alloy::inline ALLOY_ABI {

template <class Self>
class allocation {
    template <class T>
    using made_type = detail::object_or_char<T>;

public:
    /// `bytes` of raw memory at a multiple of `alignment`, a power of two. Zero bytes give a pointer of their own.
    [[nodiscard, gnu::always_inline]] void* allocate(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) {
        void* at;
        return take(bytes, alignment, at) ? at : nullptr;
    }
    [[nodiscard]] result<void*> try_allocate(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) noexcept {
        alloc_error error;
        void* at;
        if (!try_take(bytes, alignment, at, error)) return error;
        return at;
    }

    /// One T made from args; value-initialised without arguments.
    template <class T, class... Args>
    [[gnu::always_inline]] made_type<T>* make(Args&&... args) {
        if constexpr (check<T>()) {
            void* at;
            if (!take<sizeof(detail::held<T>), alignof(detail::held<T>)>(at)) [[unlikely]] return nullptr;
            return construct<T>(at, static_cast<Args&&>(args)...);
        } else {
            return nullptr;
        }
    }
    /// One T, default-initialised: for trivial types the bytes are not written.
    template <class T>
    [[gnu::always_inline]] made_type<T>* make_for_overwrite() {
        return make<T>(detail::for_overwrite);
    }
    template <class T, class... Args>
    result<made_type<T>*> try_make(Args&&... args) {
        if constexpr (check<T>()) {
            alloc_error error;
            void* at;
            if (!try_take(sizeof(detail::held<T>), alignof(detail::held<T>), at, error)) return error;
            return construct<T>(at, static_cast<Args&&>(args)...);
        } else {
            return nullptr;
        }
    }

    /// n value-initialised Ts side by side. Empty with data() == nullptr where refused.
    template <class T>
    std::span<made_type<T>> make_span(std::size_t n) {
        return several<T>(n, detail::each_by_value<made_type<T>>);
    }
    /// n default-initialised Ts: for trivial types the bytes are not written.
    template <class T>
    std::span<made_type<T>> make_span_for_overwrite(std::size_t n) {
        return several<T>(n, detail::each_for_overwrite<made_type<T>>);
    }
    /// n Ts, element i made from f(i).
    template <class T, class F>
    std::span<made_type<T>> make_batch(std::size_t n, F&& f) {
        return several<T>(n, [&f](void* at, std::size_t i) { ::new (at) made_type<T>(f(i)); });
    }
    /// A copy of what `from` shows.
    template <class T, std::size_t N>
    std::span<std::remove_const_t<T>> copy(std::span<T, N> from) {
        return make_batch<std::remove_const_t<T>>(from.size(), [from](std::size_t i) -> const T& { return from[i]; });
    }
    template <class T>
    result<std::span<made_type<T>>> try_make_span(std::size_t n) {
        return try_several<T>(n, detail::each_by_value<made_type<T>>);
    }
    template <class T>
    result<std::span<made_type<T>>> try_make_span_for_overwrite(std::size_t n) {
        return try_several<T>(n, detail::each_for_overwrite<made_type<T>>);
    }
    template <class T, class F>
    result<std::span<made_type<T>>> try_make_batch(std::size_t n, F&& f) {
        return try_several<T>(n, [&f](void* at, std::size_t i) { ::new (at) made_type<T>(f(i)); });
    }
    template <class T, std::size_t N>
    result<std::span<std::remove_const_t<T>>> try_copy(std::span<T, N> from) {
        return try_make_batch<std::remove_const_t<T>>(from.size(), [from](std::size_t i) -> const T& { return from[i]; });
    }

    /// For adaptors: whether there is memory, and where. Plain ones obey the fallback policy where there is none, try_take says why.
    template <std::size_t Bytes, std::size_t Alignment>
    [[gnu::always_inline]] bool take(void*& at) {
        if (self().template bump<Bytes, Alignment>(at)) [[likely]] return true;
        at = self().refill(Bytes, Alignment, nullptr);
        return at != nullptr;
    }
    [[gnu::always_inline]] bool take(std::size_t bytes, std::size_t alignment, void*& at) {
        if (self().bump(bytes, alignment, at)) [[likely]] return true;
        at = self().refill(bytes, alignment, nullptr);
        return at != nullptr;
    }
    [[gnu::always_inline]] bool try_take(std::size_t bytes, std::size_t alignment, void*& at, alloc_error& error) noexcept {
        if (self().bump(bytes, alignment, at)) [[likely]] return true;
        at = self().refill(bytes, alignment, &error);
        return at != nullptr;
    }

private:
    [[gnu::always_inline]] Self& self() noexcept { return static_cast<Self&>(*this); }

    template <class T>
    static consteval bool check() {
        static_assert(detail::makes_objects<T>,
                      "alloy: a frame makes objects: T must be complete, not abstract, no array (make_span), no reference and not void");
        return detail::makes_objects<T>;
    }
    template <class T, class... Args>
    [[gnu::always_inline]] T* construct(void* at, Args&&... args) {
        if constexpr (std::is_trivially_destructible_v<T>) {
            return detail::create<T>(at, static_cast<Args&&>(args)...);
        } else {
            auto* holder = ::new (at) detail::cleaned<T>;
            T* object = detail::create<T>(detail::place_of(__builtin_addressof(holder->value)), static_cast<Args&&>(args)...);
            holder->run = &detail::cleaned<T>::run_one;
            self().adopt(holder);
            return object;
        }
    }

    template <class T>
    static constexpr bool is_plain = std::is_trivially_destructible_v<T>;
    template <class T>
    static constexpr std::size_t span_alignment = is_plain<T> ? alignof(T) : detail::cleaned_array<T>::alignment;
    template <class T>
    static std::size_t span_bytes(std::size_t n) noexcept {
        const std::size_t bytes = array_bytes(n, sizeof(T));
        if constexpr (is_plain<T>)
            return bytes;
        else
            return bytes > max_bytes ? bytes : bytes + detail::cleaned_array<T>::front;
    }
    template <class T, class Make>
    std::span<made_type<T>> several(std::size_t n, Make make) {
        void* at;
        if (!check<T>() || !take(span_bytes<made_type<T>>(n), span_alignment<made_type<T>>, at)) return {};
        return fill<made_type<T>>(at, n, make);
    }
    template <class T, class Make>
    result<std::span<made_type<T>>> try_several(std::size_t n, Make make) {
        alloc_error error;
        void* at;
        if (!check<T>() || !try_take(span_bytes<made_type<T>>(n), span_alignment<made_type<T>>, at, error)) return error;
        return fill<made_type<T>>(at, n, make);
    }
    template <class T, class Make>
    std::span<T> fill(void* at, std::size_t n, Make make) {
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
