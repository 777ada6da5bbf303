/// Budgets per subsystem: a plan that adds up, bounds that are enforced, a warning before one is met, and a table that shows it.
#include <cstddef>
#include <cstdio>
#include <vector>

#include <alloy/allocator.hpp>
#include <alloy/plan.hpp>
#include <alloy/policies.hpp>

// [plan]
/// Who may have how much. A part that grows beyond its whole does not compile, and the error says by how many bytes.
inline constexpr auto plan = alloy::plan<8 * alloy::MiB>(alloy::part<"physics", 2 * alloy::MiB>(alloy::part<"frame", 256 * alloy::KiB>),  //
                                                         alloy::part<"render", 4 * alloy::MiB>, alloy::part<"textures", 2 * alloy::MiB>);

/// What they hold together, whatever each is allowed.
struct game_memory : alloy::budget::group<"game", plan.bytes()> {};
template <std::size_t Bytes>
using part_of_game = alloy::budget::shared<game_memory, alloy::budget::hard<Bytes>>;
// [/plan]

// [memory]
struct physics_memory
    : alloy::allocator<alloy::tagging::named<"physics">, alloy::tracking::boundary_metrics,
                       alloy::budget::all<part_of_game<plan.bytes<"physics">()>, alloy::budget::per_frame<plan.bytes<"physics/frame">()>>> {};
struct render_memory
    : alloy::allocator<alloy::tagging::named<"render">, alloy::tracking::boundary_metrics, alloy::threading::thread_cached, part_of_game<plan.bytes<"render">()>> {};
// [/memory]

// [warn]
static void drop_oldest(const alloy::budget::warning& w) noexcept;

/// Somebody is told before the bound is met, at 75 percent of it.
struct texture_memory
    : alloy::allocator<alloy::tagging::named<"textures">, alloy::tracking::boundary_metrics,
                       alloy::budget::all<part_of_game<plan.bytes<"textures">()>, alloy::budget::soft<plan.bytes<"textures">(), drop_oldest, alloy::budget::percent<75>>>> {};

static texture_memory textures;
static std::vector<texture_memory::heap_ptr<char[]>> cache;
static int warnings = 0;

static void drop_oldest(const alloy::budget::warning& w) noexcept {
    if (!w.is_rising) return;
    ++warnings;
    std::printf("%s: %zu KiB held, %u %% of %zu KiB\n", w.whose, w.held / alloy::KiB, w.percent, w.limit / alloy::KiB);
    cache.erase(cache.begin(), cache.begin() + static_cast<std::ptrdiff_t>(cache.size() / 2));  // the allocator may be used: its lock is free
}
// [/warn]

// [table]
template <class Memory>
static void show(Memory& memory, std::size_t limit) {
    const alloy::memory_metrics seen = memory.metrics();
    std::printf("%-10s %8zu %8zu %8zu %5zu %%\n", memory.name(), seen.held / alloy::KiB, seen.peak_held / alloy::KiB, limit / alloy::KiB, seen.peak_held * 100 / limit);
}
static void show_plan() {
    for (const alloy::plan_entry& e : plan.entries)
        std::printf("%*s%-*s %6zu KiB, %zu KiB of them for its parts\n", static_cast<int>(2 * e.depth), "", static_cast<int>(14 - 2 * e.depth), e.depth == 0 ? "all" : e.name,
                    e.bytes / alloy::KiB, e.in_parts / alloy::KiB);
}
// [/table]

int main() {
    bool good = true;
    show_plan();
    physics_memory physics;
    render_memory render;

    // [use]
    auto shadows = render.make_heap<char[]>(1 * alloy::MiB);
    auto world = physics.make_heap<char[]>(1500 * alloy::KiB);
    const auto refused = [](const auto& made) {  // says whose bound was met, and which
        if (!made) std::printf("%s: %s: %zu KiB asked, %zu KiB left\n", made.error().whose, made.error().what(), made.error().asked / alloy::KiB, made.error().left / alloy::KiB);
        return !made;
    };
    good = good && refused(physics.try_make_heap<char[]>(1 * alloy::MiB));  // its own bound: physics has 2 MiB
    {
        auto frame = physics.frame();
        frame.make_span<char>(200 * alloy::KiB);
        good = good && refused(frame.try_make_span<char>(100 * alloy::KiB));  // the frame's: 256 KiB
    }
    game_memory::set_limit(4 * alloy::MiB);  // this machine has less than was planned
    good = good && refused(render.try_make_heap<char[]>(2 * alloy::MiB));
    game_memory::set_limit(plan.bytes());
    // [/use]

    for (int i = 0; i < 40; ++i) cache.push_back(textures.make_heap<char[]>(100 * alloy::KiB));  // never refused
    good = good && warnings > 1;

    std::printf("%-10s %8s %8s %8s\n", "KiB", "held", "peak", "limit");
    show(physics, plan.bytes<"physics">());
    show(render, plan.bytes<"render">());
    show(textures, plan.bytes<"textures">());
    std::printf("%-10s %8zu %8zu %8zu\n", game_memory::name(), game_memory::held() / alloy::KiB, game_memory::peak() / alloy::KiB, game_memory::limit() / alloy::KiB);
    good = good && game_memory::held() == physics.held() + render.held() + textures.held() && game_memory::peak() <= plan.bytes();
    cache.clear();
    return good ? 0 : 1;
}
