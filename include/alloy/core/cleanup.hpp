#pragma once
/// What must run before memory is taken back: a list of destructors, last made first destroyed.
#include <utility>

#include <alloy/core/abi.hpp>

namespace alloy::inline ALLOY_ABI {

/// One entry; lives in front of what it destroys.
struct cleanup {
    cleanup* next;
    void (*run)(cleanup*) noexcept;
};

class cleanup_list {
public:
    constexpr bool empty() const noexcept { return first_ == nullptr; }
    void push(cleanup* c) noexcept {
        c->next = first_;
        first_ = c;
    }
    /// Runs and forgets all. A destructor may add further entries; they run too.
    std::size_t run() noexcept {
        std::size_t count = 0;
        while (first_) {
            cleanup* c = std::exchange(first_, first_->next);
            c->run(c);
            ++count;
        }
        return count;
    }
    /// Puts older entries behind these: they run after them.
    void append(cleanup_list& older) noexcept {
        cleanup** at = &first_;
        while (*at) at = &(*at)->next;
        *at = std::exchange(older.first_, nullptr);
    }

private:
    cleanup* first_ = nullptr;
};

}  // namespace alloy
