// frame_barrier: f runs once when all seats have arrived and while nobody works, whoever comes, leaves, throws or stops meanwhile. What threads take
// turns at is plain data here, so that ThreadSanitizer says whether the order holds. Faults 21, 25.
#include <array>
#include <atomic>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <alloy/containers.hpp>
#include <alloy/frame_barrier.hpp>

#include "../support/catch.hpp"
#include "../support/compositions.hpp"
#include "../support/death.hpp"
#include "../support/threads.hpp"

namespace {

using alloy::frame_barrier;
using test::workers;

/// What threads know of each other, all of it plain: inside is written by f alone.
struct turns {
    frame_barrier barrier;
    bool inside = false;
    int frame = 0;
    std::array<int, workers> work{};

    int sum() const {
        int n = 0;
        for (int w : work) n += w;
        return n;
    }
};

/// Starts a thread per worker with a seat that it has from the first phase on.
template <class Work>
std::vector<std::thread> seated(frame_barrier& barrier, Work work) {
    std::vector<std::thread> threads;
    for (int t = 0; t < workers; ++t) threads.emplace_back([work, t, seat = barrier.join()]() mutable { work(t, seat); });
    return threads;
}
void join_all(std::vector<std::thread>& threads) {
    for (std::thread& t : threads) t.join();
}

}  // namespace

TEST_CASE("wrong use of a frame_barrier ends the program", "[frame_barrier][death][fault-21]") {
    const char* const left =
        "alloy: a seat of a frame_barrier was used that has left or was moved from; join() again, or use the seat that it was moved to\n";
    const char* const two_users = "alloy: one seat of a frame_barrier was used by two threads at once; give each thread a seat of its own\n";
    CHECK(test::dying_words([] {
              frame_barrier::seat kept;
              frame_barrier barrier;
              kept = barrier.join();
          }) == "alloy: a frame_barrier ended while threads have seats in it; join the threads, or let their seats leave, before it ends\n");
    CHECK(test::dying_words([] {
              frame_barrier barrier;
              barrier.complete([&] { barrier.complete([] {}); });
          }) == "alloy: complete() of a frame_barrier was called while another call of it goes on; let one thread own it, and f not call it\n");
    CHECK(test::dying_words([] {
              frame_barrier barrier;
              auto seat = barrier.join();
              std::thread([&] { barrier.complete([] {}); }).detach();
              barrier.complete([] {});  // whichever of the two comes second
          }) == "alloy: complete() of a frame_barrier was called while another call of it goes on; let one thread own it, and f not call it\n");
    CHECK(test::dying_words([] {
              frame_barrier barrier;
              barrier.complete([&] {
                  auto seat = barrier.join();
                  static_cast<void>(seat.arrive_and_wait());
              });
          }) == "alloy: a seat arrived at a frame_barrier in the f of complete(), and would wait for itself; arrive on another thread\n");
    CHECK(test::dying_words([] {
              frame_barrier barrier;
              auto seat = barrier.join();
              seat.leave();
              static_cast<void>(seat.arrive_and_wait());
          }) == left);
    CHECK(test::dying_words([] {
              frame_barrier barrier;
              auto seat = barrier.join();
              const auto moved = std::move(seat);
              static_cast<void>(seat.arrive_and_wait());
          }) == left);
    CHECK(test::dying_words([&] {
              frame_barrier barrier;
              auto seat = barrier.join();
              std::thread([&] { static_cast<void>(seat.arrive_and_wait()); }).detach();
              static_cast<void>(seat.arrive_and_wait());  // whichever of the two comes second
          }) == two_users);
    for (const bool moves : {false, true})
        CHECK(test::dying_words([moves] {
                  frame_barrier barrier;
                  auto seat = barrier.join();
                  std::thread([&] { static_cast<void>(seat.arrive_and_wait()); }).detach();
                  barrier.complete([&] {  // the other thread waits with it
                      if (moves)
                          auto taken = std::move(seat);
                      else
                          seat.leave();
                  });
              }) == two_users);
}

TEST_CASE("an owner without workers does not wait, and a seat is a value", "[frame_barrier]") {
    frame_barrier barrier;
    int ran = 0;
    for (int i = 0; i < 3; ++i) CHECK(barrier.complete([&] { return ++ran; }));
    CHECK((ran == 3 && barrier.completed() == 3 && barrier.seats() == 0));
    frame_barrier::seat none;
    CHECK_FALSE(none);
    none.leave();
    auto a = barrier.join(), b = barrier.join();
    CHECK((a && b && barrier.seats() == 2));
    b = std::move(a);  // its own leaves
    CHECK((!a && b && barrier.seats() == 1));
    none = std::move(b);
    CHECK((!b && none && barrier.seats() == 1));
    none.leave();
    none.leave();
    CHECK((!none && barrier.seats() == 0));
    CHECK(barrier.complete([&] { ++ran; }));
    CHECK(ran == 4);
}

