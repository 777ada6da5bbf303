/// Dear ImGui in an allocator with a tag: what the interface takes is counted, and a steady frame allocates nothing.
#include <cstdio>

#include <imgui.h>

#include <alloy/allocator.hpp>
#include <alloy/hooks/imgui.hpp>
#include <alloy/policies.hpp>

struct interface_allocator : alloy::allocator<alloy::tagging::named<"interface">, alloy::tracking::metrics<alloy::metric::count>> {};

/// One frame of the interface, drawn to nowhere. How many vertices it has.
static int draw(int frame) {
    ImGui::NewFrame();
    ImGui::Begin("statistics");
    ImGui::Text("frame %d", frame);
    for (int i = 0; i < 20; ++i) ImGui::BulletText("line %d of a list", i);
    ImGui::End();
    ImGui::Render();
    return ImGui::GetDrawData()->TotalVtxCount;
}

int main() {
    // [imgui]
    interface_allocator memory;
    const alloy::imgui_memory in{memory};
    ImGui::CreateContext();
    // [/imgui]
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.DisplaySize = ImVec2(1280, 720);
    io.DeltaTime = 1.0F / 60;
    unsigned char* pixels = nullptr;
    int width = 0, height = 0;
    io.Fonts->GetTexDataAsRGBA32(&pixels, &width, &height);  // what a backend uploads
    io.Fonts->SetTexID(nullptr);

    int vertices = 0;
    for (int frame = 0; frame < 10; ++frame) vertices = draw(frame);
    const auto before = memory.metrics().allocations;
    for (int frame = 10; frame < 100; ++frame) vertices = draw(frame);
    const auto later = memory.metrics().allocations;
    std::printf("%s: a font atlas of %d x %d and %d vertices take %zu bytes; 90 more frames allocate %llu times\n", memory.name(), width, height, vertices,
                memory.used(), static_cast<unsigned long long>(later - before));
    const bool drawn = vertices > 500 && pixels && memory.used() > static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4;
    ImGui::DestroyContext();
    std::printf("%s: %zu bytes when the context has ended\n", memory.name(), memory.used());
    return drawn && later == before && memory.used() == 0 ? 0 : 1;
}
