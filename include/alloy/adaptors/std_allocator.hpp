#pragma once
/// A standard allocator over the pool and the heap: `std::vector<int, alloy::std_allocator<int, mine>> v{memory};`.
///
/// `allocate(n)` gives uninitialised memory for n elements, from the pool or else the heap, and never null: std::bad_array_new_length where the
/// product of n and the size cannot be, std::bad_alloc where there is no memory, whatever the fallback; the program's end without exceptions.
/// Two are equal when their allocator is the same object. It goes along when a container is moved or swapped, and not when one is assigned a copy.
/// Cost: one word. Thread rules are the allocator's, which must outlive all of them. A may be incomplete until memory is asked for.
#include <cstddef>
#include <new>
#include <type_traits>

#include <alloy/core/layout.hpp>
#include <alloy/core/raise.hpp>
#include <alloy/engines/object_store.hpp>

namespace alloy::inline ALLOY_ABI {

template <class T, class A>
class std_allocator {
public:
    using value_type = T;
    using propagate_on_container_copy_assignment = std::false_type;
    using propagate_on_container_move_assignment = std::true_type;
    using propagate_on_container_swap = std::true_type;
    using is_always_equal = std::false_type;
    template <class U>
    struct rebind {
        using other = std_allocator<U, A>;
    };

    std_allocator(A& memory) noexcept : home_(static_cast<void*>(static_cast<typename A::allocator_type*>(&memory))) {}  // implicit, as a container takes it
    template <class U>
    std_allocator(const std_allocator<U, A>& other) noexcept : home_(other.home_) {}

    [[nodiscard, gnu::always_inline]] T* allocate(std::size_t n) {
        if (void* const at = take(n)) [[likely]] return static_cast<T*>(at);
        detail::throw_or_die<std::bad_alloc>("a container over a pool or heap ran out of memory");
    }
    [[gnu::always_inline]] void deallocate(T* at, std::size_t n) noexcept(noexcept(std::declval<typename A::allocator_type&>().deallocate(nullptr, 0))) {
        if (__builtin_constant_p(n) && n == 1)
            memory().objects().template give_as_made<sizeof(T), alignof(T)>(at, place::by_size);
        else
            memory().objects().give_as_made(at, n * sizeof(T), alignof(T), place::by_size);
    }

    template <class U>
    friend bool operator==(const std_allocator& a, const std_allocator<U, A>& b) noexcept {
        return a.home_ == std_allocator(b).home_;
    }

private:
    template <class, class>
    friend class std_allocator;

    auto& memory() const noexcept { return *static_cast<typename A::allocator_type*>(home_); }
    [[gnu::always_inline]] void* take(std::size_t n) {
        if (__builtin_constant_p(n) && n == 1) return memory().objects().template take<sizeof(T), alignof(T)>(place::by_size);
        if (sizeof(T) > 1 && n > max_bytes / sizeof(T)) [[unlikely]]
            detail::throw_or_die<std::bad_array_new_length>("a container asked for more than there can be");
        return memory().objects().take(n * sizeof(T), alignof(T), place::by_size);
    }

    void* home_;
};

}  // namespace alloy
