// expect: alloy: result<T> holds an object; use a pointer for a reference
#include <alloy/core/result.hpp>

#ifdef REPAIRED
inline alloy::result<int*> use() { return nullptr; }
#else
inline alloy::result<int&> use() { return {}; }
#endif
