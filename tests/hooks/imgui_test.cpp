/// Dear ImGui draws to nowhere in an allocator's memory: all of it, and only while the hook lives.
#include <string>

#include <imgui.h>

#include <alloy/allocator.hpp>
#include <alloy/hooks/imgui.hpp>
#include <alloy/policies.hpp>

#include "../support/catch.hpp"
#include "../support/death.hpp"

namespace {

struct mine : alloy::allocator<> {};
struct little : alloy::allocator<alloy::budget::hard<32 * alloy::KiB>> {};

void begin() {
    ImGui::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.DisplaySize = ImVec2(1280, 720);
    io.DeltaTime = 1.0F / 60;
    unsigned char* pixels = nullptr;
    int width = 0, height = 0;
    io.Fonts->GetTexDataAsRGBA32(&pixels, &width, &height);
    REQUIRE(pixels);
}
int draw(int windows) {
    ImGui::NewFrame();
    for (int w = 0; w < windows; ++w) {
        ImGui::SetNextWindowSize(ImVec2(300, 200));
        ImGui::Begin(("window " + std::to_string(w)).c_str());
        ImGui::Text("some text in window %d", w);
        if (ImGui::BeginTable("table", 3)) {
            for (int i = 0; i < 30; ++i) {
                ImGui::TableNextColumn();
                ImGui::Text("cell %d", i);
            }
            ImGui::EndTable();
        }
        ImGui::End();
    }
    ImGui::Render();
    return ImGui::GetDrawData()->TotalVtxCount;
}

}  // namespace

TEST_CASE("windows, tables, draw lists and the font atlas lie in the allocator and go with the context") {
    mine memory;
    {
        const alloy::imgui_memory in{memory};
        begin();
        const std::size_t with_font = memory.used();
        CHECK(with_font > 100'000);
        CHECK(draw(1) > 0);
        int few = 0, many = 0;
        for (int i = 0; i < 5; ++i) few = draw(1);
        for (int i = 0; i < 5; ++i) many = draw(20);
        CHECK(many > 5 * few);
        CHECK(memory.used() > with_font);
        ImGui::DestroyContext();
    }
    CHECK(memory.used() == 0);
}

TEST_CASE("a second hook is in use while it lives, and then the first is again") {
    mine first, second;
    const alloy::imgui_memory outer{first};
    {
        const alloy::imgui_memory inner{second};
        ImGui::MemFree(ImGui::MemAlloc(100));
        void* const at = ImGui::MemAlloc(100);
        CHECK(first.used() == 0);
        CHECK(second.used() >= 100);
        ImGui::MemFree(at);
        CHECK(second.used() == 0);
    }
    void* const at = ImGui::MemAlloc(5000);
    CHECK(first.used() >= 5000);
    ImGui::MemFree(at);
    ImGui::MemFree(nullptr);
    CHECK(first.used() == 0);
}

TEST_CASE("where there is no memory the program ends with a sentence, since ImGui would use the null pointer") {
    little memory;
    CHECK(test::dying_words([&] {
              const alloy::imgui_memory in{memory};
              begin();
          }) == "alloy: Dear ImGui ran out of memory, and does not look whether it got any; give its allocator more memory\n");
}
