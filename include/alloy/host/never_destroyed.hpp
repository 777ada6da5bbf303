#pragma once
/// A global allocator that is there before the first constructor and after the last destructor: `constinit alloy::never_destroyed<mine> memory;`.
///
/// Cost: nothing; its memory goes back with the program. Choose it where destructors of other globals or of thread-local objects may still allocate.
/// Invariant: constant-initialised, and no destructor is registered.
#include <alloy/core/abi.hpp>

namespace alloy::inline ALLOY_ABI {

template <class Allocator>
class never_destroyed {
public:
    constexpr never_destroyed() noexcept : allocator_() {}
    never_destroyed(const never_destroyed&) = delete;
    never_destroyed& operator=(const never_destroyed&) = delete;
    constexpr ~never_destroyed() {}

    constexpr Allocator& operator*() noexcept { return allocator_; }
    constexpr Allocator* operator->() noexcept { return &allocator_; }

private:
    union {
        Allocator allocator_;
    };
};

}  // namespace alloy
