/// A builder whose parts grow in a frame; build() copies out what lasts, once, in just the room it needs.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <span>
#include <type_traits>

#include <alloy/allocator.hpp>
#include <alloy/containers.hpp>

struct vertex {
    float x, y, z;
};

// [mesh]
struct mesh_memory : alloy::allocator<> {};

/// What lasts owns its memory; nothing that lies in a frame can become part of it.
struct mesh {
    alloy::pool_ptr<vertex[], mesh_memory> vertices;
    alloy::pool_ptr<std::uint32_t[], mesh_memory> indices;
};
static_assert(!std::is_constructible_v<mesh, alloy::frame_vector<vertex>, alloy::frame_vector<std::uint32_t>>);
static_assert(!std::is_move_constructible_v<mesh_memory::frame_type>);  // a frame cannot leave the scope that ends it
// [/mesh]

// [builder]
class mesh_builder {
public:
    explicit mesh_builder(alloy::frame_ref frame) : vertices_(frame), indices_(frame) {}
    mesh_builder& triangle(vertex a, vertex b, vertex c) {
        for (const vertex& v : {a, b, c}) {
            indices_.push_back(static_cast<std::uint32_t>(vertices_.size()));
            vertices_.push_back(v);
        }
        return *this;
    }
    alloy::result<vertex*> try_vertex(vertex v) { return alloy::try_push_back(vertices_, v); }
    mesh build(mesh_memory& memory) const { return {copied(memory, vertices_), copied(memory, indices_)}; }

private:
    template <class T>
    static alloy::pool_ptr<T[], mesh_memory> copied(mesh_memory& memory, const alloy::frame_vector<T>& from) {
        alloy::pool_ptr<T[], mesh_memory> to = memory.make_pooled<T[]>(from.size());
        std::copy(from.begin(), from.end(), to.begin());
        return to;
    }
    alloy::frame_vector<vertex> vertices_;
    alloy::frame_vector<std::uint32_t> indices_;
};
// [/builder]

int main() {
    mesh_memory memory;
    bool good = true;
    {
        // [use]
        mesh built;
        {
            auto frame = memory.frame();
            mesh_builder builder(frame);
            for (int i = 0; i < 200; ++i) {
                const auto at = static_cast<float>(i);
                builder.triangle({at, 0, 0}, {at, 1, 0}, {at, 0, 1});
            }
            built = builder.build(memory);
        }  // the builder's arrays, and those that they outgrew, are gone
        // [/use]
        const std::size_t kept = memory.used();
        std::printf("%zu vertices, %zu indices in %zu bytes\n", built.vertices.size(), built.indices.size(), kept);
        good = built.vertices.size() == 600 && built.indices.size() == 600 && built.vertices[599].z == 1 && built.indices[599] == 599;
        good = good && kept >= 600 * (sizeof(vertex) + 4) && kept < 600 * (sizeof(vertex) + 4) + 1024;

        // [late]
        auto frame = memory.frame();
        mesh_builder late(frame);
        frame.end();
        const auto refused = late.try_vertex({0, 0, 0});  // a builder that outlived its frame is told so
        good = good && !refused && refused.error().reason == alloy::refusal::frame_closed;
        // [/late]
    }
    return good && memory.used() == 0 ? 0 : 1;
}
