#pragma once
/// What threads do with memory. Every object is written to when it is made, and read before it goes.
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include <alloy/bench/orders.hpp>

#include "../look_up.hpp"
#include "measure.hpp"
#include "subjects.hpp"

namespace workloads {

/// What the command line says.
struct options {
    int threads = 1;
    double seconds = 0.5;     // of the window
    std::size_t live = 1000;  // objects that a thread holds
    std::uint64_t messages = 10'000'000;
    std::uint64_t count = 10'000;  // threads that are started
};

/// What is printed: a name and a number each.
class report {
public:
    void add(const char* name, double value) { values_.emplace_back(name, value); }
    void add(const measure::result& r) {
        add("operations", r.operations);
        add("seconds", r.seconds);
        add("per_second", r.per_second);
        add("ns", r.ns);
    }
    const std::vector<std::pair<const char*, double>>& values() const { return values_; }

private:
    std::vector<std::pair<const char*, double>> values_;
};

/// The first word and the last byte, which are in different cache lines where the object is large.
[[gnu::always_inline]] inline void write(void* p, std::size_t bytes, std::uint64_t value) {
    *static_cast<std::uint64_t*>(p) = value;
    static_cast<char*>(p)[bytes - 1] = static_cast<char>(value);
    measure::seen(p);
}
[[gnu::always_inline]] inline std::uint64_t read(const void* p) { return *static_cast<const std::uint64_t*>(p); }

/// Runs turn(lane, number of the thread) -> operations on each thread, again and again, in the window.
template <class Subject, class Prepare>
measure::result in_window(const options& given, Subject& subject, Prepare prepare) {
    measure::window window(given.threads, given.seconds);
    std::vector<measure::counted> counts(static_cast<std::size_t>(given.threads));
    measure::on_threads(given.threads, [&](int n) {
        typename Subject::lane lane(subject);
        auto turn = prepare(lane, n);
        measure::stopwatch watch(window);
        window.arrive();
        while (watch.lap(turn())) {
        }
        counts[static_cast<std::size_t>(n)] = watch.count();
    });
    return measure::together(counts);
}

// Frames: 1,000 objects of 32 bytes, and all of them go ---------------------------------------------------------------------------------

template <class Subject>
report frame(const options& given) {
    auto subject = std::make_unique<Subject>();
    report r;
    r.add(in_window(given, *subject, [](typename Subject::lane& lane, int) {
        return [&lane] {
            constexpr std::uint64_t frames = 16, objects = 1000;  // several to a time stamp
            for (std::uint64_t f = 0; f < frames; ++f) {
                auto frame = lane.frame();
                for (std::uint64_t i = 0; i < objects; ++i) {
                    subjects::object* const p = frame.make();
                    p->words[0] = i;
                    measure::seen(p);
                }
            }
            return frames * objects;
        };
    }));
    r.add("resident_end", static_cast<double>(measure::resident()));
    return r;
}

// Finding the thread's part: a frame with one object of the pool in it, again and again, by a program's code or by a shared library's -----------------

struct shared_look_up {
    ::look_up::memory memory;
    class lane {
    public:
        explicit lane(shared_look_up& s) : memory(s.memory) {}
        ::look_up::memory& memory;
    };
};
template <const ::look_up::calls& Where>
report look_up(const options& given) {
    auto subject = std::make_unique<shared_look_up>();
    report r;
    r.add(in_window(given, *subject, [](shared_look_up::lane& lane, int) {
        return [&lane] {
            constexpr std::uint64_t times = 4096;
            Where.both(lane.memory, times);
            return times;
        };
    }));
    r.add("resident_end", static_cast<double>(measure::resident()));
    return r;
}

// Pool: all are taken, and then given back in the order ---------------------------------------------------------------------------------

/// Sizes from `least` to `most`, always the same ones.
inline std::vector<std::size_t> sizes(std::size_t n, std::size_t least, std::size_t most, unsigned seed) {
    std::minstd_rand next(seed);
    std::vector<std::size_t> all(n);
    for (std::size_t& s : all) s = least + next() % (most - least + 1);
    return all;
}

template <class Subject, class Order>
report pool(const options& given) {
    auto subject = std::make_unique<Subject>();
    report r;
    r.add(in_window(given, *subject, [live = given.live](typename Subject::lane& lane, int n) {
        return [&lane, at = Order(live), size = sizes(live, 16, 256, static_cast<unsigned>(n) + 1), held = std::vector<void*>(live)]() mutable {
            for (std::size_t i = 0; i < held.size(); ++i) write(held[i] = lane.take(size[i]), size[i], i);
            for (std::size_t i = 0; i < held.size(); ++i) {
                const std::size_t j = at[i];
                if (read(held[j]) != j) measure::fail("an object was changed by another");
                lane.give(held[j], size[j]);
            }
            return std::uint64_t{held.size()};
        };
    }));
    r.add("resident_end", static_cast<double>(measure::resident()));
    return r;
}

// Queue: one thread makes messages of 64 bytes, the other reads and ends them -----------------------------------------------------------

struct message {
    explicit message(std::uint64_t n) noexcept : number(n) {
        for (std::uint64_t& w : words) w = n;
    }
    std::uint64_t number;
    std::uint64_t words[7];
};
static_assert(sizeof(message) == 64);

/// Room for so many pointers between the two.
inline constexpr std::size_t queue_capacity = 1024;

/// Messages in a ring, used in turn: what passing on costs where nothing is allocated. One is at the consumer, one at the producer, so the ring has
/// more than the queue has room for.
class bare_messages {
public:
    class producer {
    public:
        explicit producer(bare_messages& s) : ring_(s.ring_.get()) {}
        message* make(std::uint64_t n) { return ::new (static_cast<void*>(ring_ + n % ring * sizeof(message))) message(n); }

