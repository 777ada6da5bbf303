/// A program all of whose new and delete come from one Alloy allocator, and which says how many bytes that was.
#include <cstdio>
#include <exception>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

// [replace]
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

struct program_allocator : alloy::allocator<alloy::threading::spin_locked, alloy::upstream::malloc,
                                            alloy::tracking::metrics<alloy::metric::count, alloy::metric::requested>> {};
constinit alloy::never_destroyed<program_allocator> program;
inline auto& program_memory() { return *program; }

#include <alloy/replace_new.hpp>
// [/replace]

// Made before main, destroyed after it; both use new.
static const std::string early(100, 'x');
struct last_words {
    ~last_words() {
        const auto words = std::make_unique<std::string>(100, 'y');
        std::printf("%zu bytes in use when the last static object goes\n", program_memory().used());
    }
};
static const last_words at_the_end;

static void work() {
    std::map<int, std::string> names;
    for (int i = 0; i < 1000; ++i) names.emplace(i, std::string(50, 'n'));
}

int main() {
    const std::size_t before = program_memory().used();
    bool caught = false;
    std::size_t during = 0;
    {
        std::vector<std::string> lines(1000, std::string(40, 'l'));
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i) threads.emplace_back(work);
        for (auto& thread : threads) thread.join();
        try {
            std::rethrow_exception(std::make_exception_ptr(std::runtime_error("the object itself comes from the C++ runtime")));
        } catch (const std::runtime_error&) {
            caught = true;
        }
        during = program_memory().used() - before;
    }
    const auto seen = program_memory().metrics();
    std::printf("%zu bytes before main, %zu more for 1000 lines; all in all %llu allocations of %llu bytes\n", before, during,
                static_cast<unsigned long long>(seen.allocations), static_cast<unsigned long long>(seen.requested));
    return early.size() == 100 && before >= 100 && during >= 40'000 && seen.allocations > 5000 && seen.requested > 200'000 && caught && program_memory().used() == before ? 0 : 1;
}
