#pragma once
/// SQLite in a global allocator's pool and heap: `alloy::use_for_sqlite<memory>()` before SQLite is first used.
///
/// Needs <sqlite3.h>. Each block has a word in front, since SQLite asks for sizes. It is told of the whole room of a slot, which it uses.
/// SQLite calls from any thread, so a single-threaded allocator is refused, unless all calls to SQLite are said to come from one thread.
/// Where there is no memory SQLite gets null, whatever the fallback, and answers SQLITE_NOMEM. A checking policy that throws ends the program here.
/// Cost: 8 bytes per block. SQLite counts memory under a mutex of its own; `sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0)` switches that off, and the
/// allocator still counts. sqlite3_shutdown() gives empty slabs back.
/// Invariant: what `xRoundup` says a block will have is what `xSize` says it has.
#include <climits>
#include <cstddef>
#include <type_traits>

#include <sqlite3.h>

#include <alloy/adaptors/sized.hpp>
#include <alloy/contracts/threading.hpp>
#include <alloy/engines/size_classes.hpp>

namespace alloy::inline ALLOY_ABI {

/// Which threads the program calls SQLite from.
enum class sqlite_threads : bool { many, one };

namespace detail {
template <auto& Memory>
struct sqlite_hook {
    using allocator_type = std::remove_reference_t<decltype(allocator_in(Memory))>;
    static auto blocks() noexcept { return sized(allocator_in(Memory)); }

    /// Bytes that a block has where so many are asked for: what its slot has room for, or the heap rounds up to anyway.
    static constexpr std::size_t room(std::size_t bytes) noexcept {
        const std::size_t whole = bytes + sizeof(sized_word);
        const bool pooled = allocator_type::lifetimes::has_pool && size_class::fits(whole, quantum);
        return (pooled ? size_class::bytes(size_class::of(whole, quantum)) : round_up(whole, 2 * quantum)) - sizeof(sized_word);
    }
    static void* make(int bytes) noexcept { return bytes > 0 ? blocks().allocate(room(static_cast<std::size_t>(bytes)), quantum) : nullptr; }
    static void* resize(void* p, int bytes) noexcept { return bytes > 0 ? blocks().resize(p, room(static_cast<std::size_t>(bytes))) : nullptr; }
    static void release(void* p) noexcept { blocks().release(p); }
    static int size(void* p) noexcept { return static_cast<int>(blocks().size(p)); }
    static int round(int bytes) noexcept {
        if (bytes <= 0) return 0;
        const std::size_t rounded = room(static_cast<std::size_t>(bytes));
        return rounded > INT_MAX ? 0 : static_cast<int>(rounded);  // 0 refuses
    }
    static int begin(void*) noexcept { return SQLITE_OK; }
    static void end(void*) noexcept { allocator_in(Memory).trim(); }
};
}  // namespace detail

/// Makes SQLite take all its memory from the allocator. SQLITE_OK, or SQLITE_MISUSE where SQLite is in use already. `sqlite_threads::one` switches
/// SQLite's own mutexes off as well.
template <auto& Memory, sqlite_threads Threads = sqlite_threads::many>
[[nodiscard]] int use_for_sqlite() noexcept {
    using hook = detail::sqlite_hook<Memory>;
    constexpr bool is_safe = Threads == sqlite_threads::one || hook::allocator_type::threading_type::sharing != sharing::one_thread;
    static_assert(is_safe,
                  "alloy: SQLite calls from any thread, and this allocator serves one; add threading::locked, or say alloy::sqlite_threads::one");
    if constexpr (is_safe) {
        if constexpr (Threads == sqlite_threads::one)
            if (const int refused = sqlite3_config(SQLITE_CONFIG_SINGLETHREAD); refused != SQLITE_OK) return refused;
        const sqlite3_mem_methods methods{&hook::make, &hook::release, &hook::resize, &hook::size, &hook::round, &hook::begin, &hook::end, nullptr};
        return sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
    } else {
        return SQLITE_MISUSE;
    }
}

}  // namespace alloy
