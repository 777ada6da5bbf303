// The lock-free templates, in every order of their steps: see support/explorer.hpp for what that covers. First that the explorer finds what is wrong where it
// was put there on purpose; then the templates as they are shipped, and each of them again with an order that is too weak, which must be found.
#include <algorithm>
#include <set>
#include <string>

#include <alloy/core/idle_caches.hpp>
#include <alloy/core/pin_count.hpp>
#include <alloy/core/presence.hpp>
#include <alloy/core/remote_list.hpp>

#include "../support/catch.hpp"
#include "../support/explored.hpp"

namespace {
using test::expect;
using test::exploration;
using test::explore;
using test::explored;
using test::order;

template <class T, class Orders = test::as_written>
using word = typename explored<Orders>::template atomic<T>;

// Orders that are too weak, an operation each.
struct weak_stores : test::as_written {
    static constexpr order store(order) { return order::relaxed; }
};
struct weak_loads : test::as_written {
    static constexpr order load(order) { return order::relaxed; }
};
struct weak_exchange : test::as_written {
    static constexpr order exchange(order) { return order::relaxed; }
};
struct weak_compare_exchange : test::as_written {
    static constexpr order compare_exchange(order) { return order::relaxed; }
};
struct weak_add : test::as_written {
    static constexpr order add(order) { return order::relaxed; }
};
struct releasing_add : test::as_written {
    static constexpr order add(order) { return order::release; }
};
struct acquiring_add : test::as_written {
    static constexpr order add(order) { return order::acquire; }
};

void is_right(const exploration& e) {
    INFO(e.fault);
    CAPTURE(e.runs, e.repeats);
    CHECK(e.fault.empty());
    CHECK(e.is_complete);
    CHECK(e.runs > 1);
}
void is_wrong(const exploration& e, const char* how) {
    INFO(e.fault);
    CAPTURE(e.runs);
    CHECK(e.fault.find(how) != std::string::npos);
    CHECK_FALSE(e.is_complete);
}
}  // namespace

// The explorer ---------------------------------------------------------------------------------------------------------------------------

namespace {
template <class Orders>
struct message {
    using memory = explored<Orders>;
    std::uint64_t text = 0;
    word<int, Orders> is_there{0};
    void send() {
        memory::write(text, std::uint64_t{7});
        is_there.store(1, order::release);
    }
    void receive() {
        if (is_there.load(order::acquire)) expect(memory::read(text) == 7, "an old text");
    }
};
template <class Orders>
exploration pass_message() {
    using state = message<Orders>;
    return explore<state>({[](state& s) { s.send(); }, [](state& s) { s.receive(); }});
}
}  // namespace

TEST_CASE("the explorer finds a message that was passed without release, or without acquire", "[threads][explorer]") {
    is_right(pass_message<test::as_written>());
    is_wrong(pass_message<weak_stores>(), "race: a plain access");
    is_wrong(pass_message<weak_loads>(), "race: a plain access");
}

TEST_CASE("the explorer finds a lost update, and says by which steps", "[threads][explorer]") {
    struct counter {
        word<int> count{0};
        void raise() {
            const int before = count.load(order::relaxed);
            count.store(before + 1, order::relaxed);
        }
    };
    const auto two = [](counter& c) { expect(c.count.load(order::relaxed) == 2, "an update is lost"); };
    const exploration lost = explore<counter>({[](counter& c) { c.raise(); }, [](counter& c) { c.raise(); }}, two);
    is_wrong(lost, "an update is lost");
    CHECK(std::count(lost.fault.begin(), lost.fault.end(), '\n') == 4);  // a line a step
    CHECK(lost.fault.find("thread 1: store of atomic 0, relaxed, value 1") != std::string::npos);
    is_right(explore<counter>({[](counter& c) { c.count.add(1, order::relaxed); }, [](counter& c) { c.count.add(1, order::relaxed); }}, two));
}

namespace {
/// Treiber's stack of the nodes 1, 2 and 3, of which `pop` takes one out; a head that counts its changes is what it would need.
template <bool Counts>
struct popped_stack {
    word<unsigned> head{1};
    word<unsigned> next[4]{word<unsigned>{0}, word<unsigned>{2}, word<unsigned>{3}, word<unsigned>{0}};
    unsigned taken[2][2] = {};