TEST_CASE("f runs once a phase, between all that the workers do", "[frame_barrier][concurrent][fault-25]") {
    turns at;
    std::atomic<int> wrong = 0;
    constexpr int frames = 500;
    auto threads = seated(at.barrier, [&](int t, frame_barrier::seat& seat) {
        int expected = 0;
        do {
            wrong += at.inside || at.frame != expected;
            at.work[static_cast<std::size_t>(t)] = ++expected;
        } while (seat.arrive_and_wait());
    });
    for (int i = 1; i <= frames; ++i) {
        const bool ran = at.barrier.complete([&] {
            at.inside = true;
            for (int w : at.work) wrong += w != i;
            at.frame = i;
            if (i == frames) at.barrier.stop();
            at.inside = false;
        });
        wrong += !ran || at.barrier.completed() != static_cast<std::uint64_t>(i);
    }
    join_all(threads);
    CHECK(wrong == 0);
    CHECK(at.frame == frames);
    CHECK((at.barrier.seats() == 0 && at.barrier.stopped()));
}

TEST_CASE("seats come and go in every phase, by programs drawn at random", "[frame_barrier][concurrent][fault-25]") {
    for (unsigned seed = 1; seed <= 25; ++seed) {
        turns at;
        std::atomic<int> wrong = 0, done = 0, working = workers;
        std::vector<std::thread> threads;
        for (int t = 0; t < workers; ++t)
            threads.emplace_back([&, t] {
                std::mt19937 random(seed * 100 + static_cast<unsigned>(t));
                int& mine = at.work[static_cast<std::size_t>(t)];
                const auto works = [&] {
                    for (auto n = random() % 4; n > 0; --n) {
                        wrong += at.inside;
                        ++mine;
                        ++done;
                        if (random() % 4 == 0) std::this_thread::yield();
                    }
                };
                const auto one_stay = [&] {
                    auto seat = at.barrier.join();
                    for (auto phases = random() % 6; phases > 0; --phases) {
                        works();
                        const std::uint64_t before = at.barrier.completed();  // which cannot change while this seat is at work
                        wrong += !seat.arrive_and_wait() || at.barrier.completed() != before + 1;
                        if (random() % 8 == 0) seat = at.barrier.join();  // another, then the old one leaves
                        if (random() % 8 == 0) return seat.leave();
                    }
                    works();  // leaves in the middle of a phase
                    if (random() % 3 == 0) throw std::runtime_error("out of the loop");
                };
                for (int stays = 0; stays < 12; ++stays) try {
                        one_stay();
                    } catch (const std::runtime_error&) {
                    }
                --working;
            });
        std::mt19937 random(seed);
        std::uint64_t ran = 0;
        const auto step = [&] {
            ++ran;
            at.inside = true;
            wrong += at.sum() != done;  // all of it is seen, and nobody adds to it
            if (random() % 2 == 0) std::this_thread::yield();
            wrong += at.sum() != done;
            at.inside = false;
            if (random() % 8 == 0) throw std::logic_error("out of f");
        };
        while (working != 0) try {
                wrong += !at.barrier.complete(step);
            } catch (const std::logic_error&) {
            }
        join_all(threads);
        CHECK(wrong == 0);
        CHECK((at.barrier.completed() == ran && at.barrier.seats() == 0 && at.sum() == done));
    }
}

TEST_CASE("a seat that leaves while the owner waits is waited for no longer", "[frame_barrier][concurrent]") {
    frame_barrier barrier;
    int left = 0, ran = 0;
    for (int i = 1; i <= 200; ++i) {
        std::thread leaver([&, i, seat = barrier.join()]() mutable {
            if (i % 2 == 0) std::this_thread::yield();
            left = i;
            seat.leave();
        });
        barrier.complete([&] { ran += left == i; });
        leaver.join();
    }
    CHECK(ran == 200);
}

