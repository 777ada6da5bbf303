#pragma once
/// The inline namespace that everything lies in. It names the version, and what changes the meaning of inline functions where translation units
/// are compiled differently: so units with and without exceptions, or with and without AddressSanitizer, have different types, and what they
/// share does not link, instead of one unit's code silently standing in for another's. A type of the user's that holds or derives from one of these
/// hides it from the linker.
#if defined(__cpp_exceptions)
#define ALLOY_DETAIL_EXCEPTIONS 1
#else
#define ALLOY_DETAIL_EXCEPTIONS 0
#endif

#if defined(__SANITIZE_ADDRESS__)
#define ALLOY_DETAIL_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ALLOY_DETAIL_ASAN 1
#endif
#endif
#if !defined(ALLOY_DETAIL_ASAN)
#define ALLOY_DETAIL_ASAN 0
#endif

#if ALLOY_DETAIL_EXCEPTIONS && !ALLOY_DETAIL_ASAN
#define ALLOY_ABI v0
#elif ALLOY_DETAIL_EXCEPTIONS
#define ALLOY_ABI v0_asan
#elif !ALLOY_DETAIL_ASAN
#define ALLOY_ABI v0_noexceptions
#else
#define ALLOY_ABI v0_noexceptions_asan
#endif
