#pragma once
/// Runs a few small threads in every order of their steps, over words that know who may see what: `explore<State>({thread, thread}, after)`.
///
/// The lock-free templates take a `Memory`. Here it is `explored<>` (explored.hpp), so what runs is their very code. One OS thread runs all, as fibers; a run is a sequence
/// of choices, and the next run repeats it up to the last choice that has an alternative (depth first). A state is made anew for each run.
///
/// What a run looks for
/// - Whatever `expect(...)` is told, by the threads or by `after`, which runs when all have ended.
/// - Races. Each thread has a vector clock, each store of an atomic keeps the clock that its order publishes (a read-modify-write hands on that of the store
///   before it: a release sequence). A plain access that is not ordered after the accesses it conflicts with is a fault, whatever its value was. So a
///   missing acquire or release is met although the words themselves are changed in the order of the run. Freeing memory is a plain write to all of it, and
///   conflicts with atomics that lie in it.
/// - That somebody can go on, as long as somebody has not ended.
/// Loads, and compare-and-exchanges that fail, also read older stores: any that neither coherence nor happens-before hides.
///
/// Why no order is missed
/// - Only atomics and locks are scheduling points. Where there is no race, what a plain access reads does not depend on the order of the run beyond
///   happens-before; where there is one, it is reported in every order that leaves the two unordered, whichever comes first.
/// - Sleep sets (Godefroid, 1996) leave out a run only where it differs from one that was there by swapping neighbours that do not touch the same word, or
///   both only load it. `reduced = false` leaves out none; a test compares the two.
/// - A thread whose compare-and-exchange failed, and that tries the same again at once, is taken to wait: it goes on when there is something newer to read.
///   (So a loop that waits has an end. What tries twice and then gives up would not be covered.)
/// What is not looked at: stores of one word are ordered as they were executed, and no load reads a store that comes later in the run, so hardware that does
/// so (load buffering, or two plain atomic stores that two words order against each other) is not modelled; nor are fences and seq_cst, which Alloy's
/// templates do not use. Plain words are told apart by eights of bytes. Atomics live in the state, not on the stacks of threads.
/// Threads own nothing that a destructor must free: a run that meets a fault leaves them where they are.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <alloy/core/atomic.hpp>
#include <alloy/core/layout.hpp>

#include "fiber.hpp"

namespace test {

using alloy::detail::order;

struct exploration {
    std::size_t runs = 0;      ///< to the end of all threads, no two of them alike
    std::size_t repeats = 0;   ///< left, since what followed was there before
    bool is_complete = false;  ///< all orders were run; not where a fault ended it, or there were too many
    std::string fault;         ///< empty, or what went wrong and the steps that led there
};

class explorer {
public:
    static constexpr std::size_t most_threads = 4;
    static constexpr std::size_t most_runs = 2'000'000;
    static constexpr std::size_t most_steps = 1000;  ///< of one run
    enum class kind : unsigned char { load, store, exchange, compare_exchange, add, lock, unlock };

    explorer(std::size_t threads, bool reduced) : is_reduced_(reduced), threads_(threads) {}
    explorer(const explorer&) = delete;

    /// The one that runs threads now; null while states are made and looked at.
    static explorer* inside() noexcept { return running; }
    /// From a thread: ends the exploration. From `after`: the same, once that has returned.
    static void fail(const char* what) {
        if (entered->result_.fault.empty()) entered->result_.fault = what;
        if (running) running->stop();
    }

    template <class State>
    exploration run(const std::vector<std::function<void(State&)>>& threads, const std::function<void(State&)>& after) {
        std::optional<State> state;
        entered = this;
        for (thread& t : threads_) t.stack.make(&enter);
        do {
            state.emplace();
            for (std::size_t t = 0; t < threads.size(); ++t) threads_[t].body = [&, t] { threads[t](*state); };
            const bool is_new = run_once();
            if (is_new && result_.fault.empty() && after) after(*state);
            if (!result_.fault.empty()) return tell();
            ++(is_new ? result_.runs : result_.repeats);
            if (result_.runs + result_.repeats == most_runs) return result_;
        } while (next_choice());
        result_.is_complete = true;
        return result_;
    }

    // What threads do -----------------------------------------------------------------------------------------------------------------