    static unsigned changed(unsigned from, unsigned to) { return Counts ? ((from >> 8) + 1) << 8 | to : to; }
    unsigned pop() {
        unsigned h = head.load(order::acquire);
        while (h & 255) {
            const unsigned behind = next[h & 255].load(order::relaxed);
            if (head.compare_exchange(h, changed(h, behind), order::acq_rel, order::acquire)) return h & 255;
        }
        return 0;
    }
    void push(unsigned node) {
        unsigned h = head.load(order::relaxed);
        do next[node].store(h & 255, order::relaxed);
        while (!head.compare_exchange(h, changed(h, node), order::acq_rel, order::relaxed));
    }
    void take_one() { taken[0][0] = pop(); }
    void take_two_put_one() {
        const unsigned a = pop();
        taken[1][0] = pop();
        if (a) push(a);
    }
    void each_is_one_places() {
        unsigned seen = 0;
        const auto see = [&](unsigned node) {
            if (!node) return;
            expect(!(seen >> node & 1), "a node is in two places");
            seen |= 1U << node;
        };
        for (const auto& of_one : taken)
            for (const unsigned node : of_one) see(node);
        for (unsigned node = head.load(order::relaxed) & 255; node && !(seen >> node & 1); node = next[node].load(order::relaxed)) see(node);
        expect(seen == 0b1110, "a node is lost, or in two places");
    }
};
template <bool Counts>
exploration pop_and_push() {
    using state = popped_stack<Counts>;
    return explore<state>({[](state& s) { s.take_one(); }, [](state& s) { s.take_two_put_one(); }}, [](state& s) { s.each_is_one_places(); });
}
}  // namespace

TEST_CASE("the explorer finds the ABA problem of a stack that pops", "[threads][explorer]") {
    is_wrong(pop_and_push<false>(), "a node is");
    is_right(pop_and_push<true>());
}

TEST_CASE("the explorer reads older stores where they may be read, and nowhere else", "[threads][explorer]") {
    struct words {
        word<int> x{0}, y{0};
        int a = 0, b = 0;
    };
    std::set<std::pair<int, int>> seen;
    const auto see = [&](words& w) { seen.insert({w.a, w.b}); };
    is_right(explore<words>({[](words& w) { w.x.store(1, order::release), w.a = w.y.load(order::acquire); },
                             [](words& w) { w.y.store(1, order::release), w.b = w.x.load(order::acquire); }},
                            see));
    CHECK(seen == std::set<std::pair<int, int>>{{0, 0}, {0, 1}, {1, 0}, {1, 1}});  // 0, 0 by no order of the steps
    seen.clear();
    is_right(explore<words>({[](words& w) { w.x.store(1, order::relaxed), w.x.store(2, order::relaxed); },
                             [](words& w) { w.a = w.x.load(order::relaxed), w.b = w.x.load(order::relaxed); }},
                            see));
    CHECK(seen == std::set<std::pair<int, int>>{{0, 0}, {0, 1}, {0, 2}, {1, 1}, {1, 2}, {2, 2}});  // never back
    seen.clear();
    is_right(explore<words>({[](words& w) { w.x.store(1, order::relaxed), w.y.store(1, order::release); },
                             [](words& w) { w.a = w.y.load(order::acquire), w.b = w.x.load(order::relaxed); }},
                            see));
    CHECK(seen == std::set<std::pair<int, int>>{{0, 0}, {0, 1}, {1, 1}});
    seen.clear();
    is_right(explore<words>({[](words& w) { w.x.add(1, order::release); }, [](words& w) { w.x.add(1, order::relaxed); },  // a release sequence
                             [](words& w) { w.a = w.x.load(order::acquire); }},
                            see));
    CHECK(seen == std::set<std::pair<int, int>>{{0, 0}, {1, 0}, {2, 0}});
}

TEST_CASE("the explorer runs each order once, finds deadlocks, and waits where threads wait", "[threads][explorer]") {
    struct locks {
        test::explored_lock a, b;
        word<int> x{0}, y{0};
        std::uint64_t plain = 0;
    };
    const auto add_x = [](locks& l) { l.x.add(1, order::relaxed); };
    const auto add_y = [](locks& l) { l.y.add(1, order::relaxed); };
    CHECK(explore<locks>({add_x, add_y}).runs == 1);
    CHECK(explore<locks>({add_x, add_x}).runs == 2);
    CHECK(explore<locks>({add_x, add_x, add_x}).runs == 6);
    CHECK(explore<locks>({[&](locks& l) { add_x(l), add_x(l); }, [&](locks& l) { add_x(l), add_x(l); }}).runs == 6);
    const auto both = [](test::explored_lock& first, test::explored_lock& second) {
        first.lock(), second.lock();
        second.unlock(), first.unlock();
    };
    is_wrong(explore<locks>({[&](locks& l) { both(l.a, l.b); }, [&](locks& l) { both(l.b, l.a); }}), "nobody can go on");
    is_right(explore<locks>({[&](locks& l) { both(l.a, l.b); }, [&](locks& l) { both(l.a, l.b); }}));
    const auto spin = [](locks& l) {
        int seen = 0;
        while (!l.x.compare_exchange(seen, 1, order::acquire, order::relaxed)) seen = 0;
        explored<>::write(l.plain, std::uint64_t{1});
        l.x.store(0, order::release);
    };
    is_right(explore<locks>({spin, spin, spin}));
    const auto use_freed = [](locks& l) {
        if (l.x.add(1, order::acq_rel) == 1)
            test::free_for_good(&l.plain, sizeof l.plain);
        else
            explored<>::write(l.plain, std::uint64_t{1});
    };
    is_wrong(explore<locks>({use_freed, use_freed}), "memory is used that was freed before");
    const auto wait_for_nobody = [](locks& l) {
        while (l.x.load(order::relaxed) == 0) {
        }
    };
    is_wrong(explore<locks>({wait_for_nobody}), "a run without an end");
}

// The shipped list -----------------------------------------------------------------------------------------------------------------------

namespace {
struct node : alloy::chain_link {
    std::uint64_t load = 0;
    int times = 0;
};

/// Two threads push a chain, and one of them one more; their owner takes all twice, and the rest after them.
template <class Orders>
struct pushed {
    using memory = explored<Orders>;
    alloy::remote_list<memory> list;
    node nodes[2][3];
    std::string result;

    void produce(int t, bool one_more) {
        node(&mine)[3] = nodes[t];
        for (node& n : mine) memory::write(n.load, std::uint64_t{7});
        memory::write(mine[0].next, static_cast<alloy::chain_link*>(&mine[1]));
        expect(list.push(mine[0], mine[1]), "refused by an open list");
        if (one_more) expect(list.push(mine[2], mine[2]), "refused by an open list");
    }
    template <class Read>
    void look(alloy::chain_link* first, Read read) {
        for (int steps = 0; first; ++steps) {
            node& n = static_cast<node&>(*first);
            first = read(n.next);
            ++n.times;
            expect(steps < 6, "a chain without an end");
        }
    }
    void take() {
        for (int i = 0; i < 2; ++i) look(list.take_all(), [](auto& next) { return memory::read(next); });
        for (auto& of_one : nodes)
            for (node& n : of_one)
                if (n.times) memory::write(n.load, std::uint64_t{8});  // it may be used again
    }
    void each_once(int second) {
        std::string now;
        for (alloy::chain_link* n = list.take_all(); n; n = n->next) {
            ++static_cast<node*>(n)->times;
            now += std::to_string(static_cast<node*>(n) - nodes[0]);
        }
        result = now;
        for (int t = 0; t < 2; ++t)
            for (int i = 0; i < 3; ++i) expect(nodes[t][i].times == (i < 2 || t < second), "lost, or there twice");
    }
};
template <class Orders>
exploration push_and_take(int second = 1, std::set<std::string>* results = nullptr, bool reduced = true) {
    using state = pushed<Orders>;
    const auto end = [=](state& s) {
        s.each_once(second);
        if (results) results->insert(s.result);
    };
    return explore<state>({[=](state& s) { s.produce(0, second > 0); }, [=](state& s) { s.produce(1, second > 1); }, [](state& s) { s.take(); }}, end, reduced);
}
}  // namespace

