// frames<N> across threads: a reader on another thread has frame n while later ones are built, and no buffer is used again before it is done.
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <new>
#include <span>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <alloy/checking/guarded.hpp>
#include <alloy/checking/poisoned.hpp>

#include "../support/catch.hpp"
#include "../support/compositions.hpp"
#include "../support/death.hpp"

namespace {

using alloy::KiB;
using alone = alloy::allocator<test::strict_upstream, alloy::growth::linear<1024>, alloy::lifetime::frames<2>>;
using across_threads =
    std::tuple<alone, alloy::allocator<test::strict_upstream, alloy::growth::linear<1024>, alloy::lifetime::frames<3>>,
               alloy::allocator<test::strict_upstream, alloy::growth::linear<1024>, alloy::threading::spin_locked, alloy::lifetime::frames<2>>,
               alloy::allocator<test::strict_upstream, alloy::growth::linear<1024>, alloy::threading::thread_cached, alloy::lifetime::frames<2>>,
               alloy::allocator<test::strict_upstream, alloy::growth::coalesced<alloy::growth::linear<1024>>, alloy::threading::thread_cached, alloy::budget::hard<64 * KiB>, alloy::lifetime::frames<3>>,
               alloy::allocator<test::strict_upstream, alloy::growth::linear<1024>, alloy::checking::poisoned<>, alloy::lifetime::frames<2>>>;
template <class Memory>
inline constexpr std::size_t buffers = Memory::lifetimes::buffers;

/// What the builder gives to the reader.
struct picture {
    alloy::frame_pin pin;
    std::span<const std::uint32_t> words;
    std::uint32_t number = 0;
};

/// A queue of as little as this needs.
class pictures {
public:
    void put(picture p) {
        {
            const std::lock_guard lock(lock_);
            waiting_.push_back(std::move(p));
        }
        changed_.notify_one();
    }
    picture take() {
        std::unique_lock lock(lock_);
        changed_.wait(lock, [&] { return !waiting_.empty(); });
        picture p = std::move(waiting_.front());
        waiting_.pop_front();
        return p;
    }

private:
    std::mutex lock_;
    std::condition_variable changed_;
    std::deque<picture> waiting_;
};

template <class F>
void on_a_thread(F f) {
    std::thread(std::move(f)).join();  // and ends there, with what it holds
}

template <class Frame>
std::span<std::uint32_t> fill(Frame& frame, std::uint32_t number) {
    auto words = frame.template make_span<std::uint32_t>(200 + number % 300);
    for (std::size_t i = 0; i < words.size(); ++i) words[i] = number + static_cast<std::uint32_t>(i);
    return words;
}
bool is_whole(std::span<const std::uint32_t> words, std::uint32_t number) {
    if (words.size() != 200 + number % 300) return false;
    for (std::size_t i = 0; i < words.size(); ++i)
        if (words[i] != number + i) return false;
    return true;
}

struct counted {
    std::atomic<int>& ended;
    explicit counted(std::atomic<int>& e) : ended(e) {}
    counted(const counted&) = delete;
    ~counted() { ++ended; }
};

template <class Memory>
alloy::refusal why_refused(Memory& memory) {
    auto tried = memory.try_frame();
    return tried ? alloy::refusal::upstream : tried.error().reason;
}

/// Refuses what is asked next.
struct refuses_some : test::strict_upstream {
    int left = 0;
    void* allocate(std::size_t bytes, std::size_t alignment) noexcept {
        if (left > 0) return --left, nullptr;
        return strict_upstream::allocate(bytes, alignment);
    }
};

std::vector<alloy::misuse> heard;
void note(const alloy::misuse& m) noexcept { heard.push_back(m); }

}  // namespace

static_assert(sizeof(alloy::frame_pin) == sizeof(void*));
static_assert(!std::is_copy_constructible_v<alloy::frame_pin> && !std::is_copy_assignable_v<alloy::frame_pin>);
static_assert(std::is_nothrow_move_constructible_v<alloy::frame_pin> && std::is_nothrow_move_assignable_v<alloy::frame_pin>);

TEMPLATE_LIST_TEST_CASE("a reader sees each frame whole while the next ones are built", "[threads][concurrent][pin]", across_threads) {
    constexpr std::uint32_t rounds = 500;
    TestType memory;
    pictures sent;
    std::atomic<int> wrong = 0;
    std::thread reader([&] {
        for (std::uint32_t n = 0; n < rounds; ++n) {
            picture p = sent.take();
            for (int again = 0; again < 3; ++again) {
                wrong += p.number != n || !is_whole(p.words, n);
                std::this_thread::yield();
            }
        }
    });
    std::size_t refused = 0;
    for (std::uint32_t n = 0; n < rounds;) {
        std::span<const std::uint32_t> words;
        {
            auto frame = memory.try_frame();
            if (!frame) {
                REQUIRE(frame.error().reason == alloy::refusal::frame_pinned);
                ++refused;
                std::this_thread::yield();
                continue;
            }
            words = fill(*frame, n);
        }
        sent.put({memory.pin_last_frame(), words, n++});
    }
    reader.join();
    CHECK(wrong == 0);
    CHECK(memory.frame().end().closed);
    INFO(refused << " refusals");
    CHECK(memory.upstream().wrong == 0);
}

