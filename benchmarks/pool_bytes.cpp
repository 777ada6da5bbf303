/// What an object takes: a million of 24, 64 and 100 bytes alive in a pool, bytes held and resident memory divided by their number, beside
/// boost::pool. Ends with 1 where Alloy holds more than boost::pool is known to take: 25, 67 and 109.
#include <cstdio>
#include <cstdlib>
#include <new>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <boost/pool/pool.hpp>

#include <alloy/allocator.hpp>

namespace {

constexpr std::size_t count = 1'000'000;

struct bytes_each {
    double held = 0, resident = 0;
};

std::size_t resident() {
    std::size_t whole = 0, pages = 0;
    std::FILE* const f = std::fopen("/proc/self/statm", "r");
    if (!f || std::fscanf(f, "%zu %zu", &whole, &pages) != 2) std::perror("/proc/self/statm"), std::exit(2);
    std::fclose(f);
    return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

/// Of each object a byte is written. `held` is asked when all are alive.
template <class Take, class Held>
bytes_each fill(Take take, Held held) {
    const std::size_t before = resident();
    for (std::size_t i = 0; i < count; ++i) {
        auto* const p = static_cast<volatile char*>(take());
        if (!p) std::fprintf(stderr, "no memory for object %zu\n", i), std::exit(2);
        *p = 1;
    }
    return {static_cast<double>(held()) / count, static_cast<double>(resident() - before) / count};
}

struct plain : alloy::allocator<alloy::lifetime::pool, alloy::lifetime::heap> {};

bytes_each alloys(std::size_t bytes) {
    plain memory;
    return fill([&] { return memory.allocate(bytes, 4); }, [&] { return memory.held(); });
}

/// Chunks with what was asked for; malloc takes 8 bytes more for each.
struct counted_chunks {
    using size_type = std::size_t;
    using difference_type = std::ptrdiff_t;
    static inline std::size_t held = 0;
    static char* malloc(std::size_t n) {
        held += n;
        return static_cast<char*>(std::malloc(n));
    }
    static void free(char* p) { std::free(p); }
};
bytes_each boosts(std::size_t bytes) {
    counted_chunks::held = 0;
    boost::pool<counted_chunks> pool(bytes);
    return fill([&] { return pool.malloc(); }, [] { return counted_chunks::held; });
}

/// In a process of its own, so that memory that was freed before is not used again.
template <class F>
bytes_each apart(F f, std::size_t bytes) {
    int ends[2];
    if (pipe(ends) != 0) std::perror("pipe"), std::exit(2);
    const pid_t child = fork();
    if (child < 0) std::perror("fork"), std::exit(2);
    if (child == 0) {
        const bytes_each found = f(bytes);
        _exit(write(ends[1], &found, sizeof found) == sizeof found ? 0 : 2);
    }
    bytes_each found;
    const bool told = read(ends[0], &found, sizeof found) == sizeof found;
    int status = 0;
    if (waitpid(child, &status, 0) != child || status != 0 || !told) std::fprintf(stderr, "the measuring process failed\n"), std::exit(2);
    close(ends[0]);
    close(ends[1]);
    return found;
}

}  // namespace

int main() {
    constexpr struct {
        std::size_t bytes;
        double most;
    } sizes[] = {{24, 25}, {64, 67}, {100, 109}};
    bool good = true;
    std::printf("| bytes asked for | Alloy, held | resident | boost::pool, held | resident |\n|--:|--:|--:|--:|--:|\n");
    for (const auto& size : sizes) {
        const bytes_each alloy = apart(alloys, size.bytes), boost = apart(boosts, size.bytes);
        std::printf("| %zu | %.2f | %.2f | %.2f | %.2f |\n", size.bytes, alloy.held, alloy.resident, boost.held, boost.resident);
        std::fflush(stdout);
        // Resident memory is whole pages and what else the process touches: a twentieth more is not a fault of the pool.
        if (alloy.held <= size.most && alloy.resident <= size.most * 1.05) continue;
        std::fprintf(stderr, "an object of %zu bytes takes %.2f, resident %.2f, and not %.0f\n", size.bytes, alloy.held, alloy.resident, size.most);
        good = false;
    }
    return good ? 0 : 1;
}
