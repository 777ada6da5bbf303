// expect: alloy: growth::in_place brings memory for one engine, but this threading has one per thread; choose another growth or threading
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

struct per_thread {
    using axis = alloy::threading::axis;
    static constexpr alloy::sharing sharing = alloy::sharing::engine_per_thread;
    void lock() noexcept {}
    void unlock() noexcept {}
    template <class Engine>
    struct placed {
        Engine engine;
        template <class Connect>
        Engine& local(Connect connect) {
            return connect(engine), engine;
        }
        template <class F>
        void for_each(F f) {
            f(engine);
        }
    };
};

#ifdef REPAIRED
using subject = alloy::allocator<alloy::threading::single_threaded, alloy::growth::in_place<1024>>;
#else
using subject = alloy::allocator<per_thread, alloy::growth::in_place<1024>>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }
