#include "look_up.hpp"

#if defined(ALLOY_BENCH_LIBRARY)
#define ALLOY_BENCH_HERE in_library
#else
#define ALLOY_BENCH_HERE in_program
#endif

namespace look_up {
namespace {

void seen(const void* p) { asm volatile("" : : "g"(p) : "memory"); }

void frames(memory& m, std::uint64_t times) {
    for (; times > 0; --times) {
        auto frame = m.frame();
        seen(&frame);
    }
}
void pairs(memory& m, std::uint64_t times) {
    for (; times > 0; --times) {
        void* const p = m.allocate(64);
        seen(p);
        m.deallocate(p, 64);
    }
}
void both(memory& m, std::uint64_t times) {
    for (; times > 0; --times) {
        auto frame = m.frame();
        void* const p = m.allocate(64);
        seen(&frame), seen(p);
        m.deallocate(p, 64);
    }
}

}  // namespace

const calls ALLOY_BENCH_HERE{&frames, &pairs, &both};

}  // namespace look_up
