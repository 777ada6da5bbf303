#pragma once
/// Expat in a global allocator's pool and heap: `XML_ParserCreate_MM(nullptr, &alloy::expat_memory<memory>, nullptr)`.
///
/// Needs <expat.h>. Expat's functions have no user pointer, so the allocator is a global one, or a never_destroyed; each block has 16 bytes in front,
/// because Expat says no size when it frees. Where there is no memory Expat gets null, whatever the fallback, and reports XML_ERROR_NO_MEMORY.
/// Thread rules are the allocator's: where parsers run in several threads at once, it needs a threading policy that allows that.
#include <expat.h>

#include <alloy/adaptors/sized.hpp>

namespace alloy::inline ALLOY_ABI {

template <auto& Memory>
inline constexpr XML_Memory_Handling_Suite expat_memory{&sized_functions<Memory>::allocate, &sized_functions<Memory>::resize,
                                                        &sized_functions<Memory>::release};

}  // namespace alloy
