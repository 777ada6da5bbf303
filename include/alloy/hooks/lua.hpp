#pragma once
/// Lua 5.4 in an allocator's pool and heap: `lua_State* L = lua_newstate(&alloy::lua_allocate<mine>, &memory);`.
///
/// `memory` is a `mine` and outlives the state. Lua gives each block's size back, so nothing stands in front of a block.
/// Where there is no memory Lua gets null, whatever the fallback: it collects garbage, asks again, and then raises its own "not enough memory".
/// A checking policy that throws ends the program here, since nothing may be thrown through C.
/// Cost: a call by pointer, as for any lua_Alloc. Thread rules are the allocator's; a state serves one thread at a time.
/// Invariant: blocks are aligned to 8 bytes, which is all that Lua's LUAI_MAXALIGN asks for.
#include <cstddef>

#include <alloy/core/layout.hpp>
#include <alloy/engines/object_store.hpp>

namespace alloy::inline ALLOY_ABI {

/// A lua_Alloc. With p null, `bytes` is no size but the kind of what is made, and is not looked at. A smaller size never fails, which Lua relies on.
template <class Allocator>
void* lua_allocate(void* memory, void* p, std::size_t bytes, std::size_t new_bytes) noexcept {
    auto& objects = static_cast<Allocator*>(memory)->objects();
    if (new_bytes == 0) {
        if (p) objects.give(p, bytes, quantum);
        return nullptr;
    }
    alloc_error error;
    return p ? objects.resize(p, bytes, new_bytes, quantum, place::by_size, &error) : objects.take(new_bytes, quantum, place::by_size, &error);
}

}  // namespace alloy
