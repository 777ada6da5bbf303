/// Vulkan's callbacks: through the real loader, with or without a driver, and one by one as a driver calls them.
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <thread>
#include <vector>

#include <vulkan/vulkan.h>

#include <alloy/allocator.hpp>
#include <alloy/hooks/vulkan.hpp>
#include <alloy/policies.hpp>

#include "../support/catch.hpp"
#include "../support/upstreams.hpp"

namespace {

struct mine : alloy::allocator<alloy::threading::spin_locked> {};
struct little : alloy::allocator<alloy::budget::hard<64 * alloy::KiB>> {};

constexpr auto object = VK_SYSTEM_ALLOCATION_SCOPE_OBJECT;

void* ask(const VkAllocationCallbacks* host, std::size_t bytes, std::size_t alignment) {
    return host->pfnAllocation(host->pUserData, bytes, alignment, object);
}
void* ask_again(const VkAllocationCallbacks* host, void* at, std::size_t bytes, std::size_t alignment) {
    return host->pfnReallocation(host->pUserData, at, bytes, alignment, object);
}
void give(const VkAllocationCallbacks* host, void* at) { host->pfnFree(host->pUserData, at); }
bool is_aligned(const void* p, std::size_t to) { return reinterpret_cast<std::uintptr_t>(p) % to == 0; }

}  // namespace

TEST_CASE("the loader makes an instance, or finds no driver, with the callbacks, and gives everything back") {
    mine memory;
    alloy::vulkan_memory host{memory};
    VkInstanceCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO;
    VkInstance instance = VK_NULL_HANDLE;
    const VkResult created = vkCreateInstance(&info, host, &instance);
    if (created == VK_SUCCESS) {
        CHECK(memory.used() > 0);
        vkDestroyInstance(instance, host);
    } else {
        CHECK(created == VK_ERROR_INCOMPATIBLE_DRIVER);
    }
    CHECK(host.asked(VK_SYSTEM_ALLOCATION_SCOPE_INSTANCE).allocations > 0);
    CHECK(host.asked(VK_SYSTEM_ALLOCATION_SCOPE_INSTANCE).bytes > 0);
    CHECK(host.asked(VK_SYSTEM_ALLOCATION_SCOPE_INSTANCE).refused == 0);
    CHECK(memory.used() == 0);
}

TEST_CASE("a loader that gets no memory says so, and loses nothing") {
    struct nobody : alloy::allocator<alloy::budget::hard<0>> {};
    nobody memory;
    alloy::vulkan_memory host{memory};
    VkInstanceCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO;
    VkInstance instance = VK_NULL_HANDLE;
    CHECK(vkCreateInstance(&info, host, &instance) != VK_SUCCESS);
    std::uint64_t refused = 0;
    for (int scope = 0; scope < 5; ++scope) refused += host.asked(static_cast<VkSystemAllocationScope>(scope)).refused;
    CHECK(refused > 0);
    CHECK(memory.held() == 0);
}

TEST_CASE("whichever request upstream refuses, the loader answers and gives everything back") {
    using heap_alone = alloy::allocator<test::strict_upstream, alloy::lifetime::heap>;
    VkInstanceCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO;
    std::size_t requests = 0;
    for (std::size_t k = 0; k <= requests; ++k) {
        heap_alone memory;  // its upstream ends the program where anything is missing
        const alloy::vulkan_memory host{memory};
        memory.upstream().refuse_at = k;
        VkInstance instance = VK_NULL_HANDLE;
        const VkResult created = vkCreateInstance(&info, host, &instance);
        if (created == VK_SUCCESS) vkDestroyInstance(instance, host);
        if (k == 0) requests = memory.upstream().requests;
        REQUIRE(requests > 2);
        CHECK((created == VK_SUCCESS || created == VK_ERROR_INCOMPATIBLE_DRIVER || created == VK_ERROR_OUT_OF_HOST_MEMORY));
        CHECK(memory.used() == 0);
    }
}

