#pragma once
/// Watches what objects are used for, and advises: `tracking::observed<report::habits>`, then `memory.tracking().get<report::habits>().advise()`.
///
/// Looks for objects of the pool that are freed in the frame that made them, objects of the heap that would fit the pool, and objects promoted again and
/// again; taken together by tag and by the place in the code that makes them, at least 256 of a kind.
/// Cost: an entry in a table of malloc's memory for each object that is alive, and what it costs that objects are seen one by one, by calls. Choose it for an
/// hour of measuring, not for release.
/// Thread rules: it is told under the allocator's lock; `advise()` takes none, so ask while nobody uses the allocator. A frame lasts here until an outermost one ends, of
/// whatever thread: with several, fewer objects are noticed.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include <boost/container_hash/hash.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include <alloy/contracts/tracking.hpp>
#include <alloy/core/fault.hpp>
#include <alloy/core/own_memory.hpp>
#include <alloy/engines/size_classes.hpp>
#include <alloy/report/advice.hpp>
#include <alloy/report/place_of_code.hpp>
#include <alloy/report/readable.hpp>

namespace alloy::inline ALLOY_ABI {
namespace report {

class habits {
public:
    void on(const frame_event& e) noexcept {
        if (!e.outermost) return;
        if (e.what == frame_event::kind::opened) {
            ++open_;
        } else {
            --open_;
            ++ended_;
        }
    }
    void on(const object_made& made) noexcept {
        group& g = group_of(made.whose, made.site);
        if (made.in_pool) {
            if (open_ == 0) return;
            ++g.pooled_in_frames;
            known().alive[made.at] = {ended_, &g};
        } else if (made.bytes <= largest_slot) {
            ++g.small_in_heap;
            if (made.bytes > g.largest_in_heap) g.largest_in_heap = made.bytes;
        }
    }
    void on(const object_freed& freed) noexcept {
        if (!tables_ || !freed.in_pool) return;
        const auto found = tables_->alive.find(freed.at);
        if (found == tables_->alive.end()) return;
        if (open_ > 0 && found->second.made_in == ended_) ++found->second.of->freed_at_once;
        tables_->alive.erase(found);
    }
    void on(const promotion_event& promoted) noexcept {
        group& g = group_of(promoted.whose, nullptr);
        ++g.promoted;
        if (promoted.in_pool) ++g.promoted_to_pool;
    }

    /// What it has seen so far; nothing where all looks well.
    [[nodiscard]] std::vector<advice> advise() const {
        namespace formatting = alloy::detail::formatting;
        std::vector<advice> all;
        if (!tables_) return all;
        for (const group* seen = tables_->groups; seen; seen = seen->next) {
            const group& g = *seen;
            const std::string where = g.made ? " at " + place_of_code(g.made) : std::string();
            if (g.pooled_in_frames >= enough && g.freed_at_once * 10 >= g.pooled_in_frames * 9)
                all.push_back({"pooled_for_a_frame", g.whose, formatting::format("{} objects of the pool were made{}, and {} of them freed in the frame that made them", g.pooled_in_frames, where, g.freed_at_once),
                               "make them in the frame, which takes them back by itself", "auto* object = frame.make<T>(…);  // in place of memory.make_pooled<T>(…)"});
            if (g.small_in_heap >= enough)
                all.push_back({"heap_fits_pool", g.whose, formatting::format("{} objects of at most {} were made in the heap{}", g.small_in_heap, readable(g.largest_in_heap), where),
                               "make them in the pool, which has no header and asks upstream by the slab", "auto object = memory.make_pooled<T>(…);  // in place of memory.make_heap<T>(…)"});
            if (g.promoted >= enough)
                all.push_back({"promoted_again", g.whose, formatting::format("{} objects outlived their frame and were moved", g.promoted), "make them where they end up",
                               g.promoted_to_pool * 2 >= g.promoted ? "auto object = memory.make_pooled<T>(…);" : "auto object = memory.make_heap<T>(…);"});
        }
        return all;
    }

private:
    static constexpr std::uint64_t enough = 256;

    struct group {
        const char* whose;
        const void* made;
        group* next;
        std::uint64_t pooled_in_frames = 0, freed_at_once = 0, small_in_heap = 0, promoted = 0, promoted_to_pool = 0;
        std::size_t largest_in_heap = 0;
    };
    struct object {
        std::uint64_t made_in;  ///< how many outermost frames had ended
        group* of;
    };
    [[noreturn]] static void die() noexcept { alloy::detail::die("malloc has no memory for what report::habits has seen", "give the program more memory, or leave habits out"); }
    template <class Key, class Value>
    using map = boost::unordered_flat_map<Key, Value, boost::hash<Key>, std::equal_to<Key>, alloy::detail::from_malloc<std::pair<const Key, Value>, &die>>;
    using place = std::pair<const char*, const void*>;  // tag and code
    struct tables {
        map<const void*, object> alive;
        map<place, group*> by_place;
        group* groups = nullptr;  // the latest first; they stay where they are
        ~tables() {
            while (group* const g = groups) {
                groups = g->next;
                std::free(g);
            }
        }
    };
    tables& known() noexcept { return tables_.get(); }
    group& group_of(const char* whose, const void* made) noexcept {
        group*& g = known().by_place[place(whose, made)];
        if (!g) {
            void* const at = std::malloc(sizeof(group));
            if (!at) die();
            g = tables_->groups = ::new (at) group{whose, made, tables_->groups};
        }
        return *g;
    }

    alloy::detail::made_late<tables, &die> tables_;
    std::uint64_t open_ = 0, ended_ = 0;  // outermost frames
};

}  // namespace report
}  // namespace alloy