TEST_CASE("remote_list: nothing is lost and nothing doubled, and what was written before is seen", "[threads][explorer]") {
    const exploration e = push_and_take<test::as_written>();
    is_right(e);
    CHECK(e.runs > 1000);
    is_wrong(push_and_take<weak_compare_exchange>(), "race: a plain");
    is_wrong(push_and_take<weak_exchange>(), "race: a plain");
}

TEST_CASE("leaving out orders that differ in nothing leaves out no result", "[threads][explorer]") {
    std::set<std::string> all, fewer;
    const exploration naive = push_and_take<test::as_written>(0, &all, false), e = push_and_take<test::as_written>(0, &fewer);
    is_right(naive);
    is_right(e);
    CHECK(all == fewer);
    CHECK(all.size() > 3);
    CHECK(e.runs * 2 < naive.runs);
    CHECK(naive.repeats == 0);
}

namespace {
/// The same slot comes back while a thread has seen it at the head: it is taken, handed to another thread, and pushed again.
struct come_back {
    using memory = explored<>;
    alloy::remote_list<memory> list;
    node again, other;
    word<int> is_handed_on{0};

    void push_other() { list.push(other, other); }
    void own() {
        for (alloy::chain_link* n = list.take_all(); n; n = memory::read(n->next)) {
            ++static_cast<node*>(n)->times;
            if (n == &again) is_handed_on.store(1, order::release);
            if (n == &again) break;  // it is another's now; what is behind it was there before the threads, which is nothing, or counted below
        }
    }
    void push_again() {
        if (!is_handed_on.load(order::acquire)) return;
        memory::write(again.load, std::uint64_t{1});
        list.push(again, again);
    }
};
}  // namespace

TEST_CASE("remote_list: a head that has come back is as good as one that stayed", "[threads][explorer]") {
    struct state : come_back {
        state() { list.push(again, again); }
    };
    bool has_come_back = false;
    is_right(explore<state>({[](state& s) { s.push_other(); }, [](state& s) { s.own(); }, [](state& s) { s.push_again(); }}, [&](state& s) {
        int here = 0, others = s.other.times;
        for (alloy::chain_link* n = s.list.take_all(); n; n = n->next) {
            here += n == &s.again;
            others += n == &s.other;
            has_come_back |= n == &s.other && n->next == &s.again && s.again.times > 0;
            expect(here < 2 && others < 2, "a slot is there twice");
        }
        expect(others == 1, "a slot is lost, or there twice");
        if (s.is_handed_on.load(order::relaxed) == 0) expect(here == 1, "a slot is lost");
    }));
    CHECK(has_come_back);
}

// Batches --------------------------------------------------------------------------------------------------------------------------------

namespace {
/// Two threads free slots of one owner, which takes them in and uses them, twice where there are few.
template <std::size_t Bytes, int Each, bool FlushesEarly, class Orders = test::as_written>
struct freed {
    using memory = explored<Orders>;
    alloy::remote_list<memory> list;
    alignas(64) unsigned char slots[2][Each][Bytes];
    int times[2][Each] = {};