TEST_CASE("each size at each alignment, freed without either") {
    mine memory;
    const alloy::vulkan_memory host{memory};
    std::vector<void*> given;
    for (const std::size_t alignment : std::initializer_list<std::size_t>{1, 2, 4, 8, 16, 64, 256, 4096})
        for (const std::size_t bytes : std::initializer_list<std::size_t>{0, 1, 24, 1000, 1024, 5000, 100'000}) {
            void* const at = ask(host, bytes, alignment);
            REQUIRE(at);
            CHECK(is_aligned(at, alignment));
            std::memset(at, 0x5A, bytes);
            given.push_back(at);
        }
    CHECK(memory.used() >= 8 * 107'049);
    for (void* at : given) give(host, at);
    give(host, nullptr);
    CHECK(memory.used() == 0);
}

TEST_CASE("reallocation: null allocates, size 0 frees, bytes and alignment stay") {
    mine memory;
    const alloy::vulkan_memory host{memory};
    for (const std::size_t alignment : std::initializer_list<std::size_t>{8, 16, 256}) {
        auto* at = static_cast<unsigned char*>(ask_again(host, nullptr, 100, alignment));
        REQUIRE(at);
        for (unsigned char i = 0; i < 100; ++i) at[i] = i;
        for (const std::size_t bytes : std::initializer_list<std::size_t>{200, 2000, 500'000, 3000, 120}) {
            at = static_cast<unsigned char*>(ask_again(host, at, bytes, alignment));
            REQUIRE(at);
            CHECK(is_aligned(at, alignment));
            bool kept = true;
            for (unsigned char i = 0; i < 100; ++i) kept &= at[i] == i;
            CHECK(kept);
        }
        CHECK(ask_again(host, at, 0, alignment) == nullptr);
        CHECK(memory.used() == 0);
    }
    CHECK(ask_again(host, nullptr, 0, 8) != nullptr);  // as pfnAllocation of 0 bytes
}

TEST_CASE("a driver that asks for another alignment gets that too") {
    mine memory;
    const alloy::vulkan_memory host{memory};
    auto* at = static_cast<unsigned char*>(ask(host, 100, 8));
    std::memset(at, 7, 100);
    at = static_cast<unsigned char*>(ask_again(host, at, 50, 1024));
    REQUIRE(at);
    CHECK(is_aligned(at, 1024));
    CHECK(at[0] + at[49] == 14);
    give(host, at);
    CHECK(memory.used() == 0);
}

TEST_CASE("where there is no memory Vulkan gets null, and the old allocation stays as it was") {
    little memory;
    const alloy::vulkan_memory host{memory};
    CHECK(ask(host, 1'000'000, 16) == nullptr);
    auto* at = static_cast<unsigned char*>(ask(host, 2000, 256));
    REQUIRE(at);
    std::memset(at, 9, 2000);
    CHECK(ask_again(host, at, 1'000'000, 256) == nullptr);
    CHECK(at[1999] == 9);
    CHECK(host.asked(object).refused == 2);
    CHECK(host.asked(object).allocations == 3);
    CHECK(host.asked(object).bytes == 2'002'000);
    CHECK(host.asked(VK_SYSTEM_ALLOCATION_SCOPE_CACHE).allocations == 0);
    CHECK(host.asked(VK_SYSTEM_ALLOCATION_SCOPE_MAX_ENUM).allocations == 0);
    give(host, at);
    CHECK(memory.used() == 0);
}

TEST_CASE("what drivers say they hold is added up") {
    mine memory;
    const alloy::vulkan_memory host{memory};
    const VkAllocationCallbacks* c = host;
    c->pfnInternalAllocation(c->pUserData, 4096, VK_INTERNAL_ALLOCATION_TYPE_EXECUTABLE, object);
    c->pfnInternalAllocation(c->pUserData, 100, VK_INTERNAL_ALLOCATION_TYPE_EXECUTABLE, object);
    CHECK(host.internal_bytes() == 4196);
    c->pfnInternalFree(c->pUserData, 4096, VK_INTERNAL_ALLOCATION_TYPE_EXECUTABLE, object);
    CHECK(host.internal_bytes() == 100);
    CHECK(memory.used() == 0);
}

TEST_CASE("several threads call back at once") {
    mine memory;
    const alloy::vulkan_memory host{memory};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (std::size_t i = 1; i < 500; ++i) {
                void* const at = ask(host, i, 16);
                give(host, ask_again(host, at, i * 3, 16));
            }
        });
    for (auto& thread : threads) thread.join();
    CHECK(host.asked(object).allocations == 4 * 499 * 2);
    CHECK(memory.used() == 0);
}