TEMPLATE_LIST_TEST_CASE("a pinned buffer is refused by name, and taken once its last pin is dropped, on whatever thread", "[threads][concurrent][pin]", across_threads) {
    std::atomic<int> ended = 0;
    TestType memory;
    alloy::frame_pin first, second;
    std::span<const std::uint32_t> words;
    {
        auto frame = memory.frame();
        frame.template make<counted>(ended);
        words = fill(frame, 7);
    }
    first = memory.pin_last_frame();
    second = memory.pin_last_frame();
    REQUIRE(first);
    for (std::size_t i = 1; i < buffers<TestType>; ++i) {
        auto frame = memory.try_frame();
        REQUIRE(frame.has_value());
        auto inner = memory.frame();  // only outermost frames take buffers
        fill(inner, 9);
    }
    for (int again = 0; again < 3; ++again) {
        CHECK(why_refused(memory) == alloy::refusal::frame_pinned);
        auto begun = memory.try_begin_frame();
        CHECK((!begun && begun.error().reason == alloy::refusal::frame_pinned));
        CHECK_FALSE(memory.in_frame());
    }
    memory.trim();
    CHECK(is_whole(words, 7));
    CHECK(ended == 0);
    on_a_thread([pin = std::move(first)]() mutable { pin.reset(); });
    CHECK(why_refused(memory) == alloy::refusal::frame_pinned);  // the other pin
    CHECK(is_whole(words, 7));
    on_a_thread([pin = std::move(second)] {});
    CHECK(ended == 0);
    {
        auto frame = memory.frame();
        CHECK(ended == 1);
    }
    CHECK(memory.upstream().wrong == 0);
}

TEMPLATE_LIST_TEST_CASE("the last frame is the calling thread's that ended last, for as long as its buffer is there", "[threads][concurrent][pin]", across_threads) {
    TestType memory;
    CHECK_FALSE(memory.pin_last_frame());  // none has ended
    {
        auto frame = memory.frame();
        CHECK_FALSE(memory.pin_last_frame());
    }
    {
        auto next = memory.frame();  // another open: the pin is of the one before
        const alloy::frame_pin pin = memory.pin_last_frame();
        CHECK(pin);
    }
    for (std::size_t i = 1; i < buffers<TestType>; ++i) CHECK(memory.frame().end().closed);  // that one's buffer was never pinned
    CHECK(why_refused(memory) == alloy::refusal::upstream);
}

TEST_CASE("under a lock a pin is of the frame that the thread itself ended", "[threads][concurrent][pin]") {
    alloy::allocator<alloy::threading::spin_locked, alloy::lifetime::frames<3>> memory;
    memory.frame().end();
    on_a_thread([&] {
        CHECK_FALSE(memory.pin_last_frame());
        memory.frame().end();
    });
    {
        const alloy::frame_pin mine = memory.pin_last_frame();
        REQUIRE(mine);
        memory.frame().end();
        on_a_thread([&] { CHECK(why_refused(memory) == alloy::refusal::frame_pinned); });  // the oldest is mine, whoever asks
    }
    on_a_thread([&] {
        memory.frame().end();
        memory.frame().end();
        memory.frame().end();
    });
    CHECK_FALSE(memory.pin_last_frame());  // its buffer was taken since
}

TEST_CASE("a cache that a pin, or an ended frame, needs stays, and is adopted with it", "[threads][concurrent][pin]") {
    using cached = alloy::allocator<test::strict_upstream, alloy::growth::linear<1024>, alloy::threading::thread_cached, alloy::lifetime::frames<2>>;
    std::atomic<int> ended = 0;
    cached memory;
    alloy::frame_pin pin, of_nothing;
    std::span<const std::uint32_t> words;
    SECTION("of a thread that lives: even a frame without memory") {
        memory.frame().end();
        of_nothing = memory.pin_last_frame();
        REQUIRE(of_nothing);
        memory.trim();
        CHECK(memory.held() > 0);
        of_nothing.reset();
        memory.trim();
        CHECK(memory.held() == 0);
    }
    SECTION("of one that has ended") {
        on_a_thread([&] {
            {
                auto frame = memory.frame();
                frame.make<counted>(ended);
                words = fill(frame, 3);
            }
            pin = memory.pin_last_frame();
        });
        memory.trim();
        CHECK(is_whole(words, 3));
        on_a_thread([&] {  // adopts it
            CHECK_FALSE(memory.pin_last_frame());
            memory.frame().end();
            CHECK(why_refused(memory) == alloy::refusal::frame_pinned);
            CHECK(is_whole(words, 3));
            CHECK(ended == 0);
        });
        pin.reset();
        on_a_thread([&] {
            memory.frame().end();
            CHECK(ended == 1);
        });
        CHECK(ended == 1);
    }
    CHECK(memory.upstream().wrong == 0);
}

