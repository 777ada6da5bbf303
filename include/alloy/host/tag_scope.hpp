#pragma once
/// A tag that is current, for the thread that opened the scope, until the scope ends, however that is left.
///
/// Thread rules: it ends on the thread that opened it, innermost first; so not across a co_await that may go on elsewhere.
#include <cstddef>

#include <alloy/contracts/tagging.hpp>
#include <alloy/core/fault.hpp>
#include <alloy/core/fixed_string.hpp>
#include <alloy/core/metrics.hpp>
#include <alloy/engines/current_tag.hpp>

namespace alloy::inline ALLOY_ABI {

template <class Engines>
class [[nodiscard]] tag_scope {
public:
    tag_scope(Engines& engines, std::size_t tag) noexcept : engines_(engines) {
        engines.retag([&](auto& current) { current.enter(link_, tag); });
    }
    tag_scope(const tag_scope&) = delete;
    tag_scope& operator=(const tag_scope&) = delete;
    ~tag_scope() {
        engines_.retag([this](auto& current) { current.leave(link_); });
    }

private:
    Engines& engines_;
    tag_link link_;
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
    { tracking.write(seen) }
    noexcept;
};

}  // namespace detail
}  // namespace alloy::inline ALLOY_ABI
