/// A shared library with allocators of its own. Loaded twice under two names, and linked.
#include "library.hpp"

namespace {

test::memory own;
struct own_type : alloy::allocator<alloy::threading::thread_cached, alloy::budget::hard<alloy::MiB>, alloy::tagging::named<"library">> {};
own_type of_own_type;

constexpr test::calls calls{
    []() -> test::memory& { return own; },
    &test::use,
    [] {
        auto frame = of_own_type.frame();
        const auto pooled = of_own_type.make_pooled<int>(1);
        auto sent = of_own_type.make_transfer<int>(2);
        return *pooled + *std::move(sent).receive() + *frame.make<int>(3) == 6;
    },
    [](alloy::frame_ref frame, int& alive, int n) { return frame.make<test::counted>(alive, n); },
    [](test::memory& m, int& alive) { m.begin_frame().make<test::counted>(alive, 0); },
    &test::take,
    &test::give,
    [](test::memory& m, int& alive, int n) { return m.make_transfer<test::counted>(alive, n); },
    [](alloy::transfer_handle<test::counted> sent) { return std::move(sent).receive()->number; },
    [](test::memory& m) { m.trim(); },
};

}  // namespace

const test::calls* alloy_test_library() { return &calls; }