    std::uint64_t load(const void* at, std::uint64_t initial, order o) {
        location& l = announce({kind::load, at}, initial, o);
        const std::size_t i = older_or_last(l, oldest(l), [](std::uint64_t) { return true; });
        read(l, i, o);
        return done(l.stores[i].value);
    }
    void store(const void* at, std::uint64_t initial, std::uint64_t value, order o) {
        location& l = announce({kind::store, at}, initial, o);
        append(l, value, o, false);
        done(value);
    }
    /// What was there before; then there is change(that).
    template <class Change>
    std::uint64_t modify(kind k, const void* at, std::uint64_t initial, order o, Change change) {
        location& l = announce({k, at}, initial, o);
        const std::uint64_t before = l.stores.back().value;
        read(l, l.stores.size() - 1, o);
        append(l, change(before), o, true);
        return done(before);
    }
    bool compare_exchange(const void* at, std::uint64_t initial, std::uint64_t& expected, std::uint64_t desired, order won, order lost) {
        const operation op{kind::compare_exchange, at, expected, desired};
        location& l = announce(op, initial, won);
        thread& me = threads_[now_];
        std::size_t from = oldest(l);
        if (me.has_failed && me.failed == op && from <= me.failed_on) from = me.failed_on + 1;
        const std::size_t last = l.stores.size() - 1, i = older_or_last(l, from, [&](std::uint64_t v) { return v != expected; });
        const bool wins = i == last && l.stores[i].value == expected;
        read(l, i, wins ? won : lost);
        if (wins) {
            append(l, desired, won, true);
        } else {
            expected = l.stores[i].value;
            me.failed = op;
            me.failed_on = i;
        }
        done(l.stores[i].value);
        me.has_failed = !wins;
        return wins;
    }
    void lock(const void* at) {
        location& l = announce({kind::lock, at}, 0, order::acquire);
        l.is_locked = true;
        join(threads_[now_].sees, l.stores[0].published);
        done(0);
    }
    void unlock(const void* at) {
        location& l = announce({kind::unlock, at}, 0, order::release);
        l.is_locked = false;
        l.stores[0].published = threads_[now_].sees;
        done(0);
    }
    enum class use : unsigned char { read, write, free };
    void plain(const void* at, std::size_t bytes, use what) {
        thread& me = threads_[now_];
        for (std::uintptr_t w = alloy::address(at) / 8; w <= (alloy::address(at) + bytes - 1) / 8; ++w) {
            word& here = words_[w];
            must_be_alive(here);
            if (!is_seen(here.written)) race("a plain access of what another has written", here.written.by);
            if (what == use::read) {
                here.read[now_] = me.sees[now_];
                continue;
            }
            for (std::size_t t = 0; t < threads_.size(); ++t) {
                if (here.read[t] > me.sees[t]) race("a plain write of what another has read", t);
                if (here.atomic[t] > me.sees[t]) race("a plain write, or freeing, of what another has used as an atomic", t);
            }
            here.written = {now_, me.sees[now_]};
            here.is_free = what == use::free;
        }
    }

private:
    using clock = std::array<unsigned, most_threads>;
    /// An operation is known by its thread and that thread's time. By nobody: before all threads.
    struct event {
        std::size_t by = 0;
        unsigned when = 0;
    };
    struct operation {
        kind what = kind::load;
        const void* at = nullptr;
        std::uint64_t expected = 0, desired = 0;
        bool operator==(const operation&) const = default;
    };
    struct stored {
        std::uint64_t value = 0;
        event origin;
        clock published{};
    };
    struct reading {
        event origin;
        std::size_t of = 0;
    };
    struct location {
        const void* at = nullptr;
        std::vector<stored> stores;
        std::vector<reading> readings;
        bool is_locked = false;
    };
    struct word {
        event written;
        clock read{}, atomic{};
        bool is_free = false;
    };
    struct thread {
        std::function<void()> body;
        fiber stack;
        clock sees{};
        operation next;
        bool has_ended = true, has_failed = false;
        operation failed;
        std::size_t failed_on = 0;
    };
    struct choice {
        unsigned can, asleep, tried = 0;
        std::size_t thread = 0, option = 0, options = 1;
    };
    struct logged {
        std::size_t by;
        operation what;
        order with;
        std::uint64_t value;
    };

