#pragma once
/// A tag that is current until its scope ends, however that is left.
#include <cstddef>

#include <alloy/core/fixed_string.hpp>
#include <alloy/core/metrics.hpp>
#include <alloy/contracts/tagging.hpp>

namespace alloy::inline ALLOY_ABI {

template <class Engines>
class [[nodiscard]] tag_scope {
public:
    tag_scope(Engines& engines, std::size_t tag) noexcept : engines_(engines), before_(engines.retag(tag)) {}
    tag_scope(const tag_scope&) = delete;
    tag_scope& operator=(const tag_scope&) = delete;
    ~tag_scope() { engines_.retag(before_); }

private:
    Engines& engines_;
    std::size_t before_;
};

namespace detail {

template <class Tagging>
consteval std::size_t tag_index(const char* name) {
    if constexpr (Tagging::switches)
        return Tagging::index_of(name);
    else
        return Tagging::count;
}
template <class Tagging>
consteval bool has_tag(const char* name) {
    return tag_index<Tagging>(name) < Tagging::count;
}
template <class Tracking>
concept tells_metrics = requires(const Tracking& tracking, memory_metrics& seen) {
    { tracking.write(seen) } noexcept;
};

}  // namespace detail
}  // namespace alloy
