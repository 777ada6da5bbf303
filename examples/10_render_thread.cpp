/// One thread builds frame n + 1 while another draws frame n, which lies where it was built: nothing is copied.
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <utility>

#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

// [declaration]
struct scene_allocator : alloy::allocator<alloy::lifetime::frames<2>, alloy::tagging::named<"scene">> {};

struct sprite {
    int x, y;
};
struct scene {
    std::span<const sprite> sprites;  // in the frame that the pin keeps
    alloy::frame_pin pin;
};
// [/declaration]

/// A place for one scene; whoever finds it full, or empty, waits.
class handover {
public:
    void put(scene s) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return !there_; });
        there_.emplace(std::move(s));
        changed_.notify_all();
    }
    scene take() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return there_.has_value(); });
        scene s = std::move(*there_);
        there_.reset();
        changed_.notify_all();
        return s;
    }
    void drawn() {
        const std::lock_guard lock(mutex_);
        ++drawn_;
        changed_.notify_all();
    }
    /// Waits until `n` scenes have been drawn.
    void wait_for(int n) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return drawn_ >= n; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<scene> there_;
    int drawn_ = 0;
};

constexpr int scenes = 100;

// [render]
long render(handover& from) {
    long sum = 0;
    for (int n = 0; n < scenes; ++n) {
        scene now = from.take();
        for (const sprite& s : now.sprites) sum += s.x + s.y;
        now.pin.reset();  // nothing of the scene is looked at behind this line
        from.drawn();
    }
    return sum;
}
// [/render]

int main() {
    scene_allocator memory;
    handover to;
    long drawn = 0, built = 0;
    std::thread renderer([&] { drawn = render(to); });

    // [build]
    for (int n = 0; n < scenes; ++n) {
        to.wait_for(n - 1);  // frame n takes the buffer of frame n - 2
        std::span<sprite> sprites;
        {
            auto frame = memory.frame();
            sprites = frame.make_span<sprite>(static_cast<std::size_t>(10 + n));
            for (sprite& s : sprites) s = {n, 1};
        }
        to.put({sprites, memory.pin_last_frame()});
        built += static_cast<long>(sprites.size()) * (n + 1);
    }
    // [/build]

    renderer.join();
    std::printf("drawn: %ld of %ld, with %zu bytes held\n", drawn, built, memory.held());
    return drawn == built ? 0 : 1;
}