TEST_CASE("a thread that joins while f runs is held until f has ended, and counts from the next phase", "[frame_barrier][concurrent]") {
    turns at;
    std::atomic<int> wrong = 0;
    for (int i = 1; i <= 100; ++i) {
        std::atomic<bool> about_to_join = false, about_to_arrive = false;
        std::thread late, handed;
        at.barrier.complete([&] {
            at.inside = true;
            late = std::thread([&, i] {
                about_to_join = true;
                auto seat = at.barrier.join();
                wrong += at.inside || at.frame != i;
                at.work[0] = i;
                wrong += !seat.arrive_and_wait();
                wrong += at.frame != -i;
            });
            while (!about_to_join) std::this_thread::yield();
            while (at.barrier.seats() == 0) std::this_thread::yield();  // it has asked
            // One that f joins for another thread is not held, and may arrive before f has ended.
            handed = std::thread([&, i, seat = at.barrier.join()]() mutable {
                at.work[1] = i;
                about_to_arrive = true;
                wrong += !seat.arrive_and_wait();
                wrong += at.frame != -i;
            });
            if (i % 2 == 0) {
                while (!about_to_arrive) std::this_thread::yield();
                for (int n = 0; n < 50; ++n) std::this_thread::yield();  // by now it mostly has
            }
            at.frame = i;
            at.inside = false;
        });
        at.barrier.complete([&] {
            wrong += at.work[0] != i || at.work[1] != i;
            at.frame = -i;
        });
        late.join();
        handed.join();
    }
    CHECK(wrong == 0);
    CHECK((at.barrier.completed() == 200 && at.barrier.seats() == 0));
}

TEST_CASE("what f throws goes on to the owner, and the workers into the next phase", "[frame_barrier][concurrent]") {
    turns at;
    std::atomic<int> wrong = 0;
    auto threads = seated(at.barrier, [&](int t, frame_barrier::seat& seat) {
        int expected = 0;
        do {
            wrong += at.frame != expected++;
            ++at.work[static_cast<std::size_t>(t)];
        } while (seat.arrive_and_wait());
    });
    for (int i = 1; i <= 50; ++i) {
        const auto throws = [&] {
            at.frame = i;
            throw i;
        };
        CHECK_THROWS_AS(at.barrier.complete(throws), int);
    }
    CHECK(at.barrier.complete([&] { at.barrier.stop(); }));
    join_all(threads);
    CHECK(wrong == 0);
    CHECK((at.barrier.completed() == 51 && at.sum() == 51 * workers));
}

TEST_CASE("a worker that throws out of its loop is waited for no longer", "[frame_barrier][concurrent]") {
    turns at;
    std::atomic<int> thrown = 0;
    auto threads = seated(at.barrier, [&](int t, frame_barrier::seat& given) {
        try {
            auto seat = std::move(given);
            for (int i = 0;; ++i) {
                ++at.work[static_cast<std::size_t>(t)];
                if (i == 10 + t) throw t;
                if (!seat.arrive_and_wait()) return;
            }
        } catch (int) {
            ++thrown;
        }
    });
    for (int i = 0; i < 30; ++i) CHECK(at.barrier.complete([] {}));
    join_all(threads);
    CHECK((thrown == workers && at.barrier.seats() == 0));
    for (int t = 0; t < workers; ++t) CHECK(at.work[static_cast<std::size_t>(t)] == 11 + t);
}

TEST_CASE("stop lets everybody go, whoever calls it and whoever waits", "[frame_barrier][concurrent]") {
    for (int i = 0; i < 100; ++i) {
        frame_barrier barrier;
        std::atomic<int> told = 0;
        int frames = 0;
        auto idle = barrier.join();  // never arrives, so the owner waits in vain
        auto threads = seated(barrier, [&](int, frame_barrier::seat& seat) {
            while (seat.arrive_and_wait()) {
            }
            ++told;
            told += seat.arrive_and_wait() ? 1000 : 0;  // again, without waiting
        });
        std::thread stopper([&] { barrier.stop(); });
        CHECK_FALSE(barrier.complete([&] { ++frames; }));
        stopper.join();
        join_all(threads);
        CHECK((told == workers && frames == 0 && barrier.seats() == 1));
        CHECK_FALSE(idle.arrive_and_wait());
        auto late = barrier.join();
        CHECK_FALSE(late.arrive_and_wait());
        CHECK_FALSE(barrier.complete([&] { ++frames; }));
        CHECK((frames == 0 && barrier.completed() == 0));
    }
}

TEST_CASE("stop lets an owner go who waits for a seat that does not arrive", "[frame_barrier][concurrent]") {
    for (int i = 0; i < 100; ++i) {
        frame_barrier barrier;
        auto idle = barrier.join();
        std::thread stopper([&] {
            for (int n = 0; n < 20; ++n) std::this_thread::yield();  // mostly the owner waits by now
            barrier.stop();
        });
        CHECK_FALSE(barrier.complete([] {}));
        stopper.join();
        CHECK((barrier.stopped() && barrier.completed() == 0));
    }
}

