// Lua in an allocator: what the hook promises, and that Lua reports each refused request and gives everything back.
#include <cstring>

#include <lua.hpp>

#include <alloy/allocator.hpp>
#include <alloy/checking/guarded.hpp>
#include <alloy/hooks/lua.hpp>
#include <alloy/policies.hpp>

#include "../support/catch.hpp"
#include "../support/upstreams.hpp"

namespace {

using strict = alloy::allocator<test::strict_upstream>;
using fallible = alloy::allocator<test::strict_upstream, alloy::fallback::null>;
using heap_alone = alloy::allocator<test::strict_upstream, alloy::lifetime::heap>;
using guarded = alloy::allocator<test::strict_upstream, alloy::checking::guarded<>>;  // ends the program at a wrong size
using bounded = alloy::allocator<test::strict_upstream, alloy::budget::hard<4 * alloy::MiB>>;

const char* const script = R"(
    local parts, tree = {}, {}
    for i = 1, 100 do
        parts[#parts + 1] = ("item " .. i):rep(i % 7 + 1)
        tree["key " .. i] = { i, name = "n" .. i, nested = { f = function() return i end } }
    end
    for i = 1, 100, 2 do tree["key " .. i] = nil end
    collectgarbage()
    local sum = 0
    for _, v in pairs(tree) do sum = sum + v.nested.f() end
    return sum + #table.concat(parts)
)";

int body(lua_State* state) {
    luaL_openlibs(state);
    if (luaL_loadstring(state, script) != LUA_OK) return lua_error(state);
    lua_call(state, 0, 1);
    return 1;
}

/// LUA_OK, with the right answer, or what Lua said instead.
template <class Memory>
int work(Memory& memory) {
    lua_State* state = lua_newstate(&alloy::lua_allocate<Memory>, &memory);
    if (!state) return LUA_ERRMEM;
    lua_pushcfunction(state, &body);
    const int status = lua_pcall(state, 0, 1, 0);
    if (status == LUA_OK) {
        REQUIRE(lua_tointeger(state, -1) == 5299);
    } else {
        REQUIRE(std::strcmp(lua_tostring(state, -1), "not enough memory") == 0);
    }
    lua_close(state);
    return status;
}

}  // namespace

TEMPLATE_TEST_CASE("a lua_Alloc", "[lua]", strict, fallible, heap_alone, guarded) {
    TestType memory;
    REQUIRE(alloy::lua_allocate<TestType>(&memory, nullptr, 0, 0) == nullptr);
    REQUIRE(alloy::lua_allocate<TestType>(&memory, nullptr, LUA_TTABLE, 0) == nullptr);
    void* p = alloy::lua_allocate<TestType>(&memory, nullptr, LUA_TTABLE, 56);  // a table, not five bytes
    REQUIRE(p);
    std::memset(p, 3, 56);
    p = alloy::lua_allocate<TestType>(&memory, p, 56, 5000);
    REQUIRE(p);
    REQUIRE(static_cast<char*>(p)[55] == 3);
    memory.upstream().refuse_at = memory.upstream().requests + 1;
    memory.upstream().refuse_on = true;
    REQUIRE(alloy::lua_allocate<TestType>(&memory, p, 5000, 100000) == nullptr);
    p = alloy::lua_allocate<TestType>(&memory, p, 5000, 40);  // smaller: never fails
    REQUIRE(p);
    REQUIRE(static_cast<char*>(p)[39] == 3);
    REQUIRE(alloy::lua_allocate<TestType>(&memory, p, 40, 0) == nullptr);
    REQUIRE(memory.used() == 0);
}

TEMPLATE_TEST_CASE("Lua reports any request that upstream refuses", "[lua]", strict, fallible, heap_alone, guarded, bounded) {
    std::size_t requests = 0;
    {
        TestType memory;
        REQUIRE(work(memory) == LUA_OK);
        REQUIRE(memory.used() == 0);
        requests = memory.upstream().requests;
        REQUIRE(requests > 0);
    }
    const std::size_t step = requests > 200 ? requests / 100 : 1;  // with the heap alone there are thousands
    std::size_t reported = 0;
    for (bool from_then_on : {false, true}) {
        for (std::size_t k = 1; k <= requests; k += step) {
            TestType memory;
            memory.upstream().refuse_at = k;
            memory.upstream().refuse_on = from_then_on;
            const int status = work(memory);
            REQUIRE((status == LUA_OK || status == LUA_ERRMEM));
            reported += status == LUA_ERRMEM;
            REQUIRE((status == LUA_ERRMEM || !from_then_on || memory.upstream().requests < k));
            REQUIRE(memory.used() == 0);
            REQUIRE(memory.held() == memory.upstream().live_bytes());
            memory.trim();
            REQUIRE(memory.upstream().live() == 0);
            REQUIRE(memory.upstream().wrong == 0);
        }
    }
    REQUIRE(reported > 0);
}

TEST_CASE("a budget is the most that scripts can have", "[lua]") {
    alloy::allocator<alloy::budget::hard<256 * alloy::KiB>> memory;
    lua_State* state = lua_newstate(&alloy::lua_allocate<decltype(memory)>, &memory);
    REQUIRE(state);
    REQUIRE(luaL_loadstring(state, "local all = {} for i = 1, 1000000 do all[i] = 'text ' .. i end") == LUA_OK);
    REQUIRE(lua_pcall(state, 0, 0, 0) == LUA_ERRMEM);
    REQUIRE(memory.held() <= 256 * alloy::KiB);
    lua_close(state);
    REQUIRE(memory.used() == 0);
}
