/// A Lua state in an allocator of its own: its tag says what the scripts use, and its budget is the most they can ever have.
#include <cstdio>

#include <lua.hpp>

#include <alloy/allocator.hpp>
#include <alloy/hooks/lua.hpp>
#include <alloy/policies.hpp>

// [scripts]
struct script_allocator : alloy::allocator<alloy::tagging::named<"scripts">, alloy::budget::hard<8 * alloy::MiB>> {};

/// Runs protected, so that running out of memory is an error here, too, and not the end of the program.
static int load_and_run(lua_State* state) {
    luaL_openlibs(state);
    if (luaL_loadstring(state, static_cast<const char*>(lua_touserdata(state, 1))) != LUA_OK) return lua_error(state);
    lua_call(state, 0, 1);
    return 1;
}

/// What the script returns, or -1. The state goes with the function, and all of its memory goes back.
static lua_Integer run(script_allocator& memory, const char* script) {
    lua_State* state = lua_newstate(&alloy::lua_allocate<script_allocator>, &memory);
    if (!state) return -1;
    lua_pushcfunction(state, &load_and_run);
    lua_pushlightuserdata(state, const_cast<char*>(script));
    lua_Integer answer = -1;
    if (lua_pcall(state, 1, 1, 0) == LUA_OK)
        answer = lua_tointeger(state, -1);
    else
        std::printf("%s: refused: %s\n", memory.name(), lua_tostring(state, -1));
    std::printf("%s: %zu bytes used, %zu held\n", memory.name(), memory.used(), memory.held());
    lua_close(state);
    return answer;
}
// [/scripts]

static const char* const words = R"(
    local text = ("the quick brown fox jumps over the lazy dog and the other fox "):rep(200)
    local counts, order = {}, {}
    for word in text:gmatch("%a+") do
        if not counts[word] then order[#order + 1] = word end
        counts[word] = (counts[word] or 0) + 1
    end
    table.sort(order)
    local parts = {}
    for i, word in ipairs(order) do parts[i] = word .. "=" .. counts[word] end
    local line = table.concat(parts, ",")
    local tree = {}
    for i = 1, 5000 do tree[i] = { name = "node " .. i, children = { i, i + 1 } } end
    return #line + #tree + counts.the
)";
static const char* const greedy = "local all = {} for i = 1, 1e9 do all[i] = ('x'):rep(1000) .. i end return 0";

int main() {
    script_allocator memory;
    // "and=200,brown=200,dog=200,fox=400,jumps=200,lazy=200,other=200,over=200,quick=200,the=600" has 89 characters.
    const bool counted = run(memory, words) == 89 + 5000 + 600;
    const bool refused = run(memory, greedy) == -1;  // Lua's own "not enough memory"
    const bool again = run(memory, words) == 89 + 5000 + 600;
    std::printf("%s: %zu bytes used when all states are closed\n", memory.name(), memory.used());
    return counted && refused && again && memory.used() == 0 ? 0 : 1;
}
