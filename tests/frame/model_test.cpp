// Random programs of frames, checkpoints, cursors and allocations against a model: no overlap, contents intact, destructors once.
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <variant>
#include <vector>

#include <rapidcheck.h>

#include "../support/catch.hpp"
#include "../support/compositions.hpp"

namespace {

struct counted {
    int* alive;
    explicit counted(int& a) : alive(&a) { ++a; }
    counted(const counted&) = delete;
    ~counted() { --*alive; }
};

/// The program under test and what must be true of it.
template <class Memory>
class model {
    using frame_type = typename Memory::frame_type;
    struct open_lease {
        std::variant<std::unique_ptr<frame_type>, std::unique_ptr<alloy::frame_checkpoint>> scope;
        alloy::lease* lease;
        int objects = 0;
        std::vector<std::uintptr_t> mine;
    };
    struct region {
        std::size_t bytes;
        unsigned char fill;
    };

public:
    explicit model(Memory& memory) : memory_(memory) { open_frame(); }
    void finish() {
        while (!leases_.empty()) close(true, true);
        RC_ASSERT(memory_.used() == 0u);
        RC_ASSERT(alive_ == 0);
    }

    void step(unsigned what, std::size_t which, std::size_t bytes, unsigned alignment_bits) {
        open_lease& l = leases_[which % leases_.size()];
        switch (what % 10) {
            case 0: return open_frame();
            case 1: return open_checkpoint();
            case 2: return close(bytes % 2 == 0);
            case 3: return cursor(l, bytes);
            case 4: return object(l);
            default: return allocate(l, l.lease->allocate(bytes, std::size_t{1} << alignment_bits), bytes, std::size_t{1} << alignment_bits);
        }
    }

private:
    void open_frame() {
        if (leases_.size() > 6) return;
        std::unique_ptr<frame_type> f(new frame_type(memory_.frame()));
        alloy::lease* l = f.get();
        leases_.push_back({std::move(f), l, 0, {}});
    }
    void open_checkpoint() {
        if (leases_.size() > 6) return;
        std::unique_ptr<alloy::frame_checkpoint> c(new alloy::frame_checkpoint(leases_.back().lease->checkpoint()));
        alloy::lease* l = c.get();
        leases_.push_back({std::move(c), l, 0, {}});
    }
    void close(bool undo, bool is_end = false) {
        if (leases_.size() == 1 && !is_end) return;
        open_lease last = std::move(leases_.back());
        leases_.pop_back();
        for (std::uintptr_t at : last.mine) check(at);
        const bool commits = !undo && std::holds_alternative<std::unique_ptr<alloy::frame_checkpoint>>(last.scope);
        if (commits) {
            RC_ASSERT(std::get<1>(last.scope)->commit().closed);
            open_lease& around = leases_.back();
            around.mine.insert(around.mine.end(), last.mine.begin(), last.mine.end());
            around.objects += last.objects;
        } else {
            for (std::uintptr_t at : last.mine) regions_.erase(at);
            std::visit([](auto& scope) { scope.reset(); }, last.scope);
            expected_ -= last.objects;
            RC_ASSERT(alive_ == expected_);
        }
        for (const open_lease& l : leases_)
            for (std::uintptr_t at : l.mine) check(at);
    }
    void cursor(open_lease& l, std::size_t n) {
        auto c = l.lease->cursor();
        for (std::size_t i = 0; i < n % 40; ++i) {
            allocate(l, c.allocate(24, 8), 24, 8);
            if (i % 7 == 0) allocate(l, l.lease->allocate(16, 16), 16, 16);
        }
    }
    void object(open_lease& l) {
        if (Memory::lifetimes::buffers > 1) return;  // they would outlive the model
        l.lease->template make<counted>(alive_);
        ++l.objects;
        ++expected_;
        RC_ASSERT(alive_ == expected_);
    }
    void allocate(open_lease& l, void* p, std::size_t bytes, std::size_t alignment) {
        const auto at = reinterpret_cast<std::uintptr_t>(p);
        RC_ASSERT((at != 0u && at % alignment == 0u));
        const std::size_t size = bytes == 0 ? 1 : bytes;
        const auto next = regions_.lower_bound(at);
        // In parentheses of their own: rapidcheck takes an expression apart, and its || always asks both sides.
        RC_ASSERT((next == regions_.end() || at + size <= next->first));
        RC_ASSERT((next == regions_.begin() || std::prev(next)->first + std::prev(next)->second.bytes <= at));
        const auto fill = static_cast<unsigned char>(++fills_);
        std::memset(p, fill, size);
        regions_[at] = {size, fill};
        l.mine.push_back(at);
    }
    void check(std::uintptr_t at) {
        const region& r = regions_.at(at);
        const auto* bytes = reinterpret_cast<const unsigned char*>(at);
        for (std::size_t i = 0; i < r.bytes; ++i) RC_ASSERT(bytes[i] == r.fill);
    }

    Memory& memory_;
    std::vector<open_lease> leases_;
    std::map<std::uintptr_t, region> regions_;
    int alive_ = 0, expected_ = 0;
    unsigned fills_ = 0;
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("random programs keep the model", "[frame][model][fault-41][fault-45]", test::compositions) {
    const bool kept = rc::check([] {
        TestType memory;
        for (int frames = 0; frames < 2; ++frames) {
            model<TestType> program(memory);
            const auto steps = *rc::gen::container<std::vector<std::tuple<unsigned, std::size_t, std::size_t, unsigned>>>(
                rc::gen::tuple(rc::gen::inRange(0u, 10u), rc::gen::inRange<std::size_t>(0, 7), rc::gen::inRange<std::size_t>(0, 900), rc::gen::inRange(0u, 8u)));
            for (const auto& [what, which, bytes, alignment] : steps) program.step(what, which, bytes, alignment);
            program.finish();
        }
        RC_ASSERT(memory.held() == memory.upstream().live_bytes());
        RC_ASSERT(memory.upstream().wrong == 0u);
    });
    CHECK(kept);
}
