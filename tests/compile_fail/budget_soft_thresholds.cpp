// expect: alloy: budget::soft<N, Handler, percent<...>> needs an N, and thresholds above zero that rise; name them smallest first
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

inline void warn(const alloy::budget::warning&) noexcept {}
#ifdef REPAIRED
using thresholds = alloy::budget::percent<80, 100>;
#else
using thresholds = alloy::budget::percent<100, 80>;
#endif
using subject = alloy::allocator<alloy::budget::soft<64 * alloy::MiB, warn, thresholds>>;

inline std::size_t use(subject& s) { return s.frame().used(); }
