/// SQLite in an allocator of its own: a table, an index, thousands of rows, and what all of it used.
#include <cstdio>
#include <mutex>
#include <string>

#include <sqlite3.h>

#include <alloy/allocator.hpp>
#include <alloy/hooks/sqlite.hpp>
#include <alloy/policies.hpp>
#include <alloy/threading/locked.hpp>

// [database]
struct database_allocator : alloy::allocator<alloy::tagging::named<"database">, alloy::budget::hard<16 * alloy::MiB>,
                                             alloy::threading::locked<std::mutex>> {};

constinit alloy::never_destroyed<database_allocator> database_memory;  // SQLite may free after main

static sqlite3* open_in_alloy() {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);  // the allocator counts
    sqlite3* database = nullptr;
    if (alloy::use_for_sqlite<database_memory>() == SQLITE_OK) sqlite3_open(":memory:", &database);
    return database;
}
// [/database]

static bool run(sqlite3* database, const char* statement) { return sqlite3_exec(database, statement, nullptr, nullptr, nullptr) == SQLITE_OK; }

static long long number(sqlite3* database, const char* question) {
    sqlite3_stmt* asked = nullptr;
    long long answer = -1;
    if (sqlite3_prepare_v2(database, question, -1, &asked, nullptr) == SQLITE_OK && sqlite3_step(asked) == SQLITE_ROW) answer = sqlite3_column_int64(asked, 0);
    sqlite3_finalize(asked);
    return answer;
}

static bool insert(sqlite3* database, int rows) {
    sqlite3_stmt* row = nullptr;
    if (sqlite3_prepare_v2(database, "INSERT INTO stations(name, height, note) VALUES (?, ?, ?)", -1, &row, nullptr) != SQLITE_OK) return false;
    bool all = run(database, "BEGIN");
    for (int i = 0; all && i < rows; ++i) {
        const std::string name = "station " + std::to_string(i), note(static_cast<std::size_t>(i % 200), 'n');
        sqlite3_bind_text(row, 1, name.c_str(), -1, SQLITE_TRANSIENT);
        sqlite3_bind_int(row, 2, i % 1000);
        sqlite3_bind_text(row, 3, note.c_str(), -1, SQLITE_TRANSIENT);
        all = sqlite3_step(row) == SQLITE_DONE;
        sqlite3_reset(row);
    }
    sqlite3_finalize(row);
    return run(database, all ? "COMMIT" : "ROLLBACK") && all;
}

int main() {
    auto& memory = *database_memory;
    sqlite3* database = open_in_alloy();
    bool good = database && run(database, "CREATE TABLE stations(id INTEGER PRIMARY KEY, name TEXT UNIQUE, height INTEGER, note TEXT)") &&
                insert(database, 10000) && run(database, "CREATE INDEX by_height ON stations(height)");
    good = good && number(database, "SELECT count(*) FROM stations") == 10000 && number(database, "SELECT sum(height) FROM stations") == 4995000 &&
           number(database, "SELECT count(*) FROM stations WHERE height BETWEEN 100 AND 199") == 1000 &&
           number(database, "SELECT sum(length(note)) FROM stations") == 995000 &&
           number(database, "SELECT id FROM stations WHERE name = 'station 4711'") == 4712;
    const std::size_t used = memory.used();
    std::printf("%s: %zu bytes used, %zu held\n", memory.name(), used, memory.held());
    good = good && used > 1000000;

    // Far more rows than the budget has room for: SQLite says so, rolls back and works on.
    good = good && !insert(database, 1000000) && sqlite3_errcode(database) == SQLITE_OK && number(database, "SELECT count(*) FROM stations") == 10000;
    good = sqlite3_close(database) == SQLITE_OK && good;
    sqlite3_shutdown();
    std::printf("%s: %zu bytes used, %zu held after sqlite3_shutdown()\n", memory.name(), memory.used(), memory.held());
    return good && memory.used() == 0 && memory.held() == 0 ? 0 : 1;
}
