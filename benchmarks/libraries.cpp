/// Whole libraries at work in Alloy's memory, in glibc's malloc, and in mimalloc, each through the library's own hook.
///
/// Bars: not slower than malloc, at most 5 % slower than mimalloc. mimalloc's shared library takes malloc over where it is linked, so it is opened
/// by dlopen instead, and its functions are called by name; without it, its column stays empty. All run in one thread, in one process, interleaved.
#include <cstdio>
#include <cstdlib>
#include <string>

#include <dlfcn.h>
#include <lua.hpp>
#include <rapidjson/document.h>
#include <sqlite3.h>

#include <alloy/allocator.hpp>
#include <alloy/bench/compare.hpp>
#include <alloy/hooks/lua.hpp>
#include <alloy/hooks/rapidjson.hpp>
#include <alloy/hooks/sqlite.hpp>
#include <alloy/policies.hpp>

namespace {

/// Libraries free all that they have one by one, and grow arrays in the heap: upstream::malloc can grow them where they stand.
struct alloy_objects : alloy::allocator<alloy::upstream::malloc> {};
/// The same with the accounts that a program would want.
struct alloy_accounts : alloy::allocator<alloy::upstream::malloc, alloy::tagging::named<"library">, alloy::budget::hard<1 * alloy::GiB>> {};
struct alloy_frames : alloy::allocator<alloy::lifetime::frame> {};

struct mimalloc {
    void* (*allocate)(std::size_t) = nullptr;
    void* (*resize)(void*, std::size_t) = nullptr;
    void (*release)(void*) = nullptr;
    std::size_t (*size)(const void*) = nullptr;
    std::size_t (*good_size)(std::size_t) = nullptr;

