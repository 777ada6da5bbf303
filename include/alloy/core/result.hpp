#pragma once
/// A value or the reason why there is none: std::expected's interface over alloc_error, the same type in every language mode.
/// `<alloy/result_conversions.hpp>` turns it into std::expected or boost::system::result.
#include <new>
#include <type_traits>
#include <utility>

#include <alloy/core/error.hpp>
#include <alloy/core/fault.hpp>

namespace alloy::inline ALLOY_ABI {

template <class T>
class [[nodiscard]] result {
public:
    using value_type = T;
    using error_type = alloc_error;

    result(T value) noexcept(std::is_nothrow_move_constructible_v<T>) : value_(std::move(value)), has_value_(true) {}
    result(const alloc_error& error) noexcept : error_(error), has_value_(false) {}
    /// What make() returns, built in place, so that T need not move; the error instead if that left `succeeded` false.
    template <class Make>
    static result only_if(const bool& succeeded, const alloc_error& error, Make&& make) {
        return result(succeeded, error, std::forward<Make>(make));
    }

    result(result&& other) noexcept(std::is_nothrow_move_constructible_v<T>)
        requires std::is_move_constructible_v<T>
        : has_value_(other.has_value_) {
        if (has_value_)
            ::new (static_cast<void*>(__builtin_addressof(value_))) T(std::move(other.value_));
        else
            ::new (static_cast<void*>(&error_)) alloc_error(other.error_);
    }
    result(const result& other)
        requires std::is_copy_constructible_v<T>
        : has_value_(other.has_value_) {
        if (has_value_)
            ::new (static_cast<void*>(__builtin_addressof(value_))) T(other.value_);
        else
            ::new (static_cast<void*>(&error_)) alloc_error(other.error_);
    }
    result& operator=(result other) noexcept
        requires std::is_nothrow_move_constructible_v<T>
    {
        this->~result();
        return *::new (static_cast<void*>(this)) result(std::move(other));
    }
    ~result() {
        if constexpr (!std::is_trivially_destructible_v<T>)
            if (has_value_) value_.~T();
    }

    bool has_value() const noexcept { return has_value_; }
    explicit operator bool() const noexcept { return has_value_; }

    /// Precondition of these: has_value().
    T& operator*() & noexcept { return value_; }
    const T& operator*() const& noexcept { return value_; }
    T&& operator*() && noexcept { return std::move(value_); }
    T* operator->() noexcept { return __builtin_addressof(value_); }
    const T* operator->() const noexcept { return __builtin_addressof(value_); }

    /// Precondition: !has_value().
    const alloc_error& error() const noexcept { return error_; }

    /// Throws out_of_memory where there is no value; ends the program without exceptions.
    T& value() & { return demand(), value_; }
    const T& value() const& { return demand(), value_; }
    T&& value() && { return demand(), std::move(value_); }

    template <class U>
    T value_or(U&& other) const& {
        return has_value_ ? value_ : static_cast<T>(std::forward<U>(other));
    }
    template <class U>
    T value_or(U&& other) && {
        return has_value_ ? std::move(value_) : static_cast<T>(std::forward<U>(other));
    }
    /// f(value) where there is one; else the error in a result of f's type.
    template <class F>
    auto and_then(F&& f) && -> std::invoke_result_t<F, T&&> {
        if (has_value_) return std::forward<F>(f)(std::move(value_));
        return error_;
    }
    /// The value, or what f(error) makes of it.
    template <class F>
    result or_else(F&& f) && {
        if (has_value_) return std::move(*this);
        return std::forward<F>(f)(error_);
    }
    /// f(value) wrapped again.
    template <class F>
    auto transform(F&& f) && -> result<std::remove_cv_t<std::invoke_result_t<F, T&&>>> {
        if (has_value_) return std::forward<F>(f)(std::move(value_));
        return error_;
    }

private:
    template <class Make>
    result(const bool& succeeded, const alloc_error& error, Make&& make) : value_(std::forward<Make>(make)()), has_value_(succeeded) {
        if (succeeded) return;
        value_.~T();
        ::new (static_cast<void*>(&error_)) alloc_error(error);
    }
    void demand() const {
        if (has_value_) return;
#if ALLOY_DETAIL_EXCEPTIONS
        throw out_of_memory(error_);
#else
        detail::die(error_.what(), "ask has_value() first, or give the allocator more memory");
#endif
    }

    union {
        T value_;
        alloc_error error_;
    };
    bool has_value_;
};

/// No reference and no void: one sentence instead of what would follow from them.
template <class T>
    requires(!std::is_object_v<T>)
class result<T> {
    static_assert(std::is_object_v<T>, "alloy: result<T> holds an object; use a pointer for a reference");
};

}  // namespace alloy
