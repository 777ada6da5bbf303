#pragma once
/// N bytes inside the allocator itself, and never a block from elsewhere.
///
/// Cost: N bytes and a header of 32 in the object; a global is zero until it is used, and so adds nothing to the program's file.
/// Choose it with `upstream::none` where no heap may be touched at all.
#include <cstddef>

#include <alloy/contracts/growth.hpp>

namespace alloy::growth {

template <std::size_t N>
class in_place {
public:
    using axis = growth::axis;
    static constexpr bool coalesces = false, is_in_place = true, reserves = false, has_one_block = true;
    static constexpr std::size_t next(std::size_t, std::size_t) noexcept {
        static_assert(N >= 256 && N % 16 == 0, "alloy: growth::in_place<N> needs 256 bytes or more, in multiples of 16");
        return 0;
    }
    static constexpr std::size_t keep(std::size_t held) noexcept { return held; }
    block* first() noexcept {
        if (header_.bytes != 0) return nullptr;
        header_ = {nullptr, sizeof(block) + N, block_origin::in_place};
        return &header_;
    }

private:
    block header_;
    union {
        char none_ = 0;
        std::byte bytes_[N];
    };
};

}  // namespace alloy::growth
