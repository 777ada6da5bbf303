#pragma once
/// Tables of those who watch memory, in malloc's: not in the memory that is watched, nor operator new's, which may be made of it.
///
/// `Die` is called where malloc has none, and does not return.
#include <cstddef>
#include <cstdlib>
#include <new>

#include <alloy/core/abi.hpp>

namespace alloy::inline ALLOY_ABI::detail {

/// A standard allocator over malloc.
template <class T, void (*Die)() noexcept>
struct from_malloc {
    using value_type = T;
    template <class U>
    struct rebind {
        using other = from_malloc<U, Die>;
    };

    from_malloc() noexcept = default;
    template <class U>
    from_malloc(const from_malloc<U, Die>&) noexcept {}
    T* allocate(std::size_t n) {
        void* const at = std::malloc(n * sizeof(T));
        if (!at) Die();
        return static_cast<T*>(at);
    }
    void deallocate(T* at, std::size_t) noexcept { std::free(at); }
    friend bool operator==(const from_malloc&, const from_malloc&) noexcept { return true; }
};

/// A T that is made when it is first needed. One pointer, constant-initialised.
template <class T, void (*Die)() noexcept>
class made_late {
public:
    constexpr made_late() noexcept = default;
    made_late(const made_late&) = delete;
    made_late& operator=(const made_late&) = delete;
    ~made_late() {
        if (!made_) return;
        made_->~T();
        std::free(made_);
    }

    explicit operator bool() const noexcept { return made_ != nullptr; }
    /// Precondition: it was made.
    T* operator->() const noexcept { return made_; }
    T& get() noexcept {
        if (!made_) {
            void* const at = std::malloc(sizeof(T));
            if (!at) Die();
            made_ = ::new (at) T;
        }
        return *made_;
    }

private:
    T* made_ = nullptr;
};

}  // namespace alloy::inline ALLOY_ABI::detail