    static constexpr int count(int t) { return t == 0 || Each < 18 ? Each : 18; }
    void free(int t) {
        alloy::outbox<memory> box;
        const auto refused = [](alloy::slot_batch*, alloy::remote_list<memory>&) { expect(false, "refused by an open list"); };
        for (int i = 0; i < count(t); ++i) {
            test::overwrite(slots[t][i], Bytes);  // used until now
            if (!box.add(slots[t][i], list)) box.begin(slots[t][i], Bytes, list, refused);
            if (i == 0 && t == 0 && FlushesEarly) box.flush(refused);  // a batch that is not full
        }
        expect(!box.empty(), "an outbox that says that it is empty");
        box.flush(refused);
        expect(box.empty(), "an outbox that says that it is not empty");
    }
    void drain() {
        alloy::for_each_slot<memory>(
            list.take_all(), [](void*) { return Bytes; },
            [this](void* slot) {
                const std::ptrdiff_t at = static_cast<unsigned char*>(slot) - slots[0][0];
                expect(at >= 0 && at < std::ptrdiff_t{sizeof slots} && at % std::ptrdiff_t{Bytes} == 0, "no slot");
                const std::ptrdiff_t number = at / std::ptrdiff_t{Bytes};
                ++times[number / Each][number % Each];
                test::overwrite(slot, Bytes);
            });
    }
    void each_once() {
        drain();
        for (int t = 0; t < 2; ++t)
            for (int i = 0; i < Each; ++i) expect(times[t][i] == (i < count(t)), "a slot is lost, or there twice");
    }
};
template <std::size_t Bytes, int Each, bool FlushesEarly, class Orders = test::as_written>
exploration free_and_drain() {
    using state = freed<Bytes, Each, FlushesEarly, Orders>;
    const auto own = [](state& s) {
        for (int i = 0; i < (Each > 64 ? 1 : 2); ++i) s.drain();
    };
    return explore<state>({[](state& s) { s.free(0); }, [](state& s) { s.free(1); }, own}, [](state& s) { s.each_once(); });
}
}  // namespace

TEST_CASE("batches bring home each slot once, whatever their size", "[threads][explorer]") {
    is_right(free_and_drain<8, 3, false>());     // lists none
    is_right(free_and_drain<16, 3, false>());    // one other
    is_right(free_and_drain<64, 3, true>());     // seven others
    is_right(free_and_drain<64, 18, false>());   // more than a batch
    is_right(free_and_drain<256, 17, false>());  // more than a batch may list
    is_right(free_and_drain<8, 66, false>());    // more than an outbox keeps
    is_wrong(free_and_drain<64, 3, true, weak_compare_exchange>(), "race: a plain");
    is_wrong(free_and_drain<64, 3, true, weak_exchange>(), "race: a plain");
}

TEST_CASE("an outbox hands over by itself when it has enough, or something for another", "[threads]") {
    static constexpr std::size_t bytes = 8;
    alloy::remote_list<> one, other;
    alloy::outbox<> box;
    alignas(8) unsigned char slots[alloy::outbox<>::full + 2][bytes];
    std::size_t came = 0;
    const auto put = [&](std::size_t i, alloy::remote_list<>& to) {
        if (!box.add(slots[i], to)) box.begin(slots[i], bytes, to, [](alloy::slot_batch*, alloy::remote_list<>&) { FAIL("refused by an open list"); });
    };
    const auto take = [&](alloy::remote_list<>& from) {
        alloy::for_each_slot<alloy::detail::machine>(
            from.take_all(), [](void*) { return bytes; }, [&](void*) { ++came; });
        return came;
    };
    for (std::size_t i = 0; i < alloy::outbox<>::full; ++i) put(i, one);
    CHECK(take(one) == 0);
    put(alloy::outbox<>::full, one);
    CHECK(take(one) == alloy::outbox<>::full);
    put(alloy::outbox<>::full + 1, other);
    CHECK(take(one) == alloy::outbox<>::full + 1);
    CHECK_FALSE(box.empty());
    box.flush([](alloy::slot_batch*, alloy::remote_list<>&) {});
    CHECK(take(other) == alloy::outbox<>::full + 2);
    CHECK(box.empty());
}

// The end of an owner --------------------------------------------------------------------------------------------------------------------

namespace {
/// An owner goes while others hold slots of it. It closes its list, counts what has come, and says how many are out; from then on each that comes
/// is counted down. Whoever makes it none frees the memory, with list and count in it.
template <class Orders>
struct closed {
    using memory = explored<Orders>;
    static constexpr std::size_t bytes = 32;
    static constexpr int each = 2;
    struct owned {
        alloy::remote_list<memory> list;
        alloy::countdown<memory> out;
        alignas(64) unsigned char slots[2][each][bytes];
    } all;
    int frees = 0;