    // Runs ----------------------------------------------------------------------------------------------------------------------------

    /// From the beginning, by the choices that are recorded, then by first ones. False where all that could follow was there before: then it only ends.
    bool run_once() {
        locations_.clear();
        words_.clear();
        log_.clear();
        at_ = 0;
        is_repeat_ = false;
        asleep_ = 0;
        for (now_ = 0; now_ < threads_.size(); ++now_) {
            thread& t = threads_[now_];
            t.sees = {};
            t.sees[now_] = 1;
            t.has_ended = t.has_failed = false;
            go_on();  // to its first step
            if (!result_.fault.empty()) return true;
        }
        for (;;) {
            unsigned can = 0;
            bool all_ended = true;
            for (std::size_t t = 0; t < threads_.size(); ++t) {
                all_ended &= threads_[t].has_ended;
                if (can_go_on(threads_[t])) can |= 1U << t;
            }
            if (all_ended) return !is_repeat_;
            if (can == 0) return result_.fault = "nobody can go on", true;
            if (at_ == most_steps) return result_.fault = "a run without an end", true;
            choose(can);
            const operation did = threads_[now_].next;
            unsigned sleepers = is_repeat_ || !is_reduced_ ? 0 : (choices_[at_].asleep | choices_[at_].tried) & ~(1U << now_);
            for (std::size_t t = 0; t < threads_.size(); ++t)
                if ((sleepers >> t & 1) && depend(threads_[t].next, did)) sleepers &= ~(1U << t);
            go_on();
            asleep_ = sleepers;
            ++at_;
            if (!result_.fault.empty()) return true;
        }
    }
    /// Who makes the next step.
    void choose(unsigned can) {
        if (!is_repeat_ && at_ == choices_.size()) {
            if (const unsigned awake = can & ~asleep_)
                choices_.push_back({can, asleep_, 0, first_of(awake)});
            else
                is_repeat_ = true;
        }
        if (!is_repeat_ && choices_[at_].can != can) result_.fault = "threads that do not do the same again";
        now_ = is_repeat_ ? first_of(can) : choices_[at_].thread;
    }
    /// The last choice that has an alternative takes it.
    bool next_choice() {
        for (; !choices_.empty(); choices_.pop_back()) {
            choice& c = choices_.back();
            if (++c.option < c.options) return true;
            c.tried |= 1U << c.thread;
            if (const unsigned left = c.can & ~c.asleep & ~c.tried) {
                c.thread = first_of(left);
                c.option = 0;
                c.options = 1;
                return true;
            }
        }
        return false;
    }
    static std::size_t first_of(unsigned set) { return static_cast<std::size_t>(__builtin_ctz(set)); }
    static bool depend(const operation& a, const operation& b) { return a.at == b.at && !(a.what == kind::load && b.what == kind::load); }
    bool can_go_on(const thread& t) {
        if (t.has_ended) return false;
        const location* const l = find(t.next.at);
        if (!l) return true;
        if (t.next.what == kind::lock) return !l->is_locked;
        return !(t.has_failed && t.failed == t.next && t.failed_on + 1 == l->stores.size());
    }

    static void enter() {
        explorer& e = *entered;
        thread& me = e.threads_[e.now_];
        me.stack.arrive();
        for (;;) {
            me.body();
            me.has_ended = true;
            e.stop();
        }
    }
    void go_on() {
        running = this;
        main_.switch_to(threads_[now_].stack);
        running = nullptr;
    }
    void stop() { threads_[now_].stack.switch_to(main_); }

    // Words ---------------------------------------------------------------------------------------------------------------------------

