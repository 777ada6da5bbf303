#pragma once
/// Objects that one thread makes and another receives: `transfer_handle<T>`, `transfer_span<T>`, and what receives them, `received<T>`.
///
/// Cost: one word, for spans two. Making one is taking from a pool, ending one is writing its address down; see engines/message_post.hpp. The object stays
/// where it was made, so T need neither move nor be copied.
/// Thread rules: a handle belongs to one thread at a time, as any object does; hand it over through whatever orders one thread after the other: a queue, a
/// mutex, a future. Whoever ends it may be any thread, after the thread that made it, its frames, and the allocator are gone.
/// Invariant: an object has one owner, a handle or what received it, and is destroyed once.
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

#include <alloy/core/making.hpp>
#include <alloy/engines/message_post.hpp>

namespace alloy::inline ALLOY_ABI {

namespace detail {

/// Asked where a message ends, since handles to what is defined elsewhere may be named and passed on.
template <class T>
consteval bool can_end() {
    constexpr bool is_defined = requires { sizeof(T); };
    static_assert(is_defined, "alloy: a message was ended where its type is incomplete; define the type before");
    return is_defined;
}

/// Owns an object of exactly type T in message memory.
template <class T>
class message_owner {
public:
    using element_type = T;

    constexpr message_owner() noexcept = default;
    message_owner(message_owner&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    message_owner& operator=(message_owner&& other) noexcept {
        message_owner taken(std::move(other));
        std::swap(object_, taken.object_);
        return *this;
    }
    ~message_owner() { reset(); }

    /// Destroys it and sends its memory home, now.
    void reset() noexcept {
        if constexpr (can_end<T>())
            if (T* const object = std::exchange(object_, nullptr)) {
                object->~T();
                give_message(place_of(object), sizeof(T), alignof(T));
            }
    }
    /// The object, which is the caller's then: for queues of trivial types. `adopt` makes an owner of it again.
    [[nodiscard]] T* release() noexcept { return std::exchange(object_, nullptr); }

    /// For whoever has it before it is handed on, and for the receiver.
    T* get() const noexcept { return object_; }
    T& operator*() const noexcept { return *object_; }
    T* operator->() const noexcept { return object_; }
    explicit operator bool() const noexcept { return object_ != nullptr; }
    friend bool operator==(const message_owner& a, std::nullptr_t) noexcept { return !a; }

protected:
    explicit message_owner(T* object) noexcept : object_(object) {}

    T* object_ = nullptr;
};

/// The same for several side by side.
template <class T>
class message_owner<T[]> {
public:
    using element_type = T;

    constexpr message_owner() noexcept = default;
    message_owner(message_owner&& other) noexcept : object_(std::exchange(other.object_, nullptr)), count_(std::exchange(other.count_, 0)) {}
    message_owner& operator=(message_owner&& other) noexcept {
        message_owner taken(std::move(other));
        std::swap(object_, taken.object_);
        std::swap(count_, taken.count_);
        return *this;
    }
    ~message_owner() { reset(); }

    void reset() noexcept {
        if constexpr (can_end<T>())
            if (T* const first = std::exchange(object_, nullptr)) {
                const std::size_t n = std::exchange(count_, 0);
                for (std::size_t i = n; i-- > 0;) first[i].~T();
                give_message(place_of(first), n == 0 ? 1 : n * sizeof(T), alignof(T));
            }
    }
    [[nodiscard]] std::span<T> release() noexcept { return {std::exchange(object_, nullptr), std::exchange(count_, 0)}; }

    T* get() const noexcept { return object_; }
    std::size_t size() const noexcept { return count_; }
    std::span<T> span() const noexcept { return {object_, count_}; }
    T& operator[](std::size_t i) const noexcept { return object_[i]; }
    T* begin() const noexcept { return object_; }
    T* end() const noexcept { return object_ + count_; }
    explicit operator bool() const noexcept { return object_ != nullptr; }
    friend bool operator==(const message_owner& a, std::nullptr_t) noexcept { return !a; }

protected:
    explicit message_owner(std::span<T> objects) noexcept : object_(objects.data()), count_(objects.size()) {}

    T* object_ = nullptr;
    std::size_t count_ = 0;
};

/// What release() gives.
template <class T>
using released_message = std::conditional_t<std::is_unbounded_array_v<T>, std::span<std::remove_extent_t<T>>, std::remove_extent_t<T>*>;

}  // namespace detail

template <class T>
class transfer_handle;

/// What was received: owns the object as a std::unique_ptr would; for T[], several.
template <class T>
class [[nodiscard]] received : public detail::message_owner<T> {
public:
    constexpr received() noexcept = default;
    constexpr received(std::nullptr_t) noexcept {}

private:
    friend class transfer_handle<T>;
    using detail::message_owner<T>::message_owner;
};

/// Made by `memory.make_transfer<T>(args…)`; received once. It looks alike for every allocator, so queues need not know whose it is.
template <class T>
class [[nodiscard]] transfer_handle : public detail::message_owner<T> {
public:
    constexpr transfer_handle() noexcept = default;
    constexpr transfer_handle(std::nullptr_t) noexcept {}

    /// The object's owner from here on. Of a handle that is empty, since it was received or moved from before, nothing: null.
    [[nodiscard]] received<T> receive() && noexcept { return received<T>(this->release()); }
    /// A handle again of what release() gave. Precondition: it was given so, once.
    [[nodiscard]] static transfer_handle adopt(detail::released_message<T> released) noexcept { return transfer_handle(released); }

private:
    using detail::message_owner<T>::message_owner;
};

/// Several objects side by side, handed over together.
template <class T>
using transfer_span = transfer_handle<T[]>;
template <class T>
using received_span = received<T[]>;

}  // namespace alloy
