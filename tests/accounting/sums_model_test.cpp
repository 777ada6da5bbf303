// Random programs of frames, rollbacks, objects, exceptions and a failing upstream, on several threads: sums by tag are what was handed out, to the
// byte.
#include <barrier>
#include <mutex>
#include <random>
#include <stdexcept>
#include <thread>
#include <tuple>
#include <vector>

#include <rapidcheck.h>

#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#include "../support/catch.hpp"
#include "../support/upstreams.hpp"

namespace {

namespace budget = alloy::budget;
using tags = alloy::tagging::scoped<"physics", "physics/contacts", "ai">;
using limits = budget::per_tag<budget::limit<"physics", 40'000>, budget::limit<"ai", 15'000>>;

template <class... Policies>
using tagged = alloy::allocator<tags, test::strict_upstream, alloy::growth::linear<1024>, Policies...>;
/// Compositions, and on how many threads they run.
template <class Memory, int Threads>
struct on {
    using memory = Memory;
    static constexpr int threads = Threads;
};
using compositions =
    std::tuple<on<tagged<>, 1>,
               on<tagged<budget::all<budget::hard<200'000>, budget::per_frame<20'000>, limits>, alloy::tracking::boundary_metrics>, 1>,
               on<tagged<alloy::tracking::metrics<alloy::metric::count>>, 1>, on<tagged<alloy::threading::spin_locked>, 3>,
               on<tagged<alloy::threading::spin_locked, limits>, 3>, on<tagged<alloy::threading::thread_cached>, 3>,
               on<tagged<alloy::threading::thread_cached, budget::all<budget::per_frame<20'000>, limits>>, 3>>;

struct thrown {};
/// Lives or throws, as its maker says.
struct moody {
    explicit moody(bool throws) {
        if (throws) throw thrown{};
    }
    ~moody() { words[0] = 0; }
    std::uint64_t words[5]{};
};

/// What all threads share: the allocator, the objects that are alive, whoever made them, and what all have used.
template <class Memory>
struct program {
    struct object {
        void* at;
        std::size_t bytes, tag;
    };
    Memory memory;
    std::mutex mutex;
    std::vector<object> alive;
    alloy::tag_bytes expected[tags::count];

    void made(std::size_t tag, void* at, std::size_t bytes, bool pooled) {
        const std::lock_guard lock(mutex);
        alive.push_back({at, bytes, tag});
        if (pooled)
            expected[tag].pool += alloy::size_class::bytes(alloy::size_class::of(bytes, 8));
        else
            expected[tag].heap += whole(bytes);
    }
    bool take(std::size_t which, object& to) {
        const std::lock_guard lock(mutex);
        if (alive.empty()) return false;
        to = alive[which % alive.size()];
        alive[which % alive.size()] = alive.back();
        alive.pop_back();
        if (alloy::size_class::fits(to.bytes, 8))
            expected[to.tag].pool -= alloy::size_class::bytes(alloy::size_class::of(to.bytes, 8));
        else
            expected[to.tag].heap -= whole(to.bytes);
        return true;
    }
    /// A heap allocation takes its header, and whole units of upstream.
    static std::size_t whole(std::size_t bytes) { return alloy::round_up(bytes + 32, test::strict_upstream::granularity); }
};

/// One thread's part.
template <class Memory>
class worker {
public:
    worker(program<Memory>& p, unsigned seed) : program_(p), random_(seed) {}

    /// Does so many steps, calls look() with its frames still open, ends them.
    template <class Look>
    void run(int steps, Look look) {
        steps_ = steps;
        if constexpr (Memory::threading_type::sharing == alloy::sharing::under_lock) {
            while (steps_-- > 0) objects();
            look();
        } else {
            in_frame(look, 0);
        }
    }
    std::size_t frame_bytes[tags::count] = {};

private:
    struct nothing {
        void operator()() const {}
    };
    unsigned roll(unsigned n) { return unsigned(random_()) % n; }