TEST_CASE("a thread's cache stays while a kept frame lies in memory of the heap", "[threads][concurrent][pin][to_heap]") {
    using cached = alloy::allocator<refuses_some, alloy::growth::linear<1024>, alloy::threading::thread_cached, alloy::fallback::to_heap, alloy::lifetime::frames<2>, alloy::lifetime::heap>;
    std::atomic<int> ended = 0;
    cached memory;
    { auto warm = memory.try_frame(); }
    memory.upstream().left = 2;  // a block and a smaller one; the heap's own request is met
    {
        auto frame = memory.frame();
        frame.make<counted>(ended);
    }
    REQUIRE(memory.upstream().left == 0);
    memory.trim();
    CHECK(ended == 0);
    memory.frame().end();
    memory.frame().end();
    CHECK(ended == 1);
    CHECK(memory.upstream().wrong == 0);
}

TEST_CASE("destructors that run when a buffer is taken may open frames, and meet pins as anybody does", "[threads][pin]") {
    alone memory;
    alloy::refusal met{};
    struct opens {
        alone& memory;
        alloy::refusal& met;
        ~opens() { met = why_refused(memory); }
    };
    {
        auto frame = memory.frame();
        frame.make<opens>(memory, met);
    }
    memory.frame().end();
    alloy::frame_pin pin = memory.pin_last_frame();
    CHECK(why_refused(memory) == alloy::refusal::upstream);  // the buffer is free; its destructor asks for the pinned one, in vain
    CHECK(met == alloy::refusal::frame_pinned);
    pin.reset();
    CHECK(why_refused(memory) == alloy::refusal::upstream);
}

TEST_CASE("a pin moves, swaps, and is dropped once", "[pin]") {
    alone memory;
    memory.frame().end();
    alloy::frame_pin a = memory.pin_last_frame(), b;
    memory.frame().end();
    CHECK(why_refused(memory) == alloy::refusal::frame_pinned);
    swap(a, b);
    CHECK((!a && b));
    a = std::move(b);
    alloy::frame_pin& same = a;
    a = std::move(same);
    CHECK(a);
    CHECK(why_refused(memory) == alloy::refusal::frame_pinned);
    a = alloy::frame_pin();
    a.reset();
    CHECK(why_refused(memory) == alloy::refusal::upstream);
}

TEST_CASE("frame() over a pinned buffer ends the program with cause and cure", "[pin][death]") {
    CHECK(test::dying_words([] {
              alone memory;
              memory.frame().end();
              const alloy::frame_pin pin = memory.pin_last_frame();
              memory.frame().end();
              memory.frame().end();
          }) == "alloy: a frame was opened while a reader still has the frame whose buffer comes next; let readers drop their pins first, use try_frame(), or take more buffers, lifetime::frames<N>\n");
}

TEMPLATE_TEST_CASE("a pin that outlives its allocator is told, once", "[pin][checking]", (alloy::allocator<alloy::checking::poisoned<alloy::checking::report::call<&note>>, alloy::lifetime::frames<2>>),
                   (alloy::allocator<alloy::threading::thread_cached, alloy::checking::guarded<alloy::checking::report::call<&note>>, alloy::lifetime::frames<2>>)) {
    heard.clear();
    alignas(TestType) std::array<std::byte, sizeof(TestType)> place{};
    auto* const memory = ::new (place.data()) TestType;
    {
        auto frame = memory->frame();
        fill(frame, 1);
    }
    alloy::frame_pin pin = memory->pin_last_frame();
    alloy::frame_pin dropped = memory->pin_last_frame();
    alignas(alloy::frame_pin) static std::array<std::byte, 2 * sizeof(alloy::frame_pin)> left;
    SECTION("told") {
        const auto left_alone = {::new (left.data()) alloy::frame_pin(std::move(pin)), ::new (left.data() + sizeof(pin)) alloy::frame_pin(memory->pin_last_frame())};
        CHECK(left_alone.size() == 2);  // never dropped, since what they count in is gone
        dropped.reset();
        memory->~TestType();
        REQUIRE(heard.size() == 1);
        CHECK(heard[0].kind == alloy::misuse_kind::leak);
        CHECK(heard[0].told == 2);
    }
    SECTION("none is left") {
        pin.reset();
        dropped.reset();
        memory->~TestType();
        CHECK(heard.empty());
    }
}
