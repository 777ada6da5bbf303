/// Memory that may be missing: asked for with try_, answered by a result, and a fallback value made where there is more.
#include <cstdio>
#include <utility>

#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

// [memory]
/// A frame has 4 KiB, and not more; the pool and the heap have what the budget leaves.
struct query_memory : alloy::allocator<alloy::growth::fixed<4 * alloy::KiB>, alloy::budget::hard<64 * alloy::KiB>, alloy::tagging::named<"query">> {};

struct answer {
    int rows[250] = {};
};

/// An answer of this frame, or one that lasts longer: whoever holds it need not know.
struct placed_answer {
    answer* object = nullptr;
    alloy::pool_ptr<answer, query_memory> owner;  // empty where it lies in the frame
};

static alloy::result<placed_answer> try_answer(query_memory& memory, alloy::frame_ref frame) noexcept {
    return frame.try_make<answer>()
        .transform([](answer* in_frame) { return placed_answer{in_frame, {}}; })
        .or_else([&](const alloy::alloc_error&) {
            return memory.try_make_pooled<answer>().transform([](alloy::pool_ptr<answer, query_memory> owned) {
                answer* const object = owned.get();
                return placed_answer{object, std::move(owned)};
            });
        });
}
// [/memory]

int main() {
    query_memory memory;
    bool good = true;
    placed_answer kept;
    {
        // [use]
        auto frame = memory.frame();
        int in_frame = 0, elsewhere = 0;
        placed_answer answers[100];
        const char* why = "";
        for (placed_answer& a : answers) {
            auto made = try_answer(memory, frame);
            if (!made) {  // neither here nor there: said as a value, with the bound that was met
                why = made.error().what();
                good = good && made.error().reason == alloy::refusal::budget;
                break;
            }
            a = *std::move(made);
            ++(a.owner ? elsewhere : in_frame);
        }
        // [/use]
        std::printf("%s: %d answers in the frame, %d in the pool, then: %s\n", memory.name(), in_frame, elsewhere, why);
        good = good && in_frame == 4 && elsewhere > 10 && in_frame + elsewhere < 100 && memory.held() <= 64 * alloy::KiB;
        good = good && frame.try_make<answer>().value_or(nullptr) == nullptr && answers[0].object->rows[249] == 0;
        kept = std::move(answers[in_frame]);
        kept.object->rows[0] = 7;
    }
    good = good && kept.object->rows[0] == 7 && memory.used() >= sizeof(answer);  // what was made in the pool has outlived the frame
    kept = {};
    return good && memory.used() == 0 ? 0 : 1;
}
