// SQLite in an allocator: what its methods promise, and that SQLite reports each refused request and gives everything back.
#include <string>
#include <thread>
#include <vector>

#include <sqlite3.h>

#include <alloy/allocator.hpp>
#include <alloy/checking/guarded.hpp>
#include <alloy/hooks/sqlite.hpp>
#include <alloy/policies.hpp>

#include "../support/catch.hpp"
#include "../support/upstreams.hpp"

namespace {

struct strict : alloy::allocator<test::strict_upstream, alloy::threading::spin_locked> {};
struct lonely : alloy::allocator<test::strict_upstream> {};
struct guarded : alloy::allocator<test::strict_upstream, alloy::threading::spin_locked, alloy::checking::guarded<>> {};
struct fallible : alloy::allocator<test::strict_upstream, alloy::threading::spin_locked, alloy::fallback::null> {};

alloy::never_destroyed<strict> for_strict;  // strict upstreams look at what is alive, so tests destroy nothing that SQLite still has
lonely for_lonely;
guarded for_guarded;
fallible for_fallible;

template <class Memory>
int use() {
    sqlite3_shutdown();
    sqlite3_config(SQLITE_CONFIG_SERIALIZED);
    if constexpr (std::is_same_v<Memory, strict>) return alloy::use_for_sqlite<for_strict>();
    else if constexpr (std::is_same_v<Memory, lonely>) return alloy::use_for_sqlite<for_lonely, alloy::sqlite_threads::one>();
    else if constexpr (std::is_same_v<Memory, guarded>) return alloy::use_for_sqlite<for_guarded>();
    else return alloy::use_for_sqlite<for_fallible>();
}
template <class Memory>
auto& memory_of() {
    if constexpr (std::is_same_v<Memory, strict>) return *for_strict;
    else if constexpr (std::is_same_v<Memory, lonely>) return for_lonely;
    else if constexpr (std::is_same_v<Memory, guarded>) return for_guarded;
    else return for_fallible;
}

int count(void* rows, int, char** values, char**) { return *static_cast<std::string*>(rows) += values[0], *static_cast<std::string*>(rows) += ";", 0; }

/// SQLITE_OK, with the right answers, or the first error.
int statements(sqlite3* database) {
    std::string seen;
    const char* const all[] = {
        "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, value REAL)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) INSERT INTO t SELECT i, 'name ' || i || hex(zeroblob(i % 50)), i * 0.5 FROM n",
        "CREATE INDEX by_name ON t(name)",
        "DELETE FROM t WHERE id % 3 = 0",
        "SELECT count(*) FROM t",
        "SELECT sum(value) FROM (SELECT value FROM t ORDER BY name)",
        "SELECT group_concat(id) FROM t WHERE name LIKE 'name 1_0%'",
    };
    for (const char* statement : all)
        if (const int status = sqlite3_exec(database, statement, &count, &seen, nullptr); status != SQLITE_OK) return status;
    REQUIRE(seen.substr(0, 13) == "200;15000.0;1");
    return SQLITE_OK;
}
int work() {
    sqlite3* database = nullptr;
    int status = sqlite3_open(":memory:", &database);
    if (status == SQLITE_OK) status = statements(database);
    sqlite3_close(database);
    return status;
}
bool is_no_memory(int status) { return status == SQLITE_NOMEM || status == SQLITE_IOERR_NOMEM; }

}  // namespace

TEMPLATE_TEST_CASE("SQLite reports any request that upstream refuses", "[sqlite]", strict, lonely, guarded, fallible) {
    auto& memory = memory_of<TestType>();
    memory.upstream().refuse_at = 0;
    REQUIRE(use<TestType>() == SQLITE_OK);
    memory.upstream().requests = 0;
    REQUIRE(work() == SQLITE_OK);
    REQUIRE(memory.upstream().requests > 20);
    REQUIRE(use<TestType>() == SQLITE_OK);
    REQUIRE(memory.used() == 0);
    REQUIRE(memory.upstream().live() == 0);
    const std::size_t requests = memory.upstream().requests;
    std::size_t reported = 0;
    for (bool from_then_on : {false, true}) {
        for (std::size_t k = 1; k <= requests; ++k) {
            memory.upstream().requests = 0;
            memory.upstream().refuse_at = k;
            memory.upstream().refuse_on = from_then_on;
            const int status = work();
            REQUIRE((status == SQLITE_OK || is_no_memory(status)));
            reported += status != SQLITE_OK;
            memory.upstream().refuse_at = 0;
            REQUIRE(use<TestType>() == SQLITE_OK);
            REQUIRE(memory.used() == 0);
            REQUIRE(memory.upstream().live() == 0);  // sqlite3_shutdown() trims
            REQUIRE(memory.upstream().wrong == 0);
        }
    }
    REQUIRE(reported > requests);
}

TEST_CASE("a block has what xRoundup says", "[sqlite]") {
    using hook = alloy::detail::sqlite_hook<for_strict>;
    for_strict->upstream().refuse_at = 0;
    for (int bytes = 1; bytes < 5000; ++bytes) {
        const int rounded = hook::round(bytes);
        REQUIRE(rounded >= bytes);
        REQUIRE(rounded % 8 == 0);
        REQUIRE(hook::round(rounded) == rounded);
        void* p = hook::make(bytes);
        REQUIRE(alloy::address(p) % 8 == 0);
        REQUIRE(hook::size(p) == rounded);
        p = hook::resize(p, bytes + 100);
        REQUIRE(hook::size(p) == hook::round(bytes + 100));
        hook::release(p);
    }
    REQUIRE(hook::round(INT_MAX) == 0);
    REQUIRE(hook::round(0) == 0);
    REQUIRE(hook::make(0) == nullptr);
    REQUIRE(for_strict->used() == 0);
    for_strict->trim();
}

TEST_CASE("SQLite in use refuses another allocator", "[sqlite]") {
    for_strict->upstream().refuse_at = 0;
    REQUIRE(use<strict>() == SQLITE_OK);
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open(":memory:", &database) == SQLITE_OK);
    REQUIRE(alloy::use_for_sqlite<for_fallible>() == SQLITE_MISUSE);
    REQUIRE(alloy::use_for_sqlite<for_lonely, alloy::sqlite_threads::one>() == SQLITE_MISUSE);
    REQUIRE(for_strict->used() > 0);
    REQUIRE(sqlite3_close(database) == SQLITE_OK);
}

TEST_CASE("several threads have databases in one locked allocator", "[sqlite]") {
    for_strict->upstream().refuse_at = 0;
    sqlite3_shutdown();
    REQUIRE(sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK);  // else SQLite's own mutex would order the calls
    REQUIRE(use<strict>() == SQLITE_OK);
    std::vector<int> statuses(4, -1);
    {
        std::vector<std::thread> threads;
        for (int& status : statuses) threads.emplace_back([&status] {
            sqlite3* database = nullptr;
            status = sqlite3_open(":memory:", &database);
            std::string seen;
            for (const char* s : {"CREATE TABLE t(name TEXT)",
                                  "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO t SELECT 'name ' || i FROM n",
                                  "SELECT count(*) FROM t"})
                if (status == SQLITE_OK) status = sqlite3_exec(database, s, &count, &seen, nullptr);
            if (seen != "2000;") status = -1;
            sqlite3_close(database);
        });
        for (std::thread& t : threads) t.join();
    }
    REQUIRE(statuses == std::vector<int>(4, SQLITE_OK));
    sqlite3_shutdown();
    REQUIRE(sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 1) == SQLITE_OK);
    REQUIRE(for_strict->used() == 0);
    REQUIRE(for_strict->upstream().live() == 0);
}
