/// Frame memory beside what else there is, in one run: the same work, the same memory touched, the same resets.
#include <memory_resource>
#include <random>
#include <unordered_map>

#include <alloy/bench/compare.hpp>
#include <alloy/bench/generate.hpp>
#include <alloy/containers.hpp>
#include <alloy/containers/growing_vector.hpp>
#include <alloy/containers/pool_map.hpp>
#include <alloy/policies.hpp>

#include "peers/hand_written.hpp"

#if defined(ALLOY_BENCH_LLVM)
#include <llvm/Support/Allocator.h>
#endif

namespace {

using alloy::bench::small_object;

struct defaults : alloy::allocator<alloy::lifetime::frame> {};
struct accounted : alloy::allocator<alloy::lifetime::frame, alloy::tagging::named<"physics">, alloy::budget::hard<16 * alloy::MiB>,
                                    alloy::tracking::boundary_metrics> {};

/// The hand-written arena, typed as an expert would.
class by_hand {
public:
    struct session {
        hand_written::arena& arena;
        template <class T>
        [[gnu::always_inline]] T* make() {
            return arena.take<T>();
        }
        [[gnu::always_inline]] void* allocate(std::size_t bytes, std::size_t alignment) { return arena.take_raw(bytes, alignment); }
        template <class T>
        hand_written::allocator<T> allocator() noexcept {
            return hand_written::allocator<T>(arena);
        }
    };
    template <class F>
    void with(F&& f) {
        arena_.reset();
        session s{arena_};
        f(s);
    }

private:
    hand_written::arena arena_;
};

/// No allocation at all: the objects are where they were.
class writes_alone {
public:
    struct session {
        small_object* objects;
    };
    template <class F>
    void with(F&& f) {
        session s{objects_};
        f(s);
    }

private:
    small_object objects_[1000];
};

/// std::pmr's monotonic resource through its base class, as std::pmr containers use it.
class monotonic_virtual : public alloy::bench::monotonic {
public:
    struct session {
        std::pmr::memory_resource* from;
        template <class T>
        T* make() {
            return static_cast<T*>(from->allocate(sizeof(T), alignof(T)));
        }
    };
    template <class F>
    void with(F&& f) {
        std::pmr::memory_resource* base = &resource();
        benchmark::DoNotOptimize(base);
        session s{base};
        f(s);
        resource().release();
    }
};

#if defined(ALLOY_BENCH_LLVM)
/// LLVM's, with slabs as large as our first block.
class llvm_bump {
    using arena_type = llvm::BumpPtrAllocatorImpl<llvm::MallocAllocator, 65536, 65536>;

public:
    struct session {
        arena_type& arena;
        template <class T>
        T* make() {
            return arena.Allocate<T>();
        }
    };
    template <class F>
    void with(F&& f) {
        arena_.Reset();
        session s{arena_};
        f(s);
    }

private:
    arena_type arena_;
};
#endif

/// 1,000 objects of 32 bytes, so that what a frame costs by itself weighs little.
struct objects_32 {
    static constexpr const char* name = "objects_32";
    static constexpr int items = 1000;
    template <class Session>
    static bool run(Session& s) {
        for (int i = 0; i < items; ++i) {
            auto* p = s.template make<small_object>();
            if (!p) return false;
            p->words[0] = static_cast<std::uint64_t>(i);
            benchmark::DoNotOptimize(p);
        }
        return true;
    }
};
/// The same with the hand-written arena's window in local variables: what a register cursor is compared with.
struct objects_32_in_registers {
    static constexpr const char* name = objects_32::name;
    static constexpr int items = objects_32::items;
    static bool run(by_hand::session& s) {
        std::uintptr_t cursor = s.arena.cursor_, limit = s.arena.limit_;
        for (int i = 0; i < items; ++i) {
            auto* p = reinterpret_cast<small_object*>(cursor);
            if (const std::uintptr_t next = cursor + sizeof(small_object); next <= limit) [[likely]] {
                cursor = next;
            } else {
                p = s.arena.take<small_object>();
                cursor = s.arena.cursor_;
                limit = s.arena.limit_;
            }
            p->words[0] = static_cast<std::uint64_t>(i);
            benchmark::DoNotOptimize(p);
        }
        s.arena.cursor_ = cursor;
        return true;
    }
};
/// The floor: the objects are there already, and are written to.
struct objects_32_written {
    static constexpr const char* name = objects_32::name;
    static constexpr int items = objects_32::items;
    static bool run(writes_alone::session& s) {
        small_object* next = s.objects;
        for (int i = 0; i < items; ++i) {
            auto* p = next++;
            p->words[0] = static_cast<std::uint64_t>(i);
            benchmark::DoNotOptimize(p);
        }
        return true;
    }
};
/// The same through the frame's cursor.
struct objects_32_by_cursor {
    static constexpr const char* name = objects_32::name;
    static constexpr int items = objects_32::items;
    template <class Session>
    static bool run(Session& s) {
        auto cursor = s.frame().cursor();
        for (int i = 0; i < items; ++i) {
            auto* p = cursor.template make_for_overwrite<small_object>();
            if (!p) return false;
            p->words[0] = static_cast<std::uint64_t>(i);
            benchmark::DoNotOptimize(p);
        }
        return true;
    }
};
/// A vector that grows to 10,000 while nothing else allocates: in place where it can.
template <bool InPlace>
struct growing {
    static constexpr const char* name = "vector_growth_in_place";
    static constexpr int items = 10000;
    template <class Session>
    static bool run(Session& s) {
        const auto fill = [](auto& v) {
            for (int i = 0; i < items; ++i) v.push_back(i);
            benchmark::DoNotOptimize(v.data());
            return v.size() == items;
        };
        if constexpr (InPlace) {
            alloy::growing_frame_vector<int> v{s.frame()};
            return fill(v);
        } else {
            std::vector<int, decltype(s.template allocator<int>())> v(s.template allocator<int>());
            return fill(v);
        }
    }
};

// Components of 32 bytes that others name: 10,000, as they were made, or after as many were erased and made again in any order.
class in_pool_map {
public:
    using name = alloy::pool_handle<small_object>;
    alloy::pool_map<small_object, alloy::allocator<>>& all() noexcept { return all_; }
    name insert(const small_object& value) { return all_.insert(value); }
    void erase(name n) { all_.erase(n); }
    small_object* find(name n) { return all_.find(n); }
    static small_object& value(small_object& element) { return element; }

private:
    alloy::allocator<> memory_;
    alloy::pool_map<small_object, alloy::allocator<>> all_{memory_};
};
class in_unordered_map {
public:
    using name = std::uint64_t;
    std::unordered_map<name, small_object>& all() noexcept { return all_; }
    name insert(const small_object& value) { return all_.emplace(++last_, value), last_; }
    void erase(name n) { all_.erase(n); }
    small_object* find(name n) {
        const auto at = all_.find(n);
        return at == all_.end() ? nullptr : &at->second;
    }
    static small_object& value(std::pair<const name, small_object>& element) { return element.second; }

private:
    std::unordered_map<name, small_object> all_;
    name last_ = 0;
};
template <class Map>
class components {
public:
    struct session {
        Map& map;
        std::vector<typename Map::name>& names;
    };
    template <class F>
    void with(F&& f) {
        session s{map_, names_};
        f(s);
    }
    components() {
        for (std::uint64_t i = 0; i < 10000; ++i) names_.push_back(map_.insert({{i, 0, 0, 0}}));
    }

protected:
    Map map_;
    std::vector<typename Map::name> names_;
};
template <class Map>
class churned : public components<Map> {
public:
    churned() {
        std::mt19937 random(1);
        for (std::uint64_t i = 0; i < 10000; ++i) {
            auto& name = this->names_[random() % this->names_.size()];
            this->map_.erase(name);
            name = this->map_.insert({{i, 0, 0, 0}});
        }
    }
};
struct walk {
    static constexpr const char* name = "components_walked";
    static constexpr int items = 10000;
    template <class Session>
    static bool run(Session& s) {
        int met = 0;
        for (auto& element : s.map.all()) {
            ++s.map.value(element).words[1];
            ++met;
        }
        return met == items;
    }
};
struct find {
    static constexpr const char* name = "components_found";
    static constexpr int items = 10000;
    template <class Session>
    static bool run(Session& s) {
        int met = 0;
        for (auto handle : s.names)
            if (small_object* found = s.map.find(handle)) {
                ++found->words[1];
                ++met;
            }
        return met == items;
    }
};
/// One in a hundred goes, and another comes.
struct replace {
    static constexpr const char* name = "components_replaced";
    static constexpr int items = 100;
    template <class Session>
    static bool run(Session& s) {
        for (std::size_t i = 0; i < s.names.size(); i += 100) {
            s.map.erase(s.names[i]);
            s.names[i] = s.map.insert({{i, 0, 0, 0}});
        }
        return s.map.all().size() == s.names.size();
    }
};

}  // namespace

