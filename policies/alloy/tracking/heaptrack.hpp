#pragma once
/// Tells heaptrack of each object of pool and heap, so that its profile names who made them: `observed<heaptrack>`.
///
/// Nothing of heaptrack is needed to compile or to link: its calls are looked for in the program when the first object is made, and are there when `heaptrack`
/// has started it. (Its own header defines a function that is not inline, or looks for them in shared libraries alone.)
/// Cost: each object is seen; one load and one branch where heaptrack is not there.
/// Choose it with upstream::pages<>, which heaptrack does not see. With other upstreams it counts what holds the objects as well.
/// Frames are not told of, since there is no call that gives back many at once.
#include <dlfcn.h>

#include <cstddef>

#include <alloy/contracts/tracking.hpp>

namespace alloy::tracking {

namespace detail {
struct heaptrack_calls {
    void (*made)(void*, std::size_t) = nullptr;
    void (*freed)(void*) = nullptr;

    static const heaptrack_calls& found() noexcept {
        static const heaptrack_calls calls = look();
        return calls;
    }

private:
    static heaptrack_calls look() noexcept {
        return {reinterpret_cast<void (*)(void*, std::size_t)>(dlsym(RTLD_DEFAULT, "heaptrack_malloc")), reinterpret_cast<void (*)(void*)>(dlsym(RTLD_DEFAULT, "heaptrack_free"))};
    }
};
}  // namespace detail

struct heaptrack {
    static void on(const object_made& event) noexcept {
        if (const auto made = detail::heaptrack_calls::found().made) made(const_cast<void*>(event.at), event.bytes);
    }
    static void on(const object_freed& event) noexcept {
        if (const auto freed = detail::heaptrack_calls::found().freed) freed(const_cast<void*>(event.at));
    }
};

}  // namespace alloy::tracking