    private:
        std::byte* ring_;
    };
    class consumer {
    public:
        explicit consumer(bare_messages&) {}
        std::uint64_t read(message* m) { return m->number + m->words[6]; }
    };

private:
    static constexpr std::size_t ring = 2 * queue_capacity;
    std::unique_ptr<std::byte[]> ring_{new std::byte[ring * sizeof(message)]};
};

/// Memory that the consumer gives back itself.
template <class Subject>
class raw_messages {
public:
    class producer {
    public:
        explicit producer(raw_messages& s) : lane_(s.subject_) {}
        message* make(std::uint64_t n) { return ::new (lane_.take(sizeof(message))) message(n); }

    private:
        typename Subject::lane lane_;
    };
    class consumer {
    public:
        explicit consumer(raw_messages& s) : lane_(s.subject_) {}
        std::uint64_t read(message* m) {
            const std::uint64_t told = m->number + m->words[6];
            lane_.give(m, sizeof(message));
            return told;
        }

    private:
        typename Subject::lane lane_;
    };

private:
    Subject subject_;
};

template <class Memory>
concept transferring = requires(Memory& memory) {
    memory.template make_transfer<message>(std::uint64_t{});
};

/// Messages that are handed over, each as the pointer in its handle.
template <class Memory>
class transferred_messages {
public:
    transferred_messages() { measure::escape(memory_); }
    class producer {
    public:
        explicit producer(transferred_messages& s) : memory_(s.memory_) {}
        message* make(std::uint64_t n) { return memory_.template make_transfer<message>(n).release(); }

