#pragma once
/// The render thread: puts the parts of a draw list together and hashes it, while the workers are at the next frame. It sees only what it is sent.
#include <condition_variable>
#include <optional>

#include "draw.hpp"
#include "watch.hpp"

namespace engine {

/// FNV-1a, 64 bits, over the bytes of integers, lowest first.
struct fnv {
    std::uint64_t value = 0xcbf29ce484222325;
    void add(std::uint64_t v) {
        for (int i = 0; i < 8; ++i, v >>= 8) value = (value ^ (v & 0xFF)) * 0x100000001b3;
    }
    void add(point p) { add(static_cast<std::uint64_t>(p.x)), add(static_cast<std::uint64_t>(p.y)); }
};

/// One frame, as the main thread hands it over.
struct scene {
    fnv hash;                 ///< of all that was before
    std::size_t walls = 0;    ///< things are numbered from here
    std::size_t things = 0;
    std::array<part, workers::most> parts;
};

/// Reads a part item by item; each packet ends, and goes home, when it has been read.
class part_reader {
public:
    explicit part_reader(part sent) : now_(std::move(sent.first).receive()) {}
    explicit operator bool() const { return now_ != nullptr; }
    const draw_item& front() const { return now_->items[at_]; }
    void pop() {
        if (++at_ < now_->count) return;
        now_ = std::move(now_->next).receive();
        at_ = 0;
    }

private:
    alloy::received<packet> now_;
    std::size_t at_ = 0;
};

/// Merges the parts into one list, in a frame.
inline std::span<const draw_item> merge(scene& sent, alloy::frame_ref frame) {
    std::size_t count = 0;
    for (const part& p : sent.parts) count += p.count;
    const auto list = frame.make_span<draw_item>(count);
    std::array<std::optional<part_reader>, workers::most> readers;
    for (std::size_t i = 0; i < readers.size(); ++i) readers[i].emplace(std::move(sent.parts[i]));
    for (draw_item& item : list) {
        part_reader* nearest = nullptr;
        for (auto& reader : readers)
            if (*reader && (!nearest || reader->front() < nearest->front())) nearest = &*reader;
        item = nearest->front();
        nearest->pop();
    }
    return list;
}

class render_thread {
public:
    render_thread(render_allocator& memory, watch& seen) : memory_(memory), watch_(seen), thread_([this] { run(); }) {}
    render_thread(const render_thread&) = delete;
    ~render_thread() {
        set([this] { ends_ = true; });
        thread_.join();
    }

    /// Hands a scene over. Precondition: the one before is finished.
    void show(alloy::transfer_handle<scene> next) {
        set([&] { sent_ = std::move(next); });
    }
    /// Waits until the scene shown last is finished and its packets on their way home. Gives the hash with it; where there was none, the one before.
    fnv finish(fnv before) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return !sent_ && !busy_; });
        thrown_.rethrow();
        return std::exchange(hash_, std::nullopt).value_or(before);
    }

private:
    template <class F>
    void set(F change) {
        {
            const std::lock_guard lock(mutex_);
            change();
        }
        changed_.notify_all();
    }
    void run() {
        for (;;) {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return sent_ || ends_; });
            if (!sent_) return;
            auto now = std::move(sent_).receive();
            busy_ = true;
            lock.unlock();
            thrown_.in([&] { render(*now); });
            now.reset();
            set([this] { busy_ = false; });
        }
    }
    void render(scene& now) {
        auto frame = memory_.frame();
        const auto list = merge(now, frame);
        const auto places = frame.make_span<point>(now.things);
        std::uint64_t changed = 0;  // against the list of the frame before, which is still there
        for (std::size_t i = 0; i < std::min(list.size(), previous_.size()); ++i) changed += list[i].what != previous_[i].what;
        fnv hash = now.hash;
        hash.add(changed);
        for (const draw_item& item : list) {
            hash.add(item.what);
            if (item.what >= now.walls) places[item.what - now.walls] = item.at;
        }
        for (const point& p : places) hash.add(p);
        watch_.look(memory_);
        hash_ = hash;
        previous_ = list;
    }

    render_allocator& memory_;
    watch& watch_;
    std::mutex mutex_;
    std::condition_variable changed_;
    alloy::transfer_handle<scene> sent_;
    bool busy_ = false, ends_ = false;
    std::optional<fnv> hash_;
    std::span<const draw_item> previous_;
    caught thrown_;
    std::thread thread_;
};

}  // namespace engine
