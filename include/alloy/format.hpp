#pragma once
/// Text made in a frame: `alloy::format_to_frame(frame, "{} of {}", used, limit)` gives a frame_string.
///
/// Uses std::format where the library has it, else {fmt}, which the program then links.
#include <iterator>
#include <utility>
#include <version>

#include <alloy/containers/string.hpp>

#if defined(__cpp_lib_format)
#include <format>
namespace alloy::inline ALLOY_ABI::detail {
namespace formatting = std;
}
#else
#include <fmt/format.h>
namespace alloy::inline ALLOY_ABI::detail {
namespace formatting = fmt;
}
#endif

namespace alloy::inline ALLOY_ABI {

template <class... Args>
frame_string format_to_frame(frame_ref frame, detail::formatting::format_string<Args...> text, Args&&... args) {
    frame_string out{frame};
    detail::formatting::format_to(std::back_inserter(out), text, std::forward<Args>(args)...);
    return out;
}

}  // namespace alloy
