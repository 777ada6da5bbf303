/// Pools beside what else there is, in one run: the same objects of 64 bytes, each written to, given back in the same orders, with 1,000 and with
/// 100,000 alive.
#include <cstddef>
#include <cstdio>
#include <memory>
#include <new>

#include <dlfcn.h>

#include <boost/pool/object_pool.hpp>
#include <boost/pool/pool.hpp>

#include <alloy/bench/compare.hpp>
#include <alloy/bench/generate.hpp>
#include <alloy/checking/guarded.hpp>
#include <alloy/policies.hpp>

#include "peers/hand_written.hpp"

namespace {

using alloy::bench::pooled_object;

struct plain : alloy::allocator<alloy::lifetime::pool, alloy::lifetime::heap> {};
struct accounted : alloy::allocator<alloy::lifetime::pool, alloy::lifetime::heap, alloy::tagging::named<"bodies">,
                                    alloy::budget::hard<64 * alloy::MiB>, alloy::tracking::boundary_metrics> {};
struct poisoned : alloy::allocator<alloy::lifetime::pool, alloy::lifetime::heap, alloy::checking::poisoned<>> {};
struct guarded : alloy::allocator<alloy::lifetime::pool, alloy::lifetime::heap, alloy::checking::guarded<>> {};
struct locked : alloy::allocator<alloy::lifetime::pool, alloy::lifetime::heap, alloy::threading::spin_locked> {};

/// A subject around something whose functions are those of a session.
template <class Source>
class alone {
public:
    template <class F>
    void with(F&& f) {
        f(source_);
    }

private:
    Source source_;
};

struct by_hand {
    hand_written::free_list<pooled_object> list;
    [[gnu::always_inline]] void* take(std::size_t, std::size_t) { return list.take(); }
    [[gnu::always_inline]] void give(void* p, std::size_t, std::size_t) { list.give(p); }
};
struct boost_pool {
    boost::pool<> pool{sizeof(pooled_object)};
    void* take(std::size_t, std::size_t) { return pool.malloc(); }
    void give(void* p, std::size_t, std::size_t) { pool.free(p); }
};
/// Keeps its free slots in order of addresses, and looks for the place at each free.
struct boost_object_pool {
    boost::object_pool<pooled_object> pool;
    void* take(std::size_t, std::size_t) { return pool.malloc(); }
    void give(void* p, std::size_t, std::size_t) { pool.free(static_cast<pooled_object*>(p)); }
};

/// mimalloc without being this program's malloc.
struct mimalloc_library {
    void* (*take)(std::size_t) = nullptr;
    void (*give)(void*) = nullptr;
    mimalloc_library() {
        void* const library = dlopen("libmimalloc.so.2", RTLD_NOW | RTLD_LOCAL);
        if (!library) return;
        take = reinterpret_cast<void* (*)(std::size_t)>(dlsym(library, "mi_malloc"));
        give = reinterpret_cast<void (*)(void*)>(dlsym(library, "mi_free"));
    }
    explicit operator bool() const { return take && give; }
};
const mimalloc_library mi;
struct mimalloc {
    void* take(std::size_t bytes, std::size_t) { return mi.take(bytes); }
    void give(void* p, std::size_t, std::size_t) { mi.give(p); }
};

template <class Subject>
void add(const char* name) {
    alloy::bench::register_pool_orders<Subject, 1000>(name, {});
    alloy::bench::register_pool_orders<Subject, 100000>(name, {});
}

}  // namespace

int main(int argc, char** argv) {
    using namespace alloy::bench;
    add<alone<by_hand>>("free list by hand");
    add<pooled<plain>>("alloy");
    add<pooled<accounted>>("alloy+accounts");
    add<pooled<locked>>("alloy(spin lock)");
    add<pooled<poisoned>>("alloy(poisoned)");
    add<pooled<guarded>>("alloy(guarded)");
    add<alone<boost_pool>>("boost::pool");
    register_pool_orders<alone<boost_object_pool>>("boost::object_pool", {});  // with 100,000 a single turn takes seconds
    add<pool_resource>("std::pmr::pool");
    add<general_purpose_pairs>("malloc");
    if (mi)
        add<alone<mimalloc>>("mimalloc");
    else
        std::fprintf(stderr, "libmimalloc.so.2 is not here, and so not in the table\n");
    return run_and_compare(argc, argv, {"free list by hand", "mimalloc", "malloc"});
}