    /// Says what comes next, waits until it is chosen, and gives where it is done.
    location& announce(const operation& op, std::uint64_t initial, order o) {
        thread& me = threads_[now_];
        me.next = op;
        stop();
        location* l = find(op.at);
        if (!l) {
            l = &locations_.emplace_back();
            l->at = op.at;
            l->stores.push_back({initial, {}, {}});
        }
        word& here = words_[alloy::address(op.at) / 8];
        must_be_alive(here);
        if (!is_seen(here.written)) race("an atomic access of what another has written plainly, or freed", here.written.by);
        here.atomic[now_] = me.sees[now_];
        log_.push_back({now_, op, o, 0});
        me.has_failed &= me.failed == op;
        return *l;
    }
    std::uint64_t done(std::uint64_t value) {
        log_.back().value = value;
        ++threads_[now_].sees[now_];  // what comes after it is not published by it
        return value;
    }
    location* find(const void* at) {
        for (location& l : locations_)
            if (l.at == at) return &l;
        return nullptr;
    }
    bool is_seen(const event& e) const { return e.when <= threads_[now_].sees[e.by]; }
    static void join(clock& to, const clock& more) {
        for (std::size_t t = 0; t < to.size(); ++t)
            if (more[t] > to[t]) to[t] = more[t];
    }
    /// The oldest store that this thread may read: none before one that it knows of, or before one that a reading it knows of has read.
    std::size_t oldest(const location& l) const {
        std::size_t from = 0;
        for (std::size_t i = 0; i < l.stores.size(); ++i)
            if (is_seen(l.stores[i].origin)) from = i;
        for (const reading& r : l.readings)
            if (is_seen(r.origin) && r.of > from) from = r.of;
        return from;
    }
    /// Chooses among the last store, and older ones whose value may be read.
    template <class May>
    std::size_t older_or_last(const location& l, std::size_t from, May may) {
        const std::size_t last = l.stores.size() - 1;
        if (is_repeat_) return last;
        std::size_t options = 1;
        for (std::size_t i = from; i < last; ++i) options += may(l.stores[i].value);
        choice& c = choices_[at_];
        c.options = options;
        std::size_t left = c.option;
        for (std::size_t i = last; left > 0;)
            if (may(l.stores[--i].value) && --left == 0) return i;
        return last;
    }
    void read(location& l, std::size_t i, order o) {
        thread& me = threads_[now_];
        l.readings.push_back({{now_, me.sees[now_]}, i});
        if (o == order::acquire || o == order::acq_rel) join(me.sees, l.stores[i].published);
    }
    void append(location& l, std::uint64_t value, order o, bool goes_on) {
        const thread& me = threads_[now_];
        stored s{value, {now_, me.sees[now_]}, {}};
        if (goes_on) s.published = l.stores.back().published;
        if (o == order::release || o == order::acq_rel) join(s.published, me.sees);
        l.stores.push_back(s);
    }

    // Words for people ----------------------------------------------------------------------------------------------------------------

    // Nothing that owns memory may be on the stack when a thread stops for good.
    void race(const char* what, std::size_t with) {
        char line[160];
        std::snprintf(line, sizeof line, "race: %s, by thread %zu with thread %zu", what, now_, with);
        fail(line);
    }
    void must_be_alive(const word& w) const {
        if (w.is_free) fail("memory is used that was freed before");
    }
    exploration tell() {
        static constexpr const char* names[] = {"load", "store", "exchange", "compare_exchange", "add", "lock", "unlock"};
        const auto name_of = [](order o) {
            return o == order::relaxed ? "relaxed" : o == order::acquire ? "acquire" : o == order::release ? "release" : "acq_rel";
        };
        for (const logged& l : log_) {
            std::size_t number = 0;
            while (locations_[number].at != l.what.at) ++number;
            char line[160];
            std::snprintf(line, sizeof line, "\n  thread %zu: %s of atomic %zu, %s, value %llu", l.by, names[static_cast<int>(l.what.what)], number,
                          name_of(l.with), static_cast<unsigned long long>(l.value));
            result_.fault += line;
        }
        return result_;
    }

    static inline explorer* running = nullptr;
    static inline explorer* entered = nullptr;

    const bool is_reduced_;
    exploration result_;
    fiber main_;
    std::vector<thread> threads_;
    std::size_t now_ = 0;  // whose turn it is
    std::vector<location> locations_;
    std::unordered_map<std::uintptr_t, word> words_;
    std::vector<logged> log_;
    std::vector<choice> choices_;
    std::size_t at_ = 0;
    unsigned asleep_ = 0;
    bool is_repeat_ = false;
};

template <class State>
exploration explore(const std::vector<std::function<void(State&)>>& threads, const std::function<void(State&)>& after = {}, bool reduced = true) {
    explorer e(threads.size(), reduced);
    return e.run<State>(threads, after);
}

/// What must hold, in a thread or after all of them.
inline void expect(bool holds, const char* what) {
    if (!holds) explorer::fail(what);
}

}  // namespace test
