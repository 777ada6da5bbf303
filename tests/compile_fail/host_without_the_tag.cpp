// expect: alloy: the tagging policy has no tag of this name; add it to tagging::scoped
#include <alloy/allocator.hpp>

struct two_tags {
    using axis = alloy::tagging::axis;
    static constexpr std::size_t count = 2;
    static constexpr bool switches = true;
    static constexpr const char* name(std::size_t i) noexcept { return i ? "physics" : "rest"; }
    static constexpr std::size_t index_of(const char* tag) noexcept { return *tag == 'r' ? 0 : *tag == 'p' ? 1 : 2; }
};
using subject = alloy::allocator<two_tags>;

#ifdef REPAIRED
inline void use(subject& s) { auto tag = s.tag<"physics">(); }
#else
inline void use(subject& s) { auto tag = s.tag<"sound">(); }
#endif
