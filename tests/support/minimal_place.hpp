#pragma once
/// The least that a threading policy with an engine per thread says of where its caches are. For compilers alone: nothing of it is defined.
#include <cstdint>

namespace test {

template <class Cache>
struct minimal_place {
    Cache* here() noexcept;
    Cache* with(std::uint64_t) noexcept;
    Cache* adopt() noexcept;
    void add(Cache&) noexcept;
    void bind(Cache&) noexcept;
    void remove(Cache&) noexcept;
    void close() noexcept;
    template <class F>
    void for_each(F);
    template <class Empty, class Gone>
    void for_each_idle(Empty, Gone);
};

}  // namespace test