    static std::ptrdiff_t count(alloy::chain_link* first) {
        std::ptrdiff_t n = 0;
        alloy::for_each_slot<memory>(
            first, [](void*) { return bytes; }, [&n](void*) { expect(++n <= 2 * each, "more slots than there are"); });
        return n;
    }
    void bring(std::ptrdiff_t by) {
        if (!all.out.change(by)) return;
        ++frees;
        test::free_for_good(&all, sizeof all);
    }
    /// A batch of two, or one of one after the other.
    void free(int t, bool one_by_one) {
        alloy::outbox<memory> box;
        const auto refused = [this](alloy::slot_batch* first, alloy::remote_list<memory>&) { bring(-count(first)); };
        for (auto& slot : all.slots[t]) {
            test::overwrite(slot, bytes);
            if (!box.add(slot, all.list)) box.begin(slot, bytes, all.list, refused);
            if (one_by_one) box.flush(refused);
        }
        box.flush(refused);
    }
    void go() {
        std::ptrdiff_t back = count(all.list.take_all());  // as in its life
        back += count(all.list.close());
        bring(2 * each - back);
    }
};
template <class Orders>
exploration close_while_others_free(bool one_by_one) {
    using state = closed<Orders>;
    return explore<state>({[](state& s) { s.go(); }, [=](state& s) { s.free(0, one_by_one); }, [](state& s) { s.free(1, false); }},
                          [](state& s) { expect(s.frees == 1, "freed by nobody, or twice"); });
}
}  // namespace

TEST_CASE("a list that closes and a count: one frees, after all others", "[threads][explorer]") {
    is_right(close_while_others_free<test::as_written>(false));
    is_right(close_while_others_free<test::as_written>(true));
    is_wrong(close_while_others_free<weak_add>(false), "race: a plain write, or freeing");
    is_wrong(close_while_others_free<releasing_add>(false), "race: a plain write, or freeing");
    is_wrong(close_while_others_free<acquiring_add>(false), "race: a plain write, or freeing");
    is_wrong(close_while_others_free<weak_exchange>(false), "race: a plain");
    is_wrong(close_while_others_free<weak_compare_exchange>(false), "race: a plain");
}

TEST_CASE("a list that was closed is not to be emptied again, and the explorer notices", "[threads][explorer]") {
    struct state {
        alloy::remote_list<explored<>> list;
    };
    const auto close = [](state& s) { static_cast<void>(s.list.close()); };
    is_wrong(explore<state>({close, [](state& s) { static_cast<void>(s.list.take_all()); }}), "a list that was closed is emptied again");
    is_wrong(explore<state>({close, close}), "a list that was closed is emptied again");
}

// Caches of threads that have ended ------------------------------------------------------------------------------------------------------

namespace {
/// A thread that ends leaves its cache; one that begins takes one under a lock, or makes one.
template <class Orders, bool Locks = true>
struct adopted {
    using memory = explored<Orders>;
    struct cache : alloy::chain_link {
        std::uint64_t work = 0;
        int users = 0;
    };
    alloy::idle_caches<cache, memory> idle;
    test::explored_lock lock;
    cache caches[3];
    int made = 1;  // under the lock

    cache* adopt() {
        if (Locks) lock.lock();
        cache* c = idle.adopt();
        if (!c) c = &caches[made++];
        if (Locks) lock.unlock();
        return c;
    }
    void use(cache* c) {
        expect(c->users++ == 0, "a cache has two users");
        memory::write(c->work, memory::read(c->work) + 1);
        --c->users;
        idle.leave(*c);
    }
    /// As trim() does: those that are empty go, here the ones that a single thread has used.
    int take_out_used_once() {
        int taken = 0;
        if (Locks) lock.lock();
        idle.take_out([](cache& c) { return memory::read(c.work) == 1; }, [&](cache& c) { taken += c.users == 0 ? 1 : 3; });
        if (Locks) lock.unlock();
        return taken;
    }
    /// And counts them.
    int each() {
        int there = 0;
        idle.take_out([](cache&) { return true; }, [&](cache&) { ++there; });
        return there;
    }
};
template <class Orders, bool Locks = true>
exploration adopt() {
    using state = adopted<Orders, Locks>;
    const auto begin_and_end = [](state& s) { s.use(s.adopt()); };
    return explore<state>({[](state& s) { s.use(&s.caches[0]); }, begin_and_end, begin_and_end}, [](state& s) {
        std::uint64_t work = 0;
        for (const auto& c : s.caches) work += c.work;
        expect(work == 3, "work is lost");
        expect(s.each() == s.made, "a cache is lost, or there twice");
    });
}
template <class Orders, bool Locks = true>
exploration take_out_while_threads_end() {
    struct state : adopted<Orders, Locks> {
        int taken = 0;
    };
    const auto begin_and_end = [](state& s) { s.use(s.adopt()); };
    return explore<state>({[](state& s) { s.use(&s.caches[0]); }, begin_and_end, [](state& s) { s.taken = s.take_out_used_once(); }},
                          [](state& s) { expect(s.taken + s.each() == s.made, "a cache is lost, or there twice"); });
}
}  // namespace

