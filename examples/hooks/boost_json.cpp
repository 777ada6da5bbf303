/// Boost.JSON documents in Alloy's memory: one that is looked at and forgotten lies in a frame, one that is kept in a pool.
#include <cstdint>
#include <cstdio>
#include <string_view>

#include <boost/json.hpp>

#include <alloy/allocator.hpp>
#include <alloy/hooks/boost_json.hpp>

static constexpr std::string_view order =
    R"({"customer": "a name that is too long for a value alone", "items": [{"id": 7, "price": 120}, {"id": 9, "price": 45}], "paid": true})";

// [frame]
/// What an order costs. The document lies in a frame: nothing of it is freed one by one, and all of it when the frame ends.
static std::int64_t total(alloy::frame_ref frame, std::string_view text) {
    alloy::json_frame_resource resource(frame);
    const boost::json::value document = boost::json::parse({text.data(), text.size()}, &resource);
    std::int64_t sum = 0;
    for (const auto& item : document.at("items").as_array()) sum += item.at("price").as_int64();
    return sum;
}
// [/frame]

int main() {
    struct json_allocator : alloy::allocator<> {};
    json_allocator memory;
    std::int64_t sum = 0;
    std::size_t in_frame = 0;
    {
        auto frame = memory.frame();
        sum = total(frame, order);
        in_frame = memory.used();
    }
    std::printf("the order costs %lld; its document took %zu bytes of the frame, %zu are left\n", static_cast<long long>(sum), in_frame, memory.used());

    // [pool]
    alloy::json_resource resource(memory);
    boost::json::value settings(&resource);  // kept, and changed while it is
    settings = boost::json::parse(R"({"volume": 7, "keys": ["w", "a", "s", "d"]})", &resource);
    settings.as_object()["name"] = "a string that needs memory of its own";
    settings.at("keys").as_array().emplace_back("space");
    // [/pool]
    std::printf("settings: %zu bytes in the pool and heap\n", memory.used());
    return sum == 165 && in_frame > 200 && settings.at("keys").as_array().size() == 5 && memory.used() > 0 ? 0 : 1;
}
