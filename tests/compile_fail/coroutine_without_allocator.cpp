// expect: alloy: a coroutine whose promise is allocated_by<A> has no argument that is an A; pass it A&
#include <coroutine>

#include <alloy/adaptors/coroutine.hpp>
#include <alloy/allocator.hpp>

struct mine : alloy::allocator<> {};
struct task {
    struct promise_type : alloy::allocated_by<mine> {
        task get_return_object() noexcept { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() noexcept {}
        void unhandled_exception() noexcept {}
    };
};

#ifdef REPAIRED
task begin(mine&, int) { co_return; }
#else
task begin(alloy::allocator<alloy::lifetime::frame>&, int) { co_return; }
#endif