    bool open() {
        void* library = nullptr;
        for (const char* name : {"libmimalloc.so.2", "libmimalloc.so.3", "libmimalloc.so"})
            if (!library) library = ::dlopen(name, RTLD_NOW | RTLD_LOCAL);
        return library && get(library, "mi_malloc", allocate) && get(library, "mi_realloc", resize) && get(library, "mi_free", release) &&
               get(library, "mi_usable_size", size) && get(library, "mi_good_size", good_size);
    }

private:
    template <class F>
    static bool get(void* library, const char* name, F& function) {
        return (function = reinterpret_cast<F>(::dlsym(library, name))) != nullptr;
    }
};
mimalloc mi;

// Lua --------------------------------------------------------------------------------------------------------------------------------

const char* const script = R"(
    local kept, parts = {}, {}
    for round = 1, 20 do
        local index = {}
        for i = 1, 2000 do
            local point = { x = i, y = round, name = "point " .. i .. "/" .. round }
            index[point.name] = point
            if i % 50 == 0 then kept[#kept + 1] = point end
        end
        local n = 0
        for name, point in pairs(index) do
            if point.x % 3 == 0 then parts[#parts + 1] = name:upper():sub(1, 12); n = n + point.x end
        end
        local copy = {}
        for i = 1, #parts do copy[i] = parts[i] .. i end
        if round % 5 == 0 then parts = { table.concat(copy, ",") } end
        kept[#kept + 1] = function() return n end
    end
    return #kept
)";

void* lua_malloc(void*, void* p, std::size_t, std::size_t bytes) {
    if (bytes == 0) return std::free(p), nullptr;
    return std::realloc(p, bytes);
}
void* lua_mimalloc(void*, void* p, std::size_t, std::size_t bytes) {
    if (bytes == 0) return mi.release(p), nullptr;
    return mi.resize(p, bytes);
}

void run_lua(benchmark::State& state, lua_Alloc allocate, void* memory) {
    for (auto _ : state) {
        lua_State* lua = lua_newstate(allocate, memory);
        luaL_openlibs(lua);
        if (luaL_dostring(lua, script) != LUA_OK || lua_tointeger(lua, -1) != 820) state.SkipWithError("the script failed");
        lua_close(lua);
    }
}
template <class Memory>
void run_lua_in(benchmark::State& state) {
    static Memory memory;
    run_lua(state, &alloy::lua_allocate<Memory>, &memory);
}

// SQLite -----------------------------------------------------------------------------------------------------------------------------

sqlite3_mem_methods sqlite_default;

constinit alloy::never_destroyed<alloy_objects> sqlite_objects;
constinit alloy::never_destroyed<alloy_accounts> sqlite_accounts;

int use_mimalloc() {
    const sqlite3_mem_methods methods{[](int bytes) { return mi.allocate(static_cast<std::size_t>(bytes)); },
                                      [](void* p) { mi.release(p); },
                                      [](void* p, int bytes) { return mi.resize(p, static_cast<std::size_t>(bytes)); },
                                      [](void* p) { return static_cast<int>(mi.size(p)); },
                                      [](int bytes) { return static_cast<int>(mi.good_size(static_cast<std::size_t>(bytes))); },
                                      [](void*) { return SQLITE_OK; },
                                      [](void*) {},
                                      nullptr};
    return sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}

bool sqlite_work() {
    sqlite3* database = nullptr;
    if (sqlite3_open(":memory:", &database) != SQLITE_OK) return false;
    bool good = true;
    const auto run = [&](const char* statement) { good = good && sqlite3_exec(database, statement, nullptr, nullptr, nullptr) == SQLITE_OK; };
    run("CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, note TEXT, value REAL)");
    run("CREATE INDEX by_name ON t(name)");
    run("BEGIN");
    sqlite3_stmt* row = nullptr;
    good = good && sqlite3_prepare_v2(database, "INSERT INTO t(name, note, value) VALUES (?, ?, ?)", -1, &row, nullptr) == SQLITE_OK;
    for (int i = 0; good && i < 4000; ++i) {
        const std::string name = "name " + std::to_string(i * 7919 % 4000), note(static_cast<std::size_t>(i % 150), 'n');
        sqlite3_bind_text(row, 1, name.c_str(), -1, SQLITE_TRANSIENT);
        sqlite3_bind_text(row, 2, note.c_str(), -1, SQLITE_TRANSIENT);
        sqlite3_bind_double(row, 3, i * 0.5);
        good = sqlite3_step(row) == SQLITE_DONE;
        sqlite3_reset(row);
    }
    sqlite3_finalize(row);
    run("COMMIT");
    for (int i = 0; good && i < 1000; ++i) {  // prepared anew each time, as programs do
        sqlite3_stmt* asked = nullptr;
        good = sqlite3_prepare_v2(database, "SELECT id, note, value FROM t WHERE name = ? ORDER BY value", -1, &asked, nullptr) == SQLITE_OK;
        const std::string name = "name " + std::to_string(i * 3);
        sqlite3_bind_text(asked, 1, name.c_str(), -1, SQLITE_TRANSIENT);
        good = good && sqlite3_step(asked) == SQLITE_ROW;
        sqlite3_finalize(asked);
    }
    run("SELECT count(*), upper(name) || note FROM t GROUP BY length(note), name LIKE '%7%'");
    run("UPDATE t SET note = note || 'more' WHERE id % 5 = 0");
    run("DELETE FROM t WHERE id % 3 = 0");
    sqlite3_close(database);
    return good;
}
template <class Use>
void run_sqlite(benchmark::State& state, Use use) {
    sqlite3_shutdown();
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    if (use() != SQLITE_OK) return state.SkipWithError("SQLite refused the hook");
    for (auto _ : state)
        if (!sqlite_work()) state.SkipWithError("a statement failed");
    sqlite3_shutdown();
}

// RapidJSON --------------------------------------------------------------------------------------------------------------------------

/// Some 3 MB.
const std::string& text() {
    static const std::string made = [] {
        std::string t = "[";
        for (int i = 0; i < 16000; ++i) {
            const std::string n = std::to_string(i);
            for (const char* piece : {i ? ",{\"id\":" : "{\"id\":", ",\"name\":\"somebody whose name is long enough, number ", "\",\"mail\":\"n",
                                      "@example.org\",\"tags\":[\"a\",\"bc\",\"a longer tag than those\"],\"at\":{\"x\":"})
                t.append(piece).append(n);
            t += ".25,\"y\":-1.5e3},\"ok\":true}";
        }
        return t + "]";
    }();
    return made;
}

class json_mimalloc {
public:
    static constexpr bool kNeedFree = true;
    void* Malloc(std::size_t bytes) { return bytes ? mi.allocate(bytes) : nullptr; }
    void* Realloc(void* p, std::size_t, std::size_t bytes) {
        if (bytes == 0) return mi.release(p), nullptr;
        return mi.resize(p, bytes);
    }
    static void Free(void* p) { mi.release(p); }
};

template <class Values, class Stack>
using document_of = rapidjson::GenericDocument<rapidjson::UTF8<>, Values, Stack>;

template <class Document>
bool parse(Document& document) {
    if (document.Parse(text().c_str(), text().size()).HasParseError()) return false;
    double sum = 0;
    for (const auto& person : document.GetArray()) sum += person["at"]["x"].GetDouble() + person["tags"].Size();
    return document.Size() == 16000 && sum > 0;
}
/// Documents whose allocator makes itself.
template <class Values, class Stack>
void run_json(benchmark::State& state) {
    for (auto _ : state) {
        document_of<Values, Stack> document;
        if (!parse(document)) state.SkipWithError("the text was not parsed");
    }
}
void run_json_in_frames(benchmark::State& state) {
    static alloy_frames memory;
    for (auto _ : state) {
        auto frame = memory.frame();
        alloy::rapidjson_frame json{frame};
        document_of<alloy::rapidjson_frame, alloy::rapidjson_frame> document{&json, 1024, &json};
        if (!parse(document)) state.SkipWithError("the text was not parsed");
    }
}
void run_json_in_objects(benchmark::State& state) {
    static alloy_objects memory;
    for (auto _ : state) {
        alloy::rapidjson_objects<alloy_objects> json{memory};
        document_of<decltype(json), decltype(json)> document{&json, 1024, &json};
        if (!parse(document)) state.SkipWithError("the text was not parsed");
    }
}

template <class F>
void add(const char* name, F f) {
    benchmark::RegisterBenchmark(name, f);
}

}  // namespace

int main(int argc, char** argv) {
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &sqlite_default);
    add("alloy.lua", &run_lua_in<alloy_objects>);
    add("alloy+accounts.lua", &run_lua_in<alloy_accounts>);
    add("malloc.lua", [](benchmark::State& state) { run_lua(state, &lua_malloc, nullptr); });
    add("alloy.sqlite", [](benchmark::State& state) { run_sqlite(state, &alloy::use_for_sqlite<sqlite_objects, alloy::sqlite_threads::one>); });
    add("alloy+accounts.sqlite", [](benchmark::State& state) { run_sqlite(state, &alloy::use_for_sqlite<sqlite_accounts, alloy::sqlite_threads::one>); });
    add("malloc.sqlite", [](benchmark::State& state) { run_sqlite(state, [] { return sqlite3_config(SQLITE_CONFIG_MALLOC, &sqlite_default); }); });
    using rapidjson::CrtAllocator;
    using rapidjson::MemoryPoolAllocator;
    add("alloy.json_document", &run_json_in_frames);
    add("malloc.json_document", &run_json<MemoryPoolAllocator<>, CrtAllocator>);  // RapidJSON's own pools, on malloc
    add("alloy.json_values", &run_json_in_objects);
    add("malloc.json_values", &run_json<CrtAllocator, CrtAllocator>);
    if (mi.open()) {
        add("mimalloc.lua", [](benchmark::State& state) { run_lua(state, &lua_mimalloc, nullptr); });
        add("mimalloc.sqlite", [](benchmark::State& state) { run_sqlite(state, &use_mimalloc); });
        add("mimalloc.json_document", &run_json<MemoryPoolAllocator<json_mimalloc>, json_mimalloc>);
        add("mimalloc.json_values", &run_json<json_mimalloc, json_mimalloc>);
    } else {
        std::fprintf(stderr, "mimalloc was not found, so nothing is compared with mimalloc\n");
    }
    return alloy::bench::run_and_compare(argc, argv, {"malloc", "mimalloc"});
}
