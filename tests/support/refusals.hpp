#pragma once
/// Any request to upstream may be refused, once or from then on, and whatever it was, nothing is lost and the next attempt succeeds.
#include <cstddef>

#include "catch.hpp"

namespace test {

/// work(memory) does what is tried, and gives how many of its calls were refused. All that it took is given back when it returns. Memory is of a type
/// over strict_upstream.
template <class Memory, class Work>
void try_each_refusal(Work work) {
    std::size_t requests = 0;
    {
        Memory memory;
        REQUIRE(work(memory) == 0);
        REQUIRE(memory.used() == 0);
        requests = memory.upstream().requests;
        REQUIRE(requests > 0);
    }
    for (bool from_then_on : {false, true}) {
        for (std::size_t k = 1; k <= requests; ++k) {
            Memory memory;
            memory.upstream().refuse_at = k;
            memory.upstream().refuse_on = from_then_on;
            work(memory);
            REQUIRE(memory.used() == 0);
            REQUIRE(memory.held() == memory.upstream().live_bytes());
            REQUIRE(memory.upstream().requests >= k);
            memory.upstream().refuse_at = 0;
            REQUIRE(work(memory) == 0);
            REQUIRE(memory.used() == 0);
            memory.trim();
            REQUIRE(memory.upstream().wrong == 0);
            if (Memory::lifetimes::buffers <= 1) {
                REQUIRE(memory.upstream().live() == 0);
                REQUIRE(memory.held() == 0);
            }
        }
    }
}

}  // namespace test
