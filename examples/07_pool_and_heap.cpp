// Objects that outlive a frame: small ones in the pool, large ones in the heap, standard containers over both, and raw memory.
#include <cstdio>
#include <map>
#include <memory>
#include <string>

#include <alloy/adaptors/std_allocator.hpp>
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

// [declaration]
struct world_allocator;

struct monster {
    std::string name;
    int health = 100;
};
struct room {
    alloy::pool_ptr<monster, world_allocator> guardian;  // the allocator may be incomplete here
};

struct world_allocator : alloy::allocator<alloy::tagging::named<"world">, alloy::budget::hard<16 * alloy::MiB>, alloy::tracking::boundary_metrics> {};
// [/declaration]

int main() {
    world_allocator memory;
    bool ok = true;
    {
        // [handles]
        auto imp = memory.make_pooled<monster>("imp", 60);          // a slot of the pool; destroyed and given back with its handle
        auto sectors = memory.make_pooled<int[]>(20);               // twenty zeros side by side
        auto lightmap = memory.make_heap<float[]>(256 * 1024);      // a megabyte, straight from upstream
        room cellar{std::move(imp)};
        if (auto baron = memory.try_make_pooled<monster>("baron"))  // a result: no exception where there is no memory
            cellar.guardian = std::move(*baron);                    // the imp goes
        // [/handles]
        ok = ok && cellar.guardian->health == 100 && sectors.size() == 20 && lightmap[1000] == 0.0F;

        // [containers]
        using entry = std::pair<const int, std::string>;
        std::map<int, std::string, std::less<>, alloy::std_allocator<entry, world_allocator>> names{memory};
        for (int i = 0; i < 1000; ++i) names.emplace(i, "room");
        auto shared = std::allocate_shared<monster>(alloy::std_allocator<monster, world_allocator>(memory), monster{"spectre"});
        // [/containers]
        ok = ok && names.size() == 1000 && shared->name == "spectre";

        // [raw]
        void* text = memory.allocate(100, 1);
        text = memory.reallocate(text, 100, 5000, 1);  // outgrew the pool: it lies in the heap now
        text = memory.reallocate(text, 5000, 80, 1);   // a smaller size never fails
        memory.deallocate(text, 80, 1);
        // [/raw]
        const auto seen = memory.metrics();
        std::printf("%s: %zu bytes used, %zu held, at most %zu held\n", memory.name(), seen.used, seen.held, seen.peak_held);
        ok = ok && seen.used > 1024 * 1024 && seen.held >= seen.used;
    }
    memory.trim();  // empty slabs go back to upstream
    ok = ok && memory.used() == 0 && memory.held() == 0;
    return ok ? 0 : 1;
}
