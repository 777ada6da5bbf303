#pragma once
/// alloy::result as std::expected, where the library has it, or as boost::system::result. Opt-in: these headers cost more to include than Alloy.
#include <utility>
#include <version>

#include <boost/system/result.hpp>

#include <alloy/core/result.hpp>

#if defined(__cpp_lib_expected)
#include <expected>
#endif

namespace alloy::inline ALLOY_ABI {

template <class T>
boost::system::result<T, alloc_error> to_boost_result(result<T> from) {
    if (from) return *std::move(from);
    return from.error();
}

/// What boost::system::result throws for an alloc_error: its value() finds this by name. Without exceptions it ends the program.
[[noreturn]] inline void throw_exception_from_error(const alloc_error& error, const boost::source_location&) {
#if ALLOY_DETAIL_EXCEPTIONS
    throw out_of_memory(error);
#else
    detail::die(error.what(), "ask has_value() first, or give the allocator more memory");
#endif
}

#if defined(__cpp_lib_expected)
template <class T>
std::expected<T, alloc_error> to_expected(result<T> from) {
    if (from) return *std::move(from);
    return std::unexpected(from.error());
}
#endif

}  // namespace alloy
