// expect: alloy: upstream::new_delete cannot give memory to operator new, which it calls; add upstream::malloc or pages<>
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

#ifdef REPAIRED
struct program_allocator : alloy::allocator<alloy::threading::spin_locked, alloy::upstream::malloc> {};
#else
struct program_allocator : alloy::allocator<alloy::threading::spin_locked> {};
#endif
constinit alloy::never_destroyed<program_allocator> program;
inline auto& program_memory() { return *program; }

#include <alloy/replace_new.hpp>
