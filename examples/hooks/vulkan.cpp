/// Vulkan's own objects in an allocator: what loader, layers and drivers ask of the program's memory. Works without a driver, too.
#include <cstdio>

#include <vulkan/vulkan.h>

#include <alloy/allocator.hpp>
#include <alloy/hooks/vulkan.hpp>
#include <alloy/policies.hpp>

struct vulkan_allocator : alloy::allocator<alloy::tagging::named<"vulkan">, alloy::threading::spin_locked> {};

int main() {
    VkApplicationInfo application{};
    application.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO;
    application.apiVersion = VK_API_VERSION_1_0;
    VkInstanceCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO;
    info.pApplicationInfo = &application;

    // [vulkan]
    vulkan_allocator memory;
    alloy::vulkan_memory host{memory};
    VkInstance instance = VK_NULL_HANDLE;
    const VkResult created = vkCreateInstance(&info, host, &instance);
    // [/vulkan]
    std::printf("%s: vkCreateInstance says %d; %zu bytes used\n", memory.name(), static_cast<int>(created), memory.used());
    if (created == VK_SUCCESS) vkDestroyInstance(instance, host);

    std::uint64_t asked = 0;
    for (int scope = 0; scope <= VK_SYSTEM_ALLOCATION_SCOPE_INSTANCE; ++scope)
        if (const auto count = host.asked(static_cast<VkSystemAllocationScope>(scope)); count.allocations > 0) {
            std::printf("scope %d: %llu allocations of %llu bytes\n", scope, static_cast<unsigned long long>(count.allocations),
                        static_cast<unsigned long long>(count.bytes));
            asked += count.allocations;
        }
    return asked > 0 && memory.used() == 0 ? 0 : 1;  // also where it made nothing, as without a driver
}