TEST_CASE("stop in the middle of f: nobody goes on before f has ended", "[frame_barrier][concurrent]") {
    for (int i = 0; i < 100; ++i) {
        turns at;
        std::atomic<int> wrong = 0;
        auto threads = seated(at.barrier, [&](int, frame_barrier::seat& seat) {
            wrong += seat.arrive_and_wait();
            wrong += at.inside || at.frame != 1;
        });
        CHECK(at.barrier.complete([&] {
            at.inside = true;
            std::thread([&] { at.barrier.stop(); }).join();
            std::this_thread::yield();
            at.frame = 1;
            at.inside = false;
        }));
        join_all(threads);
        CHECK(wrong == 0);
    }
}

TEST_CASE("workers fill one frame, and the owner reads and ends it", "[frame_barrier][threads][concurrent][fault-25]") {
    struct item {
        item* next;
        int worker, frame, number;
    };
    alloy::allocator<alloy::threading::spin_locked, test::strict_upstream, alloy::growth::linear<4096>> memory;
    {
        frame_barrier barrier;
        alloy::lease* frame = &memory.begin_frame();
        std::array<item*, workers> made{};
        int n = 0;
        auto threads = seated(barrier, [&](int t, frame_barrier::seat& seat) {
            do {
                item* first = nullptr;
                for (int i = 0; i <= n % 40; ++i) first = frame->make<item>(first, t, n, i);
                made[static_cast<std::size_t>(t)] = first;
            } while (seat.arrive_and_wait());
        });
        int wrong = 0;
        for (int last = 199; n <= last;)
            barrier.complete([&] {
                for (int t = 0; t < workers; ++t) {
                    int number = n % 40;
                    for (const item* i = made[static_cast<std::size_t>(t)]; i; i = i->next)
                        wrong += i->worker != t || i->frame != n || i->number != number--;
                    wrong += number != -1;
                }
                const alloy::frame_summary said = memory.end_frame();
                wrong += !said.closed || said.used != static_cast<std::size_t>((n % 40 + 1) * workers) * sizeof(item);
                if (n++ == last)
                    barrier.stop();
                else
                    frame = &memory.begin_frame();
            });
        join_all(threads);
        CHECK(wrong == 0);
    }
    CHECK(memory.used() == 0);
    memory.trim();
    CHECK(memory.upstream().live() == 0);
}

TEST_CASE("with two buffers workers read the last frame while they build the next", "[frame_barrier][threads][concurrent][fault-25]") {
    alloy::allocator<alloy::threading::spin_locked, alloy::lifetime::frames<2>, alloy::growth::linear<4096>> memory;
    frame_barrier barrier;
    alloy::lease* frame = &memory.begin_frame();
    using row = std::array<unsigned*, workers>;
    row last{}, next{};
    int n = 0;
    auto threads = seated(barrier, [&](int t, frame_barrier::seat& seat) {
        do {
            unsigned* const mine = frame->make<unsigned>(static_cast<unsigned>(t));
            for (const unsigned* other : last) *mine += other ? *other : 0;
            next[static_cast<std::size_t>(t)] = mine;
        } while (seat.arrive_and_wait());
    });
    int wrong = 0;
    unsigned sum = 0;  // of the last row
    for (const int frames = 100; n < frames;)
        barrier.complete([&] {
            unsigned now = 0;
            for (unsigned t = 0; t < workers; ++t) {
                wrong += *next[t] != t + sum;
                now += *next[t];
            }
            sum = now;
            wrong += !memory.end_frame().closed;
            frame = &memory.begin_frame();
            last = std::exchange(next, row{});
            if (++n == frames) barrier.stop();
        });
    join_all(threads);
    CHECK(wrong == 0);
    memory.end_frame();
}

TEST_CASE("with frames per thread each worker ends its own when it was let go", "[frame_barrier][threads][concurrent][fault-25]") {
    alloy::allocator<alloy::threading::thread_cached, alloy::growth::linear<4096>> memory;
    frame_barrier barrier;
    std::array<alloy::frame_vector<int>*, workers> made{};
    std::atomic<int> wrong = 0;
    auto threads = seated(barrier, [&](int t, frame_barrier::seat& seat) {
        for (bool goes_on = true; goes_on;) {
            auto frame = memory.frame();
            alloy::frame_vector<int> mine{frame};
            for (int i = 0; i < 100; ++i) mine.push_back(t);
            made[static_cast<std::size_t>(t)] = &mine;
            goes_on = seat.arrive_and_wait();  // the owner reads it meanwhile
        }
        wrong += memory.in_frame();
    });
    for (int n = 1; n <= 100; ++n)
        barrier.complete([&] {
            for (int t = 0; t < workers; ++t) {
                const auto& theirs = *made[static_cast<std::size_t>(t)];
                wrong += theirs.size() != 100;
                for (int i : theirs) wrong += i != t;
            }
            if (n == 100) barrier.stop();
        });
    join_all(threads);
    CHECK(wrong == 0);
}
