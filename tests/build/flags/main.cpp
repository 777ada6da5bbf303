/// The program that is built with and without exceptions, RTTI, short enums and NDEBUG. Running out ends it, or throws, with one sentence.
#include <cstdio>
#include <memory_resource>
#include <new>
#include <string>
#include <vector>

#include "../../support/death.hpp"
#include "program.hpp"

namespace {

int complaints = 0;

void check(bool holds, const char* what) {
    if (holds) return;
    std::printf("not so: %s\n", what);
    ++complaints;
}

/// Running out, as this build has it: an exception that says why, or the program's end with the sentence given.
template <class Exception, class F>
void check_runs_out(F f, [[maybe_unused]] const char* sentence, const char* what) {
#if defined(__cpp_exceptions)
    bool thrown = false;
    try {
        f();
    } catch (const Exception&) {
        thrown = true;
    }
    check(thrown, what);
#else
    const std::string said = test::dying_words(f);
    check(said == sentence, what);
    if (said != sentence) std::printf("  expected: %s  but got:  %s\n", sentence, said.c_str());
#endif
}

}  // namespace

int main() {
    test::small_allocator memory;
    {
        auto frame = memory.frame();
        check(test::sum_of_containers(frame) == 4950 + 100 + 99 + 100 + 27 + 54 + 1, "containers add up");
        check(test::sum_over_pmr(frame) == 10, "pmr adds up");
        check(memory.held() <= 64 * alloy::KiB, "the budget holds");
    }
    check(test::used_after_rollback(memory) == 40 + 64, "a checkpoint is rolled back, and a cursor counted");
    check(test::counts_destructors(), "destructors run at the end of the frame");

    {
        auto frame = memory.frame();
        const auto refused = frame.try_allocate(alloy::MiB);
        check(!refused && refused.error().reason == alloy::refusal::budget && refused.error().left <= 64 * alloy::KiB, "try_ says which bound was met");
        check(*frame.try_make<int>(7).value() == 7, "try_ gives");
        check(memory.try_begin_frame().has_value() && memory.end_frame().closed && !memory.end_frame().closed, "begin and end are a pair");
    }

    test::quiet_allocator quiet;
    check(quiet.frame().allocate(alloy::MiB) == nullptr, "null is null");

    check_runs_out<alloy::out_of_memory>([&] { memory.frame().make_span<char>(alloy::MiB); },
                                         "alloy: the budget would be exceeded; raise the bound, choose a fallback, or call the try_ function\n",
                                         "running out of budget");
    check_runs_out<alloy::out_of_memory>([&] { static_cast<void>(memory.frame().try_allocate(alloy::MiB).value()); },
                                         "alloy: the budget would be exceeded; ask has_value() first, or give the allocator more memory\n",
                                         "asking a result for a value that it has not");
    check_runs_out<std::bad_alloc>([&] { auto frame = quiet.frame(); alloy::frame_vector<char> v(alloy::MiB, frame); },
                                   "alloy: a container in a frame ran out of memory; give the allocator more memory, or ask through a try_ function first\n",
                                   "a container never gets null");
    check_runs_out<std::bad_alloc>(
        [&] {
            auto frame = quiet.frame();
            auto resource = frame.resource();
            std::pmr::vector<char> numbers(alloy::MiB, &resource);
        },
        "alloy: a pmr container ran out of memory; give the allocator more memory, or ask through a try_ function first\n",
        "pmr never gets null");

    using ending_allocator = alloy::allocator<alloy::budget::hard<4096>, alloy::growth::linear<1024>, alloy::fallback::terminate, alloy::tagging::named<"ending">>;
    const std::string words = test::dying_words([] {
        ending_allocator ends;
        ends.frame().make_span<char>(8192);
    });
    check(words.starts_with("alloy: ending: the budget would be exceeded: ") && words.ends_with(" left; raise the bound or choose another fallback\n"),
          "fallback::terminate ends the program with its sentence in every build");
    return complaints == 0 ? 0 : 1;
}
