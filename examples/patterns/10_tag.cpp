/// Subsystems that share an allocator, each with a view of it: bytes appear under the tag of the view, to the byte, and go with what they were made for.
#include <cstddef>
#include <cstdio>
#include <vector>

#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

// [memory]
/// "physics/contacts" is a part of "physics": sums of the whole contain it.
struct game_memory : alloy::allocator<alloy::tagging::scoped<"ai", "physics", "physics/contacts">> {};
// [/memory]

struct body {
    double position[3], velocity[3];
};
struct contact {
    const body *a, *b;
};
struct thought {
    int about;
};

// [subsystem]
class physics {
public:
    explicit physics(game_memory& memory) : bodies_(memory.tagged<"physics">()), contacts_(memory.tagged<"physics/contacts">()) {}

    void add() { all_.push_back(bodies_.make_pooled<body>()); }
    void step(alloy::frame_ref frame) {
        const auto tag = contacts_.scope();  // for what is made in a frame that was there before
        auto touching = frame.make_span<contact>(all_.size());
        for (std::size_t i = 0; i < touching.size(); ++i) touching[i] = {all_[i].get(), all_[(i + 1) % all_.size()].get()};
    }

private:
    alloy::tagged_view<game_memory::allocator_type> bodies_, contacts_;
    std::vector<game_memory::pool_ptr<body>> all_;
};
// [/subsystem]

// [show]
static void show(game_memory& memory) {
    std::printf("%-18s %8s %8s %8s\n", "tag", "frame", "pool", "heap");
    for (std::size_t tag = 0; tag < game_memory::tagging_type::count; ++tag) {
        const alloy::tag_bytes bytes = memory.tag_usage(tag);
        std::printf("%-18s %8zu %8zu %8zu\n", game_memory::tagging_type::name(tag), bytes.frame, bytes.pool, bytes.heap);
    }
}
// [/show]

int main() {
    game_memory memory;
    const auto of_physics = memory.tagged<"physics">(), of_contacts = memory.tagged<"physics/contacts">(), of_ai = memory.tagged<"ai">();
    bool good = true;
    {
        physics world(memory);
        for (int i = 0; i < 100; ++i) world.add();
        auto planner = of_ai.make_heap<thought[]>(std::size_t{50'000});
        auto frame = memory.frame();
        world.step(frame);
        auto idea = of_ai.try_make_pooled<thought>(7);
        show(memory);
        good = good && of_physics.usage() == alloy::tag_bytes{0, 100 * sizeof(body), 0};
        good = good && of_contacts.usage() == alloy::tag_bytes{100 * sizeof(contact), 0, 0};
        good = good && idea && of_ai.usage().pool >= sizeof(thought) && of_ai.usage().heap >= 50'000 * sizeof(thought);
        const auto other = memory.tag<"physics">();  // whoever is at work when it goes
        planner.reset();
        good = good && of_ai.usage().heap == 0;
    }
    for (std::size_t tag = 0; tag < game_memory::tagging_type::count; ++tag) good = good && memory.tag_usage(tag) == alloy::tag_bytes{};
    return good ? 0 : 1;
}
