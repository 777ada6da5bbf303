/// Components of game entities: found by handles, walked side by side, and never dangling.
#include <cstdio>
#include <vector>

#include <alloy/allocator.hpp>
#include <alloy/containers/pool_map.hpp>
#include <alloy/policies.hpp>

// [world]
struct world_memory : alloy::allocator<alloy::tagging::named<"world">, alloy::tracking::boundary_metrics> {};

struct transform {
    float x, y;
};
struct velocity {
    float x, y;
    alloy::pool_handle<transform> moves;
};
struct entity {
    alloy::pool_handle<transform> where;
    alloy::pool_handle<velocity> speed;
};

class world {
public:
    explicit world(world_memory& memory) : transforms(memory), velocities(memory) {}
    entity spawn(float x, float y) {
        const auto where = transforms.emplace(x, y);
        return {where, velocities.emplace(1.0F, 0.0F, where)};
    }
    void kill(const entity& e) {
        transforms.erase(e.where);
        velocities.erase(e.speed);
    }
    void step() {
        for (auto at = velocities.begin(); at != velocities.end(); ++at) {
            if (transform* t = transforms.find(at->moves)) {
                t->x += at->x;
                t->y += at->y;
            } else {
                velocities.erase(at.name());  // what it moved is gone
            }
        }
    }
    alloy::pool_map<transform, world_memory> transforms;
    alloy::pool_map<velocity, world_memory> velocities;
};
// [/world]

int main() {
    world_memory memory;
    bool good = true;
    {
        world w(memory);
        std::vector<entity> entities;
        for (int i = 0; i < 1000; ++i) entities.push_back(w.spawn(static_cast<float>(i), 0));
        const transform* const last = w.transforms.find(entities.back().where);
        w.step();
        good = good && last->x == 1000 && memory.used() >= 1000 * (sizeof(transform) + sizeof(velocity));

        // [stale]
        const entity first = entities.front();
        w.kill(first);
        const entity second = entities.front() = w.spawn(-5, 0);  // takes the place of the first
        good = good && !w.transforms.find(first.where) && !w.transforms.erase(first.where);
        good = good && w.transforms.find(second.where)->x == -5 && first.where != second.where;
        // [/stale]

        // Half of them go and as many come, for a thousand turns: places are used again, nothing is asked of upstream, and nothing moves.
        const auto requests = memory.metrics().upstream_requests;
        for (int turn = 0; turn < 1000; ++turn) {
            for (std::size_t i = 0; i < 500; ++i) {
                const std::size_t which = (i * 7 + static_cast<std::size_t>(turn)) % 999;
                w.kill(entities[which]);
                entities[which] = w.spawn(0, 0);
            }
        }
        good = good && memory.metrics().upstream_requests == requests && w.transforms.find(entities.back().where) == last;
        good = good && w.transforms.size() == 1000;

        // [pin]
        {
            auto shown = w.transforms.pin(entities.back().where);  // somebody still draws it
            w.kill(entities.back());
            good = good && !w.transforms.find(entities.back().where) && shown->x == 1000;
        }  // now it is destroyed
        // [/pin]
        w.step();
        std::printf("%zu transforms, %zu velocities, %zu bytes, %llu requests to upstream\n", w.transforms.size(), w.velocities.size(), memory.used(),
                    static_cast<unsigned long long>(requests));
        good = good && w.transforms.size() == 999 && w.velocities.size() == 999;
    }
    return good && memory.used() == 0 ? 0 : 1;
}
