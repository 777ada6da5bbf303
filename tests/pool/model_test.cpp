// Random programs of objects, resizing, frames, tags, trims and refusals against a model: no overlap, alignment, contents, accounts.
#include <cstdint>
#include <cstring>
#include <iterator>
#include <map>
#include <memory>
#include <tuple>
#include <vector>

#include <rapidcheck.h>

#include "../support/catch.hpp"
#include "../support/pool_compositions.hpp"

namespace {

/// The program under test and what must be true of it.
template <class Memory>
class model {
    struct object {
        std::size_t bytes, alignment;
        unsigned char fill;
        int frame;  // depth of the frame that it lies in, or -1
        std::size_t size() const { return bytes == 0 ? 1 : bytes; }
    };
    static constexpr bool has_frame = Memory::lifetimes::has_frame;

public:
    explicit model(Memory& memory) : memory_(memory) {}

    void step(unsigned what, std::size_t which, std::size_t bytes, unsigned alignment_bits) {
        const std::size_t alignment = std::size_t{1} << alignment_bits;
        switch (what) {
            case 0: case 1: case 2: add(memory_.try_allocate(bytes, alignment), bytes, alignment, -1); break;
            case 3: case 4: remove(which); break;
            case 5: case 6: resize(which, bytes); break;
            case 7: trim(); break;
            case 8: open(which); break;
            case 9: in_frame(which, bytes, alignment); break;
            case 10: refuse(which); break;
            default: free_many(which, bytes); break;
        }
        memory_.upstream().refuse_on &= memory_.upstream().refuse_at != 0;
        RC_ASSERT(memory_.held() == memory_.upstream().live_bytes());
        RC_ASSERT(memory_.upstream().wrong == 0u);
        RC_ASSERT(memory_.used() >= expected_);
        if constexpr (Memory::budget_type::bounds_held) RC_ASSERT(memory_.budget().left() == Memory::budget_type::limit() - memory_.held());
        if constexpr (Memory::bounds > 0)
            RC_ASSERT(memory_.usage_under_bound(0).used <= memory_.used());
    }
    void finish() {
        memory_.upstream().refuse_at = 0;
        while (!frames_.empty()) close();
        if constexpr (requires { memory_.checking().objects; }) RC_ASSERT(memory_.checking().objects == objects_.size());
        while (!objects_.empty()) remove(0);
        RC_ASSERT(memory_.used() == 0u);
        if constexpr (Memory::bounds > 0) RC_ASSERT(memory_.usage_under_bound(0).used == 0u);
        if constexpr (requires { memory_.checking().broken; }) RC_ASSERT((memory_.checking().broken == 0u && memory_.checking().faults == 0u));
        memory_.trim();
        if (Memory::lifetimes::buffers <= 1) RC_ASSERT(memory_.held() == 0u);
    }

private:
    using iterator = typename std::map<std::uintptr_t, object>::iterator;

