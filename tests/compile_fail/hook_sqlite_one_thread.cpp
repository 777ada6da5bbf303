// expect: alloy: SQLite calls from any thread, and this allocator serves one; add threading::locked, or say alloy::sqlite_threads::one
#include <alloy/allocator.hpp>
#include <alloy/hooks/sqlite.hpp>
#include <alloy/policies.hpp>

alloy::allocator<> memory;

#ifdef REPAIRED
int use() { return alloy::use_for_sqlite<memory, alloy::sqlite_threads::one>(); }
#else
int use() { return alloy::use_for_sqlite<memory>(); }
#endif