    private:
        Memory& memory_;
    };
    class consumer {
    public:
        explicit consumer(transferred_messages&) {}
        std::uint64_t read(message* m) {
            using handle = decltype(std::declval<Memory&>().template make_transfer<message>(std::uint64_t{}));
            const auto got = handle::adopt(m).receive();
            return got->number + got->words[6];
        }
    };

private:
    Memory memory_;
};

/// A queue for one producer and one consumer, the same for all subjects: each side keeps what it last saw of the other.
class pointer_queue {
public:
    bool push(message* m) {
        const std::size_t at = written_.load(std::memory_order_relaxed);
        if (at - read_seen_ == queue_capacity && at - (read_seen_ = read_.load(std::memory_order_acquire)) == queue_capacity) return false;
        cells_[at % queue_capacity] = m;
        written_.store(at + 1, std::memory_order_release);
        return true;
    }
    message* pop() {
        const std::size_t at = read_.load(std::memory_order_relaxed);
        if (at == written_seen_ && at == (written_seen_ = written_.load(std::memory_order_acquire))) return nullptr;
        message* const m = cells_[at % queue_capacity];
        read_.store(at + 1, std::memory_order_release);
        return m;
    }

private:
    alignas(128) std::atomic<std::size_t> written_ = 0;
    std::size_t read_seen_ = 0;
    alignas(128) std::atomic<std::size_t> read_ = 0;
    std::size_t written_seen_ = 0;
    alignas(128) std::array<message*, queue_capacity> cells_{};
};

template <class Messages>
report queue(const options& given) {
    constexpr int points = 8;
    auto messages = std::make_unique<Messages>();
    auto passing = std::make_unique<pointer_queue>();
    measure::start_line line(2);
    double seconds = 0;
    std::array<long, points> resident{};
    const std::uint64_t count = given.messages, part = count / points;
    if (part == 0) measure::fail("the queue needs eight messages at least");
    measure::on_threads(2, [&](int n) {
        measure::patience patience;
        if (n == 0) {
            typename Messages::producer producer(*messages);
            line.arrive();
            const auto begin = measure::clock::now();
            for (std::uint64_t i = 0; i < count; ++i) {
                message* const m = producer.make(i);
                for (patience.again(); !passing->push(m);) patience.wait();
            }
            seconds = std::chrono::duration<double>(measure::clock::now() - begin).count();
        } else {
            typename Messages::consumer consumer(*messages);
            line.arrive();
            for (std::uint64_t i = 0; i < count; ++i) {
                message* m;
                for (patience.again(); !(m = passing->pop());) patience.wait();
                if (consumer.read(m) != 2 * i) measure::fail("a message was changed on its way");
                if ((i + 1) % part == 0 && (i + 1) / part <= points) resident[(i + 1) / part - 1] = measure::resident();
            }
        }
    });
    report r;
    r.add("operations", static_cast<double>(count));
    r.add("seconds", seconds);
    r.add("per_second", static_cast<double>(count) / seconds);
    r.add("ns", 1e9 * seconds / static_cast<double>(count));
    static constexpr const char* names[points] = {"resident_1", "resident_2", "resident_3", "resident_half",
                                                  "resident_5", "resident_6", "resident_7", "resident_end"};
    for (std::size_t i = 0; i < points; ++i) r.add(names[i], static_cast<double>(resident[i]));
    return r;
}

// Larson: random ones of many objects are replaced, and after a while another thread goes on with them ----------------------------------------

/// Small and quick, and the same for all.
class xorshift {
public:
    explicit xorshift(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15U | 1) {}
    std::uint64_t operator()() {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        return state_ ^= state_ << 17;
    }
    std::size_t below(std::size_t n) { return static_cast<std::size_t>((*this)() >> 32) % n; }

private:
    std::uint64_t state_;
};

template <class Subject>
report larson(const options& given) {
    constexpr std::size_t least = 16, most = 512;
    constexpr std::uint64_t lap = 1000, round = 200 * lap;  // replacements to a time stamp, and to a thread
    struct block {
        void* at;
        std::size_t bytes;
    };
    auto subject = std::make_unique<Subject>();
    measure::window window(given.threads, given.seconds);
    std::vector<measure::counted> counts(static_cast<std::size_t>(given.threads));
    std::atomic<std::uint64_t> started = 0;
    // These threads start the others and wait for them. A lane goes with the array; where lanes are parts of one subject, each thread works in its
    // own.
    measure::on_threads(given.threads, [&](int n) {
        constexpr bool handed_over = requires { requires Subject::lanes_own_memory; };
        xorshift next(static_cast<std::uint64_t>(n) + 1);
        std::vector<block> held(given.live);
        measure::stopwatch watch(window);
        std::unique_ptr<typename Subject::lane> kept;
        if constexpr (handed_over) kept = std::make_unique<typename Subject::lane>(*subject);
        const auto in_new_thread = [&](auto work) {
            std::thread([&] {
                measure::pin(n);
                if constexpr (handed_over) {
                    work(*kept);
                } else {
                    typename Subject::lane mine(*subject);
                    work(mine);
                }
            }).join();
            started.fetch_add(1, std::memory_order_relaxed);
        };
        in_new_thread([&](typename Subject::lane& lane) {
            for (block& b : held) b = {lane.take(b.bytes = least + next.below(most - least + 1)), b.bytes};
            for (block& b : held) write(b.at, b.bytes, b.bytes);
        });
        window.arrive();
        bool going = true;
        while (going)
            in_new_thread([&](typename Subject::lane& lane) {
                for (std::uint64_t i = 0; i < round && going; i += lap) {
                    for (std::uint64_t j = 0; j < lap; ++j) {
                        block& b = held[next.below(held.size())];
                        if (read(b.at) != b.bytes) measure::fail("an object was changed by another");
                        lane.give(b.at, b.bytes);
                        b.bytes = least + next.below(most - least + 1);
                        write(b.at = lane.take(b.bytes), b.bytes, b.bytes);
                    }
                    going = watch.lap(lap);
                }
            });
        counts[static_cast<std::size_t>(n)] = watch.count();
        in_new_thread([&](typename Subject::lane& lane) {
            for (block& b : held) lane.give(b.at, b.bytes);
        });
    });
    report r;
    r.add(measure::together(counts));
    r.add("threads_started", static_cast<double>(started));
    r.add("resident_end", static_cast<double>(measure::resident()));
    return r;
}

// Short threads: each makes some objects, and leaves half of them to another --------------------------------------------------------------------

/// Starts and ends so many threads, `given.threads` at once. work(n, lane) runs in each.
template <class Work>
report start_threads(const options& given, Work work) {
    const auto lanes = static_cast<std::uint64_t>(given.threads);
    const std::uint64_t each = given.count / lanes, half = each * lanes / 2, last = each * lanes - lanes;  // while as many run as at half
    if (half == 0 || half >= last) measure::fail("start more short threads: four times as many as run at once");
    std::atomic<std::uint64_t> ended = 0;
    long resident_half = 0, resident_end = 0;
    measure::start_line line(given.threads);
    std::vector<measure::clock::time_point> begin(lanes), end(lanes);
    measure::on_threads(given.threads, [&](int n) {
        const auto lane = static_cast<std::size_t>(n);
        line.arrive();
        begin[lane] = measure::clock::now();
        for (std::uint64_t i = 0; i < each; ++i) {
            std::thread([&] {
                measure::pin(n);
                work(lane);
            }).join();
            const std::uint64_t so_far = ended.fetch_add(1) + 1;
            if (so_far == half) resident_half = measure::resident();
            if (so_far == last) resident_end = measure::resident();
        }
        end[lane] = measure::clock::now();
    });
    report r;
    const double seconds =
        std::chrono::duration<double>(*std::max_element(end.begin(), end.end()) - *std::min_element(begin.begin(), begin.end())).count();
    r.add("operations", static_cast<double>(each * lanes));
    r.add("seconds", seconds);
    r.add("per_second", static_cast<double>(each * lanes) / seconds);
    r.add("ns", 1e9 * seconds / static_cast<double>(each * lanes));
    r.add("resident_half", static_cast<double>(resident_half));
    r.add("resident_end", static_cast<double>(resident_end));
    return r;
}

/// The control: what starting a thread costs.
inline report only_threads(const options& given) {
    return start_threads(given, [](std::size_t) {
        std::array<subjects::object, 50> some;
        measure::escape(some);
    });
}

template <class Subject>
report short_threads(const options& given) {
    constexpr std::size_t framed = 100, kept = 25, bytes = 64;
    struct parcel {
        std::array<void*, kept> objects;
    };
    auto subject = std::make_unique<Subject>();
    // What a thread leaves, for the next lane to take.
    struct alignas(64) box {
        std::atomic<parcel*> left = nullptr;
    };
    std::vector<box> boxes(static_cast<std::size_t>(given.threads));
    const auto end = [](typename Subject::lane& lane, parcel* p) {
        if (!p) return;
        for (void* o : p->objects) {
            if (read(o) != kept) measure::fail("an object was changed by another");
            lane.give(o, bytes);
        }
        lane.give(p, sizeof(parcel));
    };
    report r = start_threads(given, [&](std::size_t n) {
        typename Subject::lane lane(*subject);
        if constexpr (Subject::has_frames) {
            auto frame = lane.frame();
            for (std::size_t i = 0; i < framed; ++i) frame.make()->words[0] = i;
        } else {
            std::array<void*, framed> some;
            for (void*& p : some) write(p = lane.take(sizeof(subjects::object)), sizeof(subjects::object), 0);
            for (void* p : some) lane.give(p, sizeof(subjects::object));
        }
        auto* const mine = ::new (lane.take(sizeof(parcel))) parcel;
        std::array<void*, kept> own;
        for (std::size_t i = 0; i < kept; ++i) {
            write(own[i] = lane.take(bytes), bytes, i);
            write(mine->objects[i] = lane.take(bytes), bytes, kept);
        }
        for (void* p : own) lane.give(p, bytes);
        end(lane, boxes[n].left.exchange(nullptr, std::memory_order_acquire));
        end(lane, boxes[(n + 1) % boxes.size()].left.exchange(mine, std::memory_order_acq_rel));
    });
    typename Subject::lane last(*subject);
    for (box& b : boxes) end(last, b.left.exchange(nullptr, std::memory_order_acquire));
    return r;
}

// Budget: all threads are at the bound ---------------------------------------------------------------------------------------------------------

/// operator new with a count of what is out, which sees every block at the moment it is taken.
class counting_upstream : public alloy::upstream::new_delete {
public:
    static constexpr bool is_stateless = false;
    void* allocate(std::size_t bytes, std::size_t alignment) noexcept {
        const std::size_t now = out_.fetch_add(bytes, std::memory_order_relaxed) + bytes;
        for (std::size_t most = most_.load(std::memory_order_relaxed);
             now > most && !most_.compare_exchange_weak(most, now, std::memory_order_relaxed);) {
        }
        void* const p = new_delete::allocate(bytes, alignment);
        if (!p) out_.fetch_sub(bytes, std::memory_order_relaxed);
        return p;
    }
    void deallocate(void* at, std::size_t bytes, std::size_t alignment) noexcept {
        out_.fetch_sub(bytes, std::memory_order_relaxed);
        new_delete::deallocate(at, bytes, alignment);
    }
    std::size_t most() const noexcept { return most_.load(std::memory_order_relaxed); }
    std::size_t out() const noexcept { return out_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::size_t> out_ = 0, most_ = 0;
};

inline constexpr std::size_t bound = 8 * alloy::MiB;

/// Each thread takes objects until it is refused, gives half of what it has back, in random order, and goes on.
template <class Memory>
report budget(const options& given) {
    constexpr std::size_t least = 16, most = 2048;
    struct block {
        void* at;
        std::size_t bytes;
    };
    struct alignas(128) part {
        std::uint64_t taken = 0, refused = 0;
        std::size_t nearest = bound, farthest = 0;  // of the bytes that were left at a refusal
        double left = 0, asked = 0;
        std::atomic<std::size_t> live = 0;  // bytes asked for and not given back
    };
    auto memory = std::make_unique<Memory>();
    measure::escape(*memory);
    std::vector<part> parts(static_cast<std::size_t>(given.threads));
    measure::window window(given.threads, given.seconds);
    std::vector<measure::counted> counts(parts.size());
    std::atomic<bool> over = false;
    std::size_t most_held = 0;
    std::uint64_t looks = 0;
    std::thread watching([&] {
        while (!over.load(std::memory_order_relaxed)) {
            const std::size_t held = memory->held();
            most_held = std::max(most_held, held);
            ++looks;
            if (held > bound) measure::fail("more was held than the budget allows");
            std::this_thread::sleep_for(std::chrono::microseconds(200));
        }
    });
    const auto all_live = [&] {
        std::size_t sum = 0;
        for (const part& p : parts) sum += p.live.load(std::memory_order_relaxed);
        return sum;
    };
    measure::on_threads(given.threads, [&](int n) {
        part& mine = parts[static_cast<std::size_t>(n)];
        xorshift next(static_cast<std::uint64_t>(n) + 1);
        std::vector<block> held;
        held.reserve(bound / least);
        measure::stopwatch watch(window);
        window.arrive();
        std::size_t live = 0;
        std::uint64_t taken = 0;
        do {
            taken = 0;
            while (taken < 1000) {
                const std::size_t bytes = least + next.below(most - least + 1);
                auto got = memory->try_allocate(bytes);
                if (got) {
                    write(*got, bytes, bytes);
                    held.push_back({*got, bytes});
                    mine.live.store(live += bytes, std::memory_order_relaxed);
                    ++taken;
                    continue;
                }
                const std::size_t out = memory->upstream().out(), left = out < bound ? bound - out : 0;
                ++mine.refused;
                mine.nearest = std::min(mine.nearest, left);
                mine.farthest = std::max(mine.farthest, left);
                mine.left += static_cast<double>(left);
                mine.asked += static_cast<double>(all_live());
                if (held.empty()) {  // the others hold all
                    std::this_thread::yield();
                    break;
                }
                for (std::size_t keep = held.size() / 2; held.size() > keep;) {
                    std::swap(held[next.below(held.size())], held.back());
                    if (read(held.back().at) != held.back().bytes) measure::fail("an object was changed by another");
                    memory->deallocate(held.back().at, held.back().bytes);
                    mine.live.store(live -= held.back().bytes, std::memory_order_relaxed);
                    held.pop_back();
                }
            }
            mine.taken += taken;
        } while (watch.lap(taken));
        for (const block& b : held) memory->deallocate(b.at, b.bytes);
        counts[static_cast<std::size_t>(n)] = watch.count();
    });
    over = true;
    watching.join();
    part all;
    for (const part& p : parts) {
        all.taken += p.taken;
        all.refused += p.refused;
        all.left += p.left;
        all.asked += p.asked;
        all.nearest = std::min(all.nearest, p.nearest);
        all.farthest = std::max(all.farthest, p.farthest);
    }
    if (memory->upstream().most() > bound) measure::fail("more was taken from upstream than the budget allows");
    if (memory->used() != 0) measure::fail("bytes count as used though all was given back");
    report r;
    r.add(measure::together(counts));
    r.add("taken", static_cast<double>(all.taken));
    r.add("refused", static_cast<double>(all.refused));
    r.add("bound", static_cast<double>(bound));
    r.add("most_held", static_cast<double>(most_held));
    r.add("most_from_upstream", static_cast<double>(memory->upstream().most()));
    r.add("looks", static_cast<double>(looks));
    if (all.refused > 0) {
        r.add("left_least", static_cast<double>(all.nearest));
        r.add("left_mean", all.left / static_cast<double>(all.refused));
        r.add("left_most", static_cast<double>(all.farthest));
        r.add("asked_mean", all.asked / static_cast<double>(all.refused));
    }
    return r;
}

}  // namespace workloads