    void add(const alloy::result<void*>& got, std::size_t bytes, std::size_t alignment, int frame) {
        if (!got) return;
        insert(*got, {bytes, alignment, static_cast<unsigned char>(++fills_), frame});
    }
    void insert(void* p, object o) {
        const auto at = reinterpret_cast<std::uintptr_t>(p);
        RC_ASSERT((at != 0u && at % o.alignment == 0u));
        const auto next = objects_.lower_bound(at);
        RC_ASSERT((next == objects_.end() || at + o.size() <= next->first));
        RC_ASSERT((next == objects_.begin() || std::prev(next)->first + std::prev(next)->second.size() <= at));
        std::memset(p, o.fill, o.bytes);
        objects_.emplace(at, o);
        expected_ += o.bytes;
    }
    void check(std::uintptr_t at, std::size_t bytes, unsigned char fill) {
        for (std::size_t i = 0; i < bytes; ++i) RC_ASSERT(reinterpret_cast<const unsigned char*>(at)[i] == fill);
    }
    iterator pick(std::size_t which) {
        if (objects_.empty()) return objects_.end();
        auto it = std::next(objects_.begin(), static_cast<std::ptrdiff_t>(which % objects_.size()));
        while (it != objects_.end() && it->second.frame >= 0) ++it;
        return it;
    }
    iterator erase(iterator it) {
        expected_ -= it->second.bytes;
        return objects_.erase(it);
    }
    void remove(std::size_t which) {
        const auto it = pick(which);
        if (it == objects_.end()) return;
        check(it->first, it->second.bytes, it->second.fill);
        memory_.deallocate(reinterpret_cast<void*>(it->first), it->second.bytes, it->second.alignment);
        erase(it);
    }
    void resize(std::size_t which, std::size_t bytes) {
        const auto it = pick(which);
        if (it == objects_.end()) return;
        object o = it->second;
        const std::uintptr_t at = it->first;
        const auto there = memory_.try_reallocate(reinterpret_cast<void*>(at), o.bytes, bytes, o.alignment);
        if (!there) {
            RC_ASSERT(bytes > o.bytes);  // a smaller size is never refused
            return check(at, o.bytes, o.fill);
        }
        check(reinterpret_cast<std::uintptr_t>(*there), o.bytes < bytes ? o.bytes : bytes, o.fill);
        erase(it);
        o.bytes = bytes;
        o.fill = static_cast<unsigned char>(++fills_);
        insert(*there, o);
    }
    void free_many(std::size_t which, std::size_t n) {
        for (std::size_t i = 0; i < n % 20; ++i) remove(which + i);
    }
    void trim() {
        memory_.trim();
        for (const auto& [at, o] : objects_) check(at, o.bytes, o.fill);
    }
    void refuse(std::size_t which) {
        memory_.upstream().refuse_at = which % 3 == 0 ? 0 : memory_.upstream().requests + 1;
        memory_.upstream().refuse_on = which % 3 == 2;
    }
    void open(std::size_t which) {
        if constexpr (has_frame) {
            if (which % 2 == 0) return close();
            if (frames_.size() == 4) return;
            try {  // with frames per thread the first takes memory
                frames_.emplace_back(new typename Memory::frame_type(memory_.frame()));
            } catch (const std::bad_alloc&) {
                RC_ASSERT(Memory::threading_type::sharing == alloy::sharing::engine_per_thread);
            }
        }
    }
    void close() {
        if constexpr (has_frame) {
            if (frames_.empty()) return;
            const int depth = static_cast<int>(frames_.size()) - 1;
            for (auto it = objects_.begin(); it != objects_.end();) {
                if (it->second.frame != depth) {
                    ++it;
                    continue;
                }
                check(it->first, it->second.bytes, it->second.fill);
                it = erase(it);
            }
            frames_.pop_back();
        }
    }
    void in_frame(std::size_t which, std::size_t bytes, std::size_t alignment) {
        if constexpr (has_frame) {
            if (frames_.empty()) return;
            const std::size_t depth = which % frames_.size();
            add(frames_[depth]->try_allocate(bytes, alignment), bytes, alignment, static_cast<int>(depth));
        }
    }

    struct no_frame {};
    template <class M, bool Has>
    struct frame_of {
        using type = no_frame;
    };
    template <class M>
    struct frame_of<M, true> {
        using type = typename M::frame_type;
    };

    Memory& memory_;
    std::map<std::uintptr_t, object> objects_;
    std::vector<std::unique_ptr<typename frame_of<Memory, has_frame>::type>> frames_;
    std::size_t expected_ = 0;
    unsigned fills_ = 0;
};

template <class Memory>
void run() {
    Memory memory;
    model<Memory> program(memory);
    const auto steps = *rc::gen::container<std::vector<std::tuple<unsigned, std::size_t, std::size_t, unsigned>>>(
        rc::gen::tuple(rc::gen::inRange(0u, 12u), rc::gen::inRange<std::size_t>(0, 1000), rc::gen::oneOf(rc::gen::inRange<std::size_t>(0, 150), rc::gen::inRange<std::size_t>(0, 2500)),
                       rc::gen::inRange(0u, 9u)));
    for (const auto& [what, which, bytes, alignment] : steps) {
        if constexpr (Memory::tagging_type::switches) {
            if (which % 4 == 0) {
                auto physics = memory.template tag<"physics">();
                program.step(what, which, bytes, alignment);
                continue;
            }
        }
        program.step(what, which, bytes, alignment);
    }
    program.finish();
}
}  // namespace

TEMPLATE_LIST_TEST_CASE("random programs of the pool and the heap keep the model", "[pool][heap][model][fault-41][fault-44]", test::pool_compositions) {
    CHECK(rc::check([] { run<TestType>(); }));
}
