#pragma once
/// Dear ImGui in an allocator's pool and heap, as long as it lives: `alloy::imgui_memory in{memory};` before ImGui::CreateContext().
///
/// Needs <imgui.h> and a compiled Dear ImGui. Everything that ImGui allocates comes from there: contexts, windows, draw lists, font atlases.
/// Where it ends, the functions that were set before come back; contexts and atlases must have ended until then.
/// ImGui does not look whether it got memory, so where there is none the program ends with a sentence, whatever the fallback.
/// Cost: 16 bytes in front of each allocation, which is freed without its size. ImGui keeps what it has, so a steady frame allocates nothing.
/// Invariant: one at a time, as ImGui has one pair of functions; the allocator outlives it. One thread at a time may use ImGui.
#include <cstddef>

#include <imgui.h>

#include <alloy/adaptors/sized.hpp>
#include <alloy/core/fault.hpp>

namespace alloy::inline ALLOY_ABI {

template <class A>
class [[nodiscard]] imgui_memory {
public:
    explicit imgui_memory(A& memory) noexcept {
        ImGui::GetAllocatorFunctions(&allocate_before_, &free_before_, &data_before_);
        ImGui::SetAllocatorFunctions(&allocate, &free, &memory);
    }
    imgui_memory(const imgui_memory&) = delete;
    imgui_memory& operator=(const imgui_memory&) = delete;
    ~imgui_memory() { ImGui::SetAllocatorFunctions(allocate_before_, free_before_, data_before_); }

private:
    static void* allocate(std::size_t bytes, void* memory) {
        if (void* const at = sized(*static_cast<A*>(memory)).allocate(bytes)) [[likely]] return at;
        detail::die("Dear ImGui ran out of memory, and does not look whether it got any", "give its allocator more memory");
    }
    static void free(void* at, void* memory) { sized(*static_cast<A*>(memory)).release(at); }

    ImGuiMemAllocFunc allocate_before_ = nullptr;
    ImGuiMemFreeFunc free_before_ = nullptr;
    void* data_before_ = nullptr;
};

}  // namespace alloy
