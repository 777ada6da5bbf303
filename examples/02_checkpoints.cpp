/// Work that may be undone: kept after commit(), taken back with its destructors otherwise.
#include <cstdio>

#include <alloy/allocator.hpp>

namespace {
int alive = 0;
struct part {
    part() { ++alive; }
    part(const part&) = delete;
    part& operator=(const part&) = delete;
    ~part() { --alive; }
};
}  // namespace

int main() {
    alloy::allocator<> memory;
    bool good = true;
    {
        auto frame = memory.frame();
        {
            auto attempt = frame.checkpoint();
            attempt.make<part>();
            good = good && alive == 1;
        }
        good = good && alive == 0;
        {
            auto attempt = frame.checkpoint();
            attempt.make<part>();
            attempt.make<part>();
            attempt.commit();
        }
        good = good && alive == 2;
        std::printf("kept after one rollback and one commit: %d\n", alive);
    }
    std::printf("kept after the frame: %d\n", alive);
    return good && alive == 0 ? 0 : 1;
}
