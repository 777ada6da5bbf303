#pragma once
/// An allocator as one of its subsystems sees it: all that is made through the view is made under its tag. `auto physics =
/// memory.tagged<"physics">();`
///
/// Cost: a pointer and the tag; each call opens and ends a scope of the tag, so for many in a row a scope, `memory.tag<"physics">()`, is cheaper.
/// Thread rules: those of the allocator; a view may be copied, and used by any thread that may use the allocator. It must not outlive the allocator.
#include <cstddef>
#include <cstdint>

#include <alloy/core/result.hpp>

namespace alloy::inline ALLOY_ABI {

/// A frame, and the tag that is current while it is open.
template <class Scope, class Frame>
class [[nodiscard]] tagged_frame {
    Scope scope_;  // before the frame: its destructors run under the tag

public:
    template <class Allocator>
    tagged_frame(Allocator& of, std::size_t tag) : scope_(of.tag(tag)), frame_(of.frame()) {}

    /// The frame itself: `for_frame->make<T>()`.
    Frame* operator->() noexcept { return &frame_; }
    Frame& operator*() noexcept { return frame_; }

private:
    Frame frame_;
};

template <class Allocator>
class tagged_view {
public:
    tagged_view(Allocator& of, std::size_t tag) noexcept : memory_(&of), tag_(tag) {}

    Allocator& memory() const noexcept { return *memory_; }
    std::size_t tag_number() const noexcept { return tag_; }
    const char* name() const noexcept { return Allocator::tagging_type::name(tag_); }
    /// Bytes handed out under the tag now, by whomever.
    [[nodiscard]] auto usage() const noexcept { return memory_->tag_usage(tag_); }
    /// The tag, current until the scope ends.
    [[nodiscard]] auto scope() const noexcept { return memory_->tag(tag_); }

    /// As the calls of the allocator that are named so.
    [[nodiscard]] auto frame() const { return tagged_frame<decltype(scope()), typename Allocator::frame_type>(*memory_, tag_); }
    template <class T, class... Args>
    auto make_pooled(Args&&... args) const {
        const auto under = scope();
        return memory_->template make_pooled<T>(static_cast<Args&&>(args)...);
    }
    template <class T, class... Args>
    auto make_heap(Args&&... args) const {
        const auto under = scope();
        return memory_->template make_heap<T>(static_cast<Args&&>(args)...);
    }
    template <class T, class... Args>
    auto make_transfer(Args&&... args) const {
        const auto under = scope();
        return memory_->template make_transfer<T>(static_cast<Args&&>(args)...);
    }
    template <class T, class... Args>
    [[nodiscard]] auto try_make_pooled(Args&&... args) const {
        const auto under = scope();
        return memory_->template try_make_pooled<T>(static_cast<Args&&>(args)...);
    }
    template <class T, class... Args>
    [[nodiscard]] auto try_make_heap(Args&&... args) const {
        const auto under = scope();
        return memory_->template try_make_heap<T>(static_cast<Args&&>(args)...);
    }
    template <class T, class... Args>
    [[nodiscard]] auto try_make_transfer(Args&&... args) const {
        const auto under = scope();
        return memory_->template try_make_transfer<T>(static_cast<Args&&>(args)...);
    }
    [[nodiscard]] void* allocate(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) const {
        const auto under = scope();
        return memory_->allocate(bytes, alignment);
    }
    [[nodiscard]] result<void*> try_allocate(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) const noexcept {
        const auto under = scope();
        return memory_->try_allocate(bytes, alignment);
    }
    /// Goes back to the tag that it was made under, whatever view it goes through.
    void deallocate(void* p, std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) const noexcept(!Allocator::deallocate_throws) {
        memory_->deallocate(p, bytes, alignment);
    }
    [[nodiscard]] void* reallocate(void* p, std::size_t bytes, std::size_t new_bytes, std::size_t alignment = alignof(std::max_align_t)) const {
        const auto under = scope();
        return memory_->reallocate(p, bytes, new_bytes, alignment);
    }

private:
    Allocator* memory_;
    std::size_t tag_;
};

}  // namespace alloy::inline ALLOY_ABI
