// expect: alloy: replace_new.hpp does not find the program's allocator; declare program_memory() before including it
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

struct program_allocator : alloy::allocator<alloy::threading::spin_locked, alloy::upstream::malloc> {};
constinit alloy::never_destroyed<program_allocator> program;

#ifdef REPAIRED
inline auto& program_memory() { return *program; }
#else

#endif

#include <alloy/replace_new.hpp>
