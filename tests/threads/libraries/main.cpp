/// `main FIRST SECOND [gone] [hidden] apart|exporting|linking`: loads two libraries, each with allocators of its own, while threads run; objects go
/// between program and libraries; these are unloaded, and the threads that have used them live on. Says what is not so, and counts it in the exit
/// code. Fault 36.
#include <array>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "library.hpp"

namespace {

constinit alloy::never_destroyed<test::memory> lasting;  // of the program, and used by nobody else

// The C library does not always get back what it keeps for the thread-local words of libraries: more rounds than it has room for would fail.
constexpr int rounds = 3;

int complaints = 0;
void check(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "not so: %s\n", what);
    ++complaints;
}

/// A thread that does what it is told, one thing at a time, and lives on.
class worker {
public:
    ~worker() {
        run({});
        thread_.join();
    }
    void run(std::function<void()> what) {
        std::unique_lock lock(mutex_);
        next_ = std::move(what);
        is_told_ = true;
        change_.notify_all();
        change_.wait(lock, [this] { return !is_told_; });
    }

private:
    void live() {
        for (bool goes_on = true; goes_on;) {
            std::unique_lock lock(mutex_);
            change_.wait(lock, [this] { return is_told_; });
            goes_on = static_cast<bool>(next_);
            if (goes_on) next_();
            next_ = {};
            is_told_ = false;
            change_.notify_all();
        }
    }
    std::mutex mutex_;
    std::condition_variable change_;
    std::function<void()> next_;
    bool is_told_ = false;
    std::thread thread_{[this] { live(); }};
};
using workers = std::array<std::unique_ptr<worker>, 3>;

class library {
public:
    explicit library(const char* path) : path_(path), handle_(dlopen(path, RTLD_NOW | RTLD_LOCAL)) {
        if (!handle_) std::fprintf(stderr, "%s\n", dlerror()), std::exit(99);
        calls_ = reinterpret_cast<decltype(&alloy_test_library)>(dlsym(handle_, "alloy_test_library"))();
    }
    const test::calls* operator->() const { return calls_; }
    /// Whether it is gone.
    bool unload() {
        dlclose(handle_);
        void* const still = dlopen(path_, RTLD_NOW | RTLD_NOLOAD);
        if (still) dlclose(still);
        return !still;
    }

private:
    const char* path_;
    void* handle_;
    const test::calls* calls_ = nullptr;
};

void use_on_all(workers& all, const std::function<void()>& what) {
    for (auto& w : all) w->run(what);
}

/// Of one allocator, from here to there and back. Each step is another thread's.
void pass(workers& all, test::memory& m, const test::calls& a, const test::calls& b) {
    int alive = 0;
    test::counted *of_a = nullptr, *of_b = nullptr, *of_program = nullptr;
    alloy::transfer_handle<test::counted> from_a, from_b, from_program;
    all[0]->run([&] {
        of_a = a.take(m, alive, 1), of_b = b.take(m, alive, 2), of_program = test::take(m, alive, 3);
        from_a = a.send(m, alive, 4), from_b = b.send(m, alive, 5), from_program = m.make_transfer<test::counted>(alive, 6);
        auto frame = m.frame();
        check(a.make(frame, alive, 7)->number == 7 && b.make(frame, alive, 8)->number == 8 && alive == 8,
              "both make objects in a frame of the program");
    });
    check(alive == 6, "the frame has ended, with its objects");
    check(of_a->number == 1 && of_b->number == 2 && of_program->number == 3, "objects of a pool are where they were made");
    all[1]->run([&] {
        b.give(m, of_a), a.give(m, of_program), test::give(m, of_b);
        check(b.receive(std::move(from_a)) == 4 && std::move(from_b).receive()->number == 5 && a.receive(std::move(from_program)) == 6,
              "messages arrive");
        m.trim(), a.trim(m), b.trim(m);  // what it has ended goes home, from wherever it was ended
    });
    check(alive == 0, "all that was handed over has ended");
    all[0]->run([&] { m.trim(), a.trim(m), b.trim(m); });
    check(m.used() == 0, "all that was handed over has come home");
}