    template <class Look>
    void in_frame(Look& look, int depth) {
        auto opened = program_.memory.try_frame();
        if (!opened) {  // its first memory may be refused
            if (depth == 0) look();
            return;
        }
        auto& frame = *opened;
        std::size_t mine[tags::count] = {};
        const auto scope = program_.memory.tag(roll(tags::count));
        while (steps_-- > 0) {
            switch (roll(8)) {
                case 0:
                case 1:
                case 2:
                    bytes_in(frame, mine);
                    break;
                case 3: {
                    const auto inner = program_.memory.tag(roll(tags::count));
                    bytes_in(frame, mine);
                    break;
                }
                case 4:
                    rolled_back(frame, mine);
                    break;
                case 5:
                    if (depth < 3) {
                        nothing none;
                        in_frame(none, depth + 1);
                    }
                    break;
                default:
                    objects();
                    break;
            }
            if (depth > 0 && roll(6) == 0) break;
        }
        if (depth == 0) look();
        for (std::size_t t = 0; t < tags::count; ++t) frame_bytes[t] -= mine[t];
    }
    /// The difference of a lease's own bytes, padding included, is what it has handed out; where the request failed, nothing.
    template <class Lease>
    void bytes_in(Lease& lease, std::size_t (&mine)[tags::count]) {
        const std::size_t tag = program_.memory.current_tag(), before = lease.used();
        if (roll(4) == 0) {
            try {
                static_cast<void>(lease.template try_make<moody>(roll(2) == 0));
            } catch (const thrown&) {
            }
        } else {
            static_cast<void>(lease.try_allocate(roll(700), std::size_t{1} << roll(7)));
        }
        mine[tag] += lease.used() - before;
        frame_bytes[tag] += lease.used() - before;
    }
    template <class Lease>
    void rolled_back(Lease& frame, std::size_t (&mine)[tags::count]) {
        std::size_t in_attempt[tags::count] = {};
        bool commits = roll(2) == 0;
        try {
            auto attempt = frame.checkpoint();
            for (unsigned n = roll(4); n > 0; --n) {
                const auto tag = program_.memory.tag(roll(tags::count));
                bytes_in(attempt, in_attempt);
            }
            if (roll(5) == 0) throw std::runtime_error("half-way");
            if (commits) attempt.commit();
        } catch (const std::runtime_error&) {
            commits = false;
        }
        for (std::size_t t = 0; t < tags::count; ++t) {
            if (commits)
                mine[t] += in_attempt[t];
            else
                frame_bytes[t] -= in_attempt[t];
        }
    }
    void objects() {
        const auto scope = program_.memory.tag(roll(tags::count));
        if (roll(2) == 0) {
            const std::size_t bytes = roll(10) == 0 ? 9'000 + roll(4'000) : 1 + roll(300);
            if (auto p = program_.memory.try_allocate(bytes, 8))
                program_.made(program_.memory.current_tag(), *p, bytes, alloy::size_class::fits(bytes, 8));
        } else if (roll(6) == 0) {
            try {
                static_cast<void>(program_.memory.template try_make_pooled<moody>(true));
            } catch (const thrown&) {
            }
        } else {
            typename program<Memory>::object o;
            if (program_.take(roll(1000), o)) program_.memory.deallocate(o.at, o.bytes, 8);
        }
        if (Memory::threading_type::sharing == alloy::sharing::one_thread && roll(12) == 0)
            program_.memory.upstream().refuse_at = program_.memory.upstream().requests + 1 + roll(3);
    }

    program<Memory>& program_;
    std::mt19937 random_;
    int steps_ = 0;
};

template <class Memory>
void check_limits(Memory& memory) {
    if constexpr (Memory::bounds > 0)
        for (std::size_t b = 0; b < Memory::bounds; ++b) {
            const alloy::bound_usage bound = memory.usage_under_bound(b);
            RC_ASSERT(bound.used <= bound.limit);
            if (bound.frames_alone) continue;
            std::size_t sum = 0;
            for (std::size_t t = 0; t < tags::count; ++t)
                if (alloy::detail::is_part_of(tags::name(t), bound.tag)) sum += memory.tag_usage(t).sum();
            RC_ASSERT(bound.used == sum);
        }
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("sums by tag are what was handed out, to the byte", "[tagging][model]", compositions) {
    using memory_type = typename TestType::memory;
    static constexpr int threads = TestType::threads;
    CHECK(rc::check([] {
        const unsigned seed = *rc::gen::arbitrary<unsigned>();
        const int steps = *rc::gen::inRange(1, 400);
        program<memory_type> p;
        if (seed % 3 == 0 && threads == 1) p.memory.upstream().refuse_at = 1 + seed % 7;
        std::vector<worker<memory_type>> workers;
        for (int t = 0; t < threads; ++t) workers.emplace_back(p, seed + unsigned(t));
        std::barrier<> all(threads + 1), looked(threads + 1);
        std::vector<std::thread> running;
        for (auto& w : workers)
            running.emplace_back([&] {
                w.run(steps, [&] {
                    static_cast<void>(p.memory.tag_usage(0));  // a boundary: what this thread has used so far is settled
                    all.arrive_and_wait();
                    looked.arrive_and_wait();
                });
            });
        all.arrive_and_wait();
        bool exact = true;
        for (std::size_t t = 0; t < tags::count; ++t) {
            alloy::tag_bytes expected = p.expected[t];
            for (const auto& w : workers) expected.frame += w.frame_bytes[t];
            exact = exact && p.memory.tag_usage(t) == expected;
        }
        looked.arrive_and_wait();
        for (std::thread& t : running) t.join();
        RC_ASSERT(exact);
        check_limits(p.memory);
        p.memory.upstream().refuse_at = 0;
        for (const auto& o : p.alive) p.memory.deallocate(o.at, o.bytes, 8);
        p.memory.trim();
        for (std::size_t t = 0; t < tags::count; ++t) RC_ASSERT(p.memory.tag_usage(t) == alloy::tag_bytes{});
        check_limits(p.memory);
    }));
}
