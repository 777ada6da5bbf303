// expect: alloy: operator new is called by every thread; add threading::spin_locked or threading::locked<Mutex>
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
struct program_allocator : alloy::allocator<alloy::threading::spin_locked, alloy::upstream::malloc> {};
#else
struct program_allocator : alloy::allocator<alloy::upstream::malloc> {};
#endif
constinit alloy::never_destroyed<program_allocator> program;
inline auto& program_memory() { return program; }

#include <alloy/replace_new.hpp>
