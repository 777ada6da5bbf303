/// Classes whose `new` goes to a pool of their own, without a change where objects are made.
#include <cstdio>
#include <memory>
#include <vector>

#include <alloy/adaptors/class_new.hpp>
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>

// [class]
struct scene_allocator : alloy::allocator<alloy::tagging::named<"scene">> {};
constinit alloy::never_destroyed<scene_allocator> scene_memory;

struct node : alloy::new_from<scene_memory> {  // and all that derives from it
    virtual ~node() = default;
    virtual int triangles() const { return 0; }
};
struct mesh : node {
    explicit mesh(int n) : count(n) {}
    int triangles() const override { return count; }
    int count;
    float transform[16]{};
};
// [/class]

int main() {
    std::vector<std::unique_ptr<node>> scene;
    for (int i = 0; i < 10; ++i) scene.push_back(std::make_unique<mesh>(i));  // plain new inside
    scene.emplace_back(new node);
    int triangles = 0;
    for (const auto& n : scene) triangles += n->triangles();
    const std::size_t used = scene_memory->used();
    std::printf("%s: %zu bytes for 10 meshes of %zu bytes and a node of %zu\n", scene_memory->name(), used, sizeof(mesh), sizeof(node));
    scene.clear();
    std::printf("%s: %zu bytes when they are deleted, each with the size of what it was\n", scene_memory->name(), scene_memory->used());
    return triangles == 45 && used >= 10 * sizeof(mesh) + sizeof(node) && scene_memory->used() == 0 ? 0 : 1;
}