TEST_CASE("a cache has one user at a time, who sees what the one before has done", "[threads][explorer]") {
    is_right(adopt<test::as_written>());
    is_wrong(adopt<weak_compare_exchange>(), "race: a plain");
    is_wrong(adopt<weak_exchange>(), "race: a plain");
    is_wrong(adopt<test::as_written, false>(), "race: a plain");
    is_right(take_out_while_threads_end<test::as_written>());
    is_wrong(take_out_while_threads_end<weak_compare_exchange>(), "race: a plain");
    is_wrong(take_out_while_threads_end<weak_exchange>(), "race: a plain");
    is_wrong(take_out_while_threads_end<test::as_written, false>(), "race: a plain");
}

// Presence -------------------------------------------------------------------------------------------------------------------------------

namespace {
template <class Orders>
struct visited_frames {
    using memory = explored<Orders>;
    alloy::presence<true, memory> presence;
    std::uint64_t idle = 0;
    int here = 0, visits = 0;

    void touch() {
        expect(here++ == 0, "two are there");
        memory::write(idle, memory::read(idle) + 1);
        --here;
    }
    void own() {
        for (int i = 0; i < 2; ++i) {
            presence.begin();
            touch();
            presence.end();
        }
    }
    void visit() {
        if (!presence.visit()) return;
        touch();
        presence.leave();
    }
};
template <class Orders>
exploration visit_an_owner() {
    using state = visited_frames<Orders>;
    return explore<state>({[](state& s) { s.own(); }, [](state& s) { s.visit(); }, [](state& s) { s.visit(); }});
}
}  // namespace

TEST_CASE("presence: an owner and its visitors are never there together", "[threads][explorer]") {
    is_right(visit_an_owner<test::as_written>());
    is_wrong(visit_an_owner<weak_compare_exchange>(), "race: a plain");
    is_wrong(visit_an_owner<weak_stores>(), "race: a plain");
}

// Pins -----------------------------------------------------------------------------------------------------------------------------------

namespace {
/// Two readers of a frame, whose owner pins it a second time, builds the next one and wants the buffer again.
template <class Orders, bool Pinned>
struct read_buffer {
    using memory = explored<Orders>;
    alloy::pin_count<memory> pins;
    std::uint64_t text = 7;
    word<int, Orders> handed_over{0};

    read_buffer() {
        if (Pinned) pins.pin();
    }
    void read() {
        expect(memory::read(text) == 7, "the next frame's text");
        if (Pinned) pins.unpin();
    }
    void read_later() {
        if (handed_over.load(order::acquire)) read();
    }
    void own() {
        if (Pinned) pins.pin();
        handed_over.store(1, order::release);
        for (int i = 0; i < 2; ++i)
            if (!pins.is_pinned()) return memory::write(text, std::uint64_t{8});
    }
};
template <class Orders, bool Pinned = true>
exploration read_across_threads() {
    using state = read_buffer<Orders, Pinned>;
    return explore<state>({[](state& s) { s.own(); }, [](state& s) { s.read(); }, [](state& s) { s.read_later(); }});
}
}  // namespace

TEST_CASE("pin_count: a buffer is used again when all that was read of it has been", "[threads][explorer][pin]") {
    is_right(read_across_threads<test::as_written>());
    is_wrong(read_across_threads<weak_add>(), "race: a plain");
    is_wrong(read_across_threads<acquiring_add>(), "race: a plain");
    is_wrong(read_across_threads<weak_loads>(), "race: a plain");
    is_wrong(read_across_threads<test::as_written, false>(), "race: a plain");
}
