#pragma once
/// Work that may be undone: a lease that is taken back, with destructors, unless it is committed.
///
/// Cost: that of a nested frame, through one indirect call at each end. Choose it when a computation may fail half-way: keep what it made
/// on success, forget it on failure. Allocate through the checkpoint; what is made through the frame around it meanwhile stays.
#include <alloy/core/lease.hpp>

namespace alloy::inline ALLOY_ABI {

class [[nodiscard]] frame_checkpoint : public detail::record {
public:
    /// Opens inside the innermost lease of `around`'s arena. Inert where `around` has ended.
    explicit frame_checkpoint(lease& around) noexcept {
        services_ = around.services_;
        if (around.arena_) services_->open(*around.arena_, *this);
    }
    frame_checkpoint(const frame_checkpoint&) = delete;
    frame_checkpoint& operator=(const frame_checkpoint&) = delete;
    ~frame_checkpoint() { services_->close(*this, ending::scope_exit); }

    /// Ends the checkpoint: what was made through it now belongs to the lease around it.
    frame_summary commit() noexcept { return services_->close(*this, ending::commit); }
    /// Ends the checkpoint: what was made through it is destroyed, last first, and its memory taken back.
    frame_summary rollback() noexcept { return services_->close(*this, ending::rollback); }
};

inline frame_checkpoint lease::checkpoint() noexcept { return frame_checkpoint(*this); }

}  // namespace alloy