/// Each allocator is taken for what it is, whichever module has used it first.
void tell_apart(const test::calls& a, const test::calls& b) {
    constexpr std::size_t each = 8;
    std::array<test::memory, 3 * each> many;
    for (std::size_t i = 0; i < many.size(); i += 3)
        check(a.use(many[i]) && test::use(many[i + 1]) && b.use(many[i + 2]), "each uses an allocator first");
    std::array<std::size_t, 3 * each> used{};
    const auto look = [&] {
        for (std::size_t i = 0; i < many.size(); ++i) used[i] = many[i].used();
    };
    for (test::memory& one : many) {
        look();
        auto frame = one.frame();
        frame.make<int>(1);
        for (std::size_t i = 0; i < many.size(); ++i)
            check((many[i].used() > used[i]) == (&many[i] == &one), "a frame is of the allocator that it was opened in");
    }
}

int fork_and_use(test::memory& m) {
    const pid_t child = fork();
    if (child == 0) _exit(test::use(m) ? 0 : 1);
    int status = -1;
    waitpid(child, &status, 0);
    return status;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return 98;
    const auto is_said = [&](const char* word) {
        for (int i = 3; i < argc; ++i)
            if (std::strcmp(argv[i], word) == 0) return true;
        return false;
    };
    test::memory& memory = *lasting;
    const auto use_memory = [&] { check(test::use(memory), "the program's threads use its memory"); };
    static int left_open = 0;  // objects that only the ends of their allocators end
    const test::calls* const linked = alloy_test_library ? alloy_test_library() : nullptr;
    check((linked != nullptr) == is_said("linking"), "the program is linked as it is said to be");
    workers all;
    for (auto& w : all) w = std::make_unique<worker>();
    for (int round = 0; round < rounds; ++round) {
        if (round != 1) use_on_all(all, use_memory);
        all[0] = std::make_unique<worker>();  // one that the libraries meet before the program's memory does; the one before ends, without them
        library first(argv[1]), second(argv[2]);
        use_on_all(all, [&] {
            check(first->use(first->own()) && second->use(second->own()), "threads that were there before use the libraries' memory");
            check(first->use_own_type() && second->use_own_type(), "and memory of types that the program has not seen");
            if (round % 2 == 0) first->leave_open(first->own(), left_open);
        });
        if (linked) {
            test::memory visited;
            pass(all, visited, *linked, *first.operator->());
            pass(all, linked->own(), *linked, *linked);
            check(linked->use_own_type(), "a library that the program is linked with");
        }
        {
            test::memory visited;
            pass(all, visited, *first.operator->(), *second.operator->());
            const std::size_t held = visited.held();
            for (int n = 0; n < 2; ++n)
                use_on_all(all, [&] { check(test::use(visited) && first->use(visited) && second->use(visited), "an allocator that all use"); });
            if (!is_said("apart") && !is_said("hidden")) {
                std::size_t here = 0, there = 0;
                all[2]->run([&] { test::use(visited), here = visited.held(), first->use(visited), second->use(visited), there = visited.held(); });
                check(here == there, "a thread has one cache of an allocator, where modules see each other's words");
            }
            check(visited.held() >= held, "the allocator is as it was");
        }
        tell_apart(*first.operator->(), *second.operator->());
        pass(all, first->own(), *first.operator->(), *first.operator->());
        // What has been ended of messages lies with each thread in words of the library, where it sees no others; then it would be lost with them.
        if (is_said("apart") || round % 2 == 1) use_on_all(all, [&] { first->trim(first->own()), second->trim(second->own()); });
        check(left_open >= (round % 2 == 0 ? 3 : 0), "frames that were left open are open");
        const bool second_is_gone = second.unload(),
                   first_is_gone = first.unload();  // so that the C library gets back what it keeps for their thread-local words
        if (is_said("gone")) check(first_is_gone && second_is_gone && left_open == 0, "the libraries are gone, and the frames with them");
        if (round % 3 == 1) all[1].reset();  // it ends after them
        if (round != 1) use_on_all(all, use_memory);
        check(fork_and_use(memory) == 0, "a process forks after they have gone, and uses its memory");
        if (round % 3 == 1) all[1] = std::make_unique<worker>();
    }
    for (auto& w : all) w.reset();
    std::thread(use_memory).join();
    return complaints;
}
