/// RapidJSON in Alloy's memory: a document in a frame, gone with it, and one in the pool and heap, edited and given back value by value.
#include <cstdio>
#include <string>

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <alloy/allocator.hpp>
#include <alloy/hooks/rapidjson.hpp>
#include <alloy/policies.hpp>

struct json_allocator : alloy::allocator<alloy::tagging::named<"json">> {};

// [frame]
using frame_document = rapidjson::GenericDocument<rapidjson::UTF8<>, alloy::rapidjson_frame, alloy::rapidjson_frame>;

/// The sum of all prices. The document needs no destructor, since its frame ends.
static double total(json_allocator& memory, const char* text) {
    auto frame = memory.frame();
    alloy::rapidjson_frame json{frame};
    frame_document document{&json, 1024, &json};  // values and the parser's stack
    double sum = -1;
    if (!document.Parse(text).HasParseError()) {
        sum = 0;
        for (const auto& order : document["orders"].GetArray()) sum += order["price"].GetDouble();
    }
    std::printf("%s: %zu bytes used in the frame\n", memory.name(), memory.used());
    return sum;
}
// [/frame]

// [objects]
using json_objects = alloy::rapidjson_objects<json_allocator>;
using kept_document = rapidjson::GenericDocument<rapidjson::UTF8<>, json_objects, json_objects>;

/// A document that lives long: what is replaced or removed goes back at once.
static bool edit(json_allocator& memory) {
    json_objects json{memory};
    kept_document document{&json, 1024, &json};
    document.SetObject();
    for (int day = 0; day < 365; ++day) {
        kept_document::ValueType text(("a forecast that is long enough for memory of its own, for day " + std::to_string(day)).c_str(), json);
        document.RemoveMember("forecast");
        document.AddMember("forecast", text, json);
    }
    std::printf("%s: %zu bytes used by one forecast\n", memory.name(), memory.used());
    return std::string(document["forecast"].GetString()).ends_with("364") && memory.used() < 4096;
}
// [/objects]

int main() {
    json_allocator memory;
    rapidjson::StringBuffer text;
    rapidjson::Writer<rapidjson::StringBuffer> writer(text);
    writer.StartObject();
    writer.Key("orders");
    writer.StartArray();
    for (int i = 0; i < 10000; ++i) {
        writer.StartObject();
        writer.Key("name");
        writer.String(("an article whose name is not short, number " + std::to_string(i)).c_str());
        writer.Key("price");
        writer.Double(i * 0.5);
        writer.EndObject();
    }
    writer.EndArray();
    writer.EndObject();

    const bool summed = total(memory, text.GetString()) == 24997500.0;
    const bool refused = total(memory, "{\"orders\": [1, 2") == -1;
    const bool edited = edit(memory);
    return summed && refused && edited && memory.used() == 0 ? 0 : 1;
}