int main(int argc, char** argv) {
    using namespace alloy::bench;
    const options all;
    register_subject<framed<defaults>>("alloy", all);
    register_subject<framed<accounted>>("alloy+accounts", all);
    register_subject<by_hand>("hand-written", all);
    register_baselines<defaults>(all);
    using detail::register_workloads;
    register_workloads<framed<defaults>, objects_32, growing<true>>("alloy", all);
    register_workloads<framed<defaults>, objects_32_by_cursor>("alloy(cursor)", all);
    register_workloads<framed<accounted>, objects_32>("alloy+accounts", all);
    register_workloads<writes_alone, objects_32_written>("(writes alone)", all);
    register_workloads<by_hand, objects_32, growing<false>>("hand-written", all);
    register_workloads<by_hand, objects_32_in_registers>("hand-written(registers)", all);
    register_workloads<monotonic, objects_32, growing<false>>("std::pmr::monotonic", all);
    register_workloads<monotonic_virtual, objects_32>("std::pmr::memory_resource", all);
    register_workloads<general_purpose, objects_32, growing<false>>("malloc", all);
#if defined(ALLOY_BENCH_LLVM)
    register_workloads<llvm_bump, objects_32>("llvm", all);
#endif
    register_workloads<components<in_pool_map>, walk, find, replace>("pool_map", all);
    register_workloads<components<in_unordered_map>, walk, find, replace>("std::unordered_map", all);
    register_workloads<churned<in_pool_map>, walk, find>("pool_map(churned)", all);
    register_workloads<churned<in_unordered_map>, walk, find>("std::unordered_map(churned)", all);
    return run_and_compare(argc, argv, {"hand-written", "llvm", "std::pmr::monotonic", "malloc", "std::unordered_map", "std::unordered_map(churned)"});
}
