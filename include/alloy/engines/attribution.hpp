#pragma once
/// To which tag used bytes belong, and what a budget of used bytes allows it still. Empty where neither is asked for.
#include <cstddef>
#include <cstdint>

#include <alloy/core/layout.hpp>
#include <alloy/engines/policy_set.hpp>

namespace alloy::inline ALLOY_ABI {

template <class Policies>
class attribution {
    using budget_type = typename Policies::budget_type;
    using tagging_type = typename Policies::tagging_type;

public:
    static constexpr bool bounds_used = budget_type::bounds_used;
    /// Whether used bytes are attributed to tags where those change.
    static constexpr bool accounts = tagging_type::switches || bounds_used;

    explicit attribution(Policies& policies) noexcept : policies_(policies) {}

    std::size_t tag() const noexcept {
        if constexpr (tagging_type::switches)
            return policies_.tagging.current();
        else
            return 0;
    }
    const char* whose() const noexcept { return tagging_type::name(tag()); }
    /// What a tag may still use, bytes; the current one where none is named.
    std::size_t room() const noexcept { return room(tag()); }
    std::size_t room([[maybe_unused]] std::size_t of_tag) const noexcept {
        if constexpr (bounds_used) {
            const std::size_t i = budget_type::bound_of(tagging_type::name(of_tag));
            return i < budget_type::bound_count ? round_down(policies_.budget.room(i), quantum) : SIZE_MAX;
        } else {
            return SIZE_MAX;
        }
    }
    void use(std::size_t tag, std::size_t bytes) const noexcept {
        if constexpr (bounds_used)
            if (const std::size_t i = budget_type::bound_of(tagging_type::name(tag)); i < budget_type::bound_count) policies_.budget.use(i, bytes);
    }
    void unuse(std::size_t tag, std::size_t bytes) const noexcept {
        if constexpr (bounds_used)
            if (const std::size_t i = budget_type::bound_of(tagging_type::name(tag)); i < budget_type::bound_count) policies_.budget.unuse(i, bytes);
    }

protected:
    Policies& policies_;
};

}  // namespace alloy
