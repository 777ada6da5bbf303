#pragma once
/// Several stacks on one OS thread.
#include <cstddef>
#include <memory>

#include <ucontext.h>

#include <alloy/core/abi.hpp>

#if ALLOY_DETAIL_ASAN
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(__SANITIZE_THREAD__)
#define ALLOY_TEST_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define ALLOY_TEST_TSAN 1
#endif
#endif
#if ALLOY_TEST_TSAN
#include <sanitizer/tsan_interface.h>
#endif

namespace test {

/// A stack of its own, which runs and stops when told. The sanitizers are told which stack is in use.
class fiber {
public:
    fiber() = default;
    fiber(const fiber&) = delete;
    ~fiber() {
#if ALLOY_TEST_TSAN
        if (stack_) __tsan_destroy_fiber(watched_);
#endif
    }
    void make(void (*entry)()) {
        stack_ = std::make_unique<char[]>(bytes);
        getcontext(&context_);
        context_.uc_stack.ss_sp = stack_.get();
        context_.uc_stack.ss_size = bytes;
        context_.uc_link = nullptr;
        makecontext(&context_, entry, 0);
#if ALLOY_TEST_TSAN
        watched_ = __tsan_create_fiber(0);
#endif
    }
    /// From the one that is running, which is this, to another.
    void switch_to(fiber& other) {
#if ALLOY_DETAIL_ASAN
        __sanitizer_start_switch_fiber(&fake_, other.bottom_ ? other.bottom_ : other.stack_.get(), other.bottom_ ? other.size_ : bytes);
        came_from = this;
#endif
#if ALLOY_TEST_TSAN
        if (!stack_) watched_ = __tsan_get_current_fiber();
        __tsan_switch_to_fiber(other.watched_, 0);
#endif
        swapcontext(&context_, &other.context_);
        arrive();
    }
    /// The first thing that an entry does.
    void arrive() {
#if ALLOY_DETAIL_ASAN
        __sanitizer_finish_switch_fiber(fake_, &came_from->bottom_, &came_from->size_);
#endif
    }

private:
    static constexpr std::size_t bytes = std::size_t{64} << 10;

    std::unique_ptr<char[]> stack_;
    ucontext_t context_{};
#if ALLOY_DETAIL_ASAN
    static inline fiber* came_from = nullptr;
    void* fake_ = nullptr;
    const void* bottom_ = nullptr;
    std::size_t size_ = 0;
#endif
#if ALLOY_TEST_TSAN
    void* watched_ = nullptr;
#endif
};

}  // namespace test
