// RapidJSON in frames and in the pool and heap: what its concept asks for, and that running out throws and loses nothing for good.
#include <cstring>
#include <new>
#include <string>

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <alloy/allocator.hpp>
#include <alloy/checking/guarded.hpp>
#include <alloy/hooks/rapidjson.hpp>
#include <alloy/policies.hpp>

#include "../support/catch.hpp"
#include "../support/death.hpp"
#include "../support/upstreams.hpp"

namespace {

using strict = alloy::allocator<test::strict_upstream, alloy::growth::linear<8 * alloy::KiB>>;  // many requests
using fallible = alloy::allocator<test::strict_upstream, alloy::growth::linear<8 * alloy::KiB>, alloy::fallback::null>;
using guarded = alloy::allocator<test::strict_upstream, alloy::growth::linear<8 * alloy::KiB>, alloy::checking::guarded<>>;
using counted = alloy::allocator<test::strict_upstream, alloy::threading::spin_locked, alloy::tracking::boundary_metrics>;

const std::string& text() {
    static const std::string made = [] {
        std::string t = "{\"rows\": [";
        for (int i = 0; i < 500; ++i) {
            const std::string n = std::to_string(i);
            t += (i ? ", " : "") + ("{\"id\": " + n) + ", \"name\": \"a name that is too long for its value " + n + "\", \"tags\": [true, null, 1.5]}";
        }
        return t + "], \"last\": \"one\"}";
    }();
    return made;
}

/// Parses, changes and writes a document.
template <class Json>
std::size_t work(Json& json) {
    rapidjson::GenericDocument<rapidjson::UTF8<>, Json, Json> document{&json, 256, &json};
    const bool parsed = !document.Parse(text().c_str()).HasParseError();  // not in REQUIRE, which would take the exception for a failure
    REQUIRE(parsed);
    REQUIRE(document["rows"].Size() == 500);
    REQUIRE(std::strcmp(document["rows"][499]["name"].GetString(), "a name that is too long for its value 499") == 0);
    document["rows"].PopBack();
    document["rows"].Erase(document["rows"].Begin(), document["rows"].Begin() + 10);
    document.AddMember("more", "a value that is too long to be kept inside, once more", json);
    document["last"].SetString("something else that is too long to be kept inside", json);
    rapidjson::GenericStringBuffer<rapidjson::UTF8<>, Json> out{&json};
    rapidjson::Writer<decltype(out), rapidjson::UTF8<>, rapidjson::UTF8<>, Json> writer{out, &json};
    const bool written = document.Accept(writer);
    REQUIRE(written);
    return std::string(out.GetString(), out.GetSize()).size();
}
template <class Memory>
std::size_t in_frame(Memory& memory) {
    auto frame = memory.frame();
    alloy::rapidjson_frame json{frame};
    return work(json);
}
template <class Memory>
std::size_t in_objects(Memory& memory) {
    alloy::rapidjson_objects<Memory> json{memory};
    return work(json);
}

}  // namespace

TEMPLATE_TEST_CASE("running out throws, and the frame's end gives everything back", "[rapidjson]", strict, fallible, guarded, counted) {
    std::size_t requests = 0;
    {
        TestType memory;
        REQUIRE(in_frame(memory) > 10000);
        requests = memory.upstream().requests;
        REQUIRE(requests > 2);
    }
    for (bool from_then_on : {false, true}) {
        for (std::size_t k = 1; k <= requests; ++k) {
            TestType memory;
            memory.upstream().refuse_at = k;
            memory.upstream().refuse_on = from_then_on;
            bool refused = false;
            try {
                static_cast<void>(in_frame(memory));
            } catch (const std::bad_alloc&) {
                refused = true;
            }
            REQUIRE((refused || !from_then_on));
            REQUIRE(memory.used() == 0);
            memory.trim();
            REQUIRE(memory.upstream().live() == 0);
            REQUIRE(memory.upstream().wrong == 0);
        }
    }
}

TEMPLATE_TEST_CASE("running out throws, and the allocator's end gives everything back", "[rapidjson]", strict, fallible, counted) {
    std::size_t requests = 0;
    {
        TestType memory;
        REQUIRE(in_objects(memory) > 10000);
        REQUIRE(memory.used() == 0);
        requests = memory.upstream().requests;
        REQUIRE(requests > 2);
    }
    for (bool from_then_on : {false, true}) {
        for (std::size_t k = 1; k <= requests; ++k) {
            TestType memory;  // its upstream ends the program where anything is missing
            memory.upstream().refuse_at = k;
            memory.upstream().refuse_on = from_then_on;
            bool refused = false;
            try {
                static_cast<void>(in_objects(memory));
            } catch (const std::bad_alloc&) {
                refused = true;
            }
            REQUIRE((refused || !from_then_on));
            REQUIRE(memory.held() == memory.upstream().live_bytes());
            memory.upstream().refuse_at = 0;
            REQUIRE(in_objects(memory) > 10000);
        }
    }
}

TEST_CASE("a document in the pool and heap gives back exactly what it took", "[rapidjson]") {
    guarded memory;  // ends the program at a wrong size, and at a leak
    REQUIRE(in_objects(memory) > 10000);
    REQUIRE(memory.used() == 0);
}

TEST_CASE("a frame's last block grows where it stands", "[rapidjson]") {
    alloy::allocator<> memory;
    auto frame = memory.frame();
    alloy::rapidjson_frame json{frame};
    REQUIRE(json.Malloc(0) == nullptr);
    auto* first = static_cast<char*>(json.Malloc(100));
    first[99] = 'a';
    REQUIRE(json.Realloc(first, 100, 1000) == first);
    REQUIRE(json.Realloc(first, 1000, 50) == first);
    void* second = json.Malloc(8);
    REQUIRE(json.Realloc(first, 50, 20) == first);
    first[19] = 'b';
    auto* moved = static_cast<char*>(json.Realloc(first, 20, 60));
    REQUIRE(moved != first);
    REQUIRE(moved[19] == 'b');
    REQUIRE(second < static_cast<void*>(moved));
    REQUIRE(json.Realloc(moved, 60, 0) == nullptr);
    REQUIRE(json.Realloc(nullptr, 0, 10) != nullptr);
}

TEST_CASE("a value goes back to the allocator that it came from", "[rapidjson]") {
    using memory_type = alloy::allocator<>;
    using json_type = alloy::rapidjson_objects<memory_type>;
    memory_type one, other;
    json_type from_one{one}, from_other{other};
    {
        using document_type = rapidjson::GenericDocument<rapidjson::UTF8<>, json_type, json_type>;
        document_type a{&from_one, 64, &from_one};
        a.SetArray();
        {
            document_type b{&from_other, 64, &from_other};
            b.SetString("a string that is too long to be kept inside its value", from_other);
            a.PushBack(b.Move(), from_one);
        }
        REQUIRE(one.used() > 0);
        REQUIRE(other.used() > 0);
        REQUIRE(a[0].GetStringLength() == 53);
    }
    REQUIRE(one.used() == 0);
    REQUIRE(other.used() == 0);
    REQUIRE(from_one.Malloc(0) == nullptr);
    REQUIRE_THROWS_AS(from_one.Malloc(SIZE_MAX), std::bad_alloc);
    json_type::Free(nullptr);
}

TEST_CASE("a document made without its memory says so", "[rapidjson]") {
    const auto said = test::dying_words([] { rapidjson::GenericDocument<rapidjson::UTF8<>, alloy::rapidjson_frame> document; });
    REQUIRE(said.find("a RapidJSON document, value or stack was made without its memory") != std::string::npos);
}
