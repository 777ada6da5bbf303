#pragma once
/// In which order what is alive is given back: order[i] is the i-th to go, all of them once. Made before anything is measured.
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

namespace alloy::bench::order {

struct same {
    static constexpr bool replaces = false;
    explicit same(std::size_t) noexcept {}
    std::size_t operator[](std::size_t i) const noexcept { return i; }
};
struct reverse {
    static constexpr bool replaces = false;
    explicit reverse(std::size_t n) noexcept : last_(n - 1) {}
    std::size_t operator[](std::size_t i) const noexcept { return last_ - i; }

private:
    std::size_t last_;
};
/// Always the same permutation.
struct random {
    static constexpr bool replaces = false;
    explicit random(std::size_t n) : at_(n) {
        std::iota(at_.begin(), at_.end(), 0U);
        std::minstd_rand next(1);
        for (std::size_t i = n; i > 1; --i) std::swap(at_[i - 1], at_[next() % i]);
    }
    std::size_t operator[](std::size_t i) const noexcept { return at_[i]; }

private:
    std::vector<std::uint32_t> at_;
};
/// The same permutation, but each is replaced by another: as many are alive all the time.
struct churn : random {
    static constexpr bool replaces = true;
    using random::random;
};

}  // namespace alloy::bench::order
