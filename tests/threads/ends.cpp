// The order of ends: allocators that are used by destructors of thread-local objects, of pthread keys, and of statics, on threads and in main. The program
// counts what was made and ended, and says so with its exit code. Faults 35 and 48.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <pthread.h>
#include <unistd.h>

#include <alloy/allocator.hpp>
#include <alloy/host/never_destroyed.hpp>
#include <alloy/policies.hpp>

namespace {

struct shared : alloy::allocator<alloy::threading::thread_cached> {};
constinit alloy::never_destroyed<shared> memory;  // there for all that ends below

std::atomic<int> made = 0, ended = 0;
struct counted {
    counted() { ++made; }
    ~counted() { ++ended; }
};

void use_all() {
    auto frame = memory->frame();
    frame.make<counted>();
    const auto pooled = memory->make_pooled<counted>();
    auto sent = memory->make_transfer<counted>();
    const auto received = std::move(sent).receive();
}

/// Uses everything when it ends, and ends what was made long before.
struct uses_at_end {
    shared::pool_ptr<counted> kept;
    alloy::transfer_handle<counted> sent;
    uses_at_end() : kept(memory->make_pooled<counted>()), sent(memory->make_transfer<counted>()) {}
    ~uses_at_end() {
        kept.reset();
        sent.reset();
        use_all();
    }
};

#if !defined(ALLOY_TEST_KEY_ROUNDS)  // of the C library's four, one is left for what the last begins anew
#define ALLOY_TEST_KEY_ROUNDS 3
#endif
constexpr int key_rounds = ALLOY_TEST_KEY_ROUNDS;

pthread_key_t key;
int rounds_of_key = 0;
void at_key(void* left) {
    use_all();  // after the cache has gone, perhaps: keys end in no order that is promised
    ++rounds_of_key;
    const auto rounds = reinterpret_cast<std::uintptr_t>(left);
    if (rounds > 1) pthread_setspecific(key, reinterpret_cast<void*>(rounds - 1));
}

struct looks_last {
    ~looks_last() {
        use_all();
        if (made != ended || made == 0) {
            std::fprintf(stderr, "made %d, ended %d\n", made.load(), ended.load());
            ::_exit(1);
        }
    }
};
looks_last last;           // the first static, so the last to end
uses_at_end in_static;     // ends after main's thread-local objects

}  // namespace

int main() {
    if (pthread_key_create(&key, &at_key) != 0) return 2;
    for (int i = 0; i < 20; ++i)
        std::thread([] {
            pthread_setspecific(key, reinterpret_cast<void*>(std::uintptr_t{key_rounds}));
            static thread_local uses_at_end before;  // made before the thread has a cache, or with it
            static_cast<void>(before.kept.get());
            use_all();
            static thread_local uses_at_end after;
            static_cast<void>(after.kept.get());
        }).join();
    if (rounds_of_key != 20 * key_rounds) return 3;
    static thread_local uses_at_end of_main;
    static_cast<void>(of_main.kept.get());
    const std::size_t held = memory->held();
    for (int i = 0; i < 20; ++i) std::thread(use_all).join();
    if (memory->held() > held) return 4;  // what all those threads left serves the next
    return 0;
}
