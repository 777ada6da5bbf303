// Every operation of the pool, the heap and what stands on them survives upstream refusing its k-th request, once and from then on, for every k.
#include <cstring>
#include <list>
#include <map>
#include <memory_resource>
#include <string>
#include <utility>
#include <vector>

#include <alloy/adaptors/std_allocator.hpp>
#include <alloy/memory_resource.hpp>

#include "../support/catch.hpp"
#include "../support/pool_compositions.hpp"
#include "../support/refusals.hpp"

namespace {

struct counted {
    static inline int alive = 0;
    counted() { ++alive; }
    counted(const counted&) = delete;
    ~counted() { --alive; }
    char body[100]{};
};

/// Runs f, which may be refused: then all is as it was. Gives whether it was.
template <class Memory, class F>
bool refused_whole(Memory& memory, F f) {
    const std::size_t used = memory.used();
    const int alive = counted::alive;
    try {
        f();
        return false;
    } catch (const std::bad_alloc&) {
    }
    REQUIRE(memory.used() == used);
    REQUIRE(counted::alive == alive);
    REQUIRE(memory.held() == memory.upstream().live_bytes());
    return true;
}

/// What asks for memory through every public operation. Gives how many were refused.
template <class Memory>
int work(Memory& memory) {
    using allocator_type = typename Memory::allocator_type;
    int refused = 0;
    const auto attempt = [&](auto f) { refused += refused_whole(memory, f); };
    {
        typename Memory::template pool_ptr<counted> one;
        typename Memory::template pool_ptr<counted[]> several;
        typename Memory::template heap_ptr<counted> far;
        attempt([&] { one = memory.template make_pooled<counted>(); });
        attempt([&] { several = memory.template make_pooled<counted[]>(30); });  // larger than a slot
        attempt([&] { far = memory.template make_heap<counted>(); });
        refused += !memory.template try_make_pooled<std::pair<long, char[600]>>().has_value();
        refused += !memory.template try_make_heap<int[]>(1000).has_value();

        void* p = nullptr;
        std::size_t bytes = 60;
        attempt([&] { p = memory.allocate(bytes, 8); });
        if (p) {
            std::memset(p, 1, bytes);
            for (std::size_t next : {200u, 900u, 3000u, 9000u, 1000u, 40u, 5000u, 8u}) {
                const std::size_t before = bytes;
                const bool was_refused = refused_whole(memory, [&] {
                    p = memory.reallocate(p, before, next, 8);
                    bytes = next;
                });
                for (std::size_t i = 0; i < 8; ++i) REQUIRE(static_cast<char*>(p)[i] == 1);
                if (!was_refused) continue;
                ++refused;
                REQUIRE(next > before);  // a smaller size is never refused
                break;
            }
            memory.deallocate(p, bytes, 8);
        }
        attempt([&] {
            std::list<std::string, alloy::std_allocator<std::string, allocator_type>> list{memory};
            for (int i = 0; i < 200; ++i) list.emplace_back("something");
        });
        attempt([&] {
            std::vector<int, alloy::std_allocator<int, allocator_type>> v{memory};
            for (int i = 0; i < 2000; ++i) v.push_back(i);
        });
        alloy::memory_resource<allocator_type> resource{memory};
        attempt([&] {
            std::pmr::map<int, std::pmr::string> map{&resource};
            for (int i = 0; i < 50; ++i) map.emplace(i, "a string that is longer than what a string holds of its own");
        });
        if constexpr (Memory::lifetimes::has_frame && Memory::lifetimes::buffers == 1) {
            attempt([&] {
                auto frame = memory.frame();
                for (int i = 0; i < 5; ++i) {
                    static_cast<void>(frame.allocate(700, 8));
                    auto beside = memory.template make_pooled<counted>();
                    auto inner = memory.frame();
                    static_cast<void>(inner.allocate(300, 8));
                    auto large = memory.template make_heap<counted[]>(20);
                    static_cast<void>(frame.allocate(100, 64));
                }
            });
        }
    }
    REQUIRE(counted::alive == 0);
    return refused;
}
}  // namespace

TEMPLATE_LIST_TEST_CASE("upstream may refuse any request of the pool and the heap", "[pool][heap][fault-6][fault-8]", test::pool_compositions) {
    test::try_each_refusal<TestType>([](TestType& memory) { return work(memory); });
}
