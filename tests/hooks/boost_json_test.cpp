/// Boost.JSON over a frame and over a pool: where values lie, what is given back, what happens when there is no memory.
#include <new>
#include <string>
#include <type_traits>
#include <utility>

#include <boost/json.hpp>

#include <alloy/allocator.hpp>
#include <alloy/hooks/boost_json.hpp>
#include <alloy/policies.hpp>

#include "../support/catch.hpp"
#include "../support/upstreams.hpp"

namespace {

struct mine : alloy::allocator<> {};
struct nobody : alloy::allocator<alloy::fallback::null, alloy::budget::hard<0>> {};
namespace json = boost::json;

const char* const document = R"({"name": "a string that is too long for a value alone", "list": [1, 2.5, null, true, {"deep": [[[]]]}], "n": -7})";

/// A document of some depth and size.
std::string large() {
    std::string text = "[";
    for (int i = 0; i < 500; ++i) text += (i ? "," : "") + std::string(document);
    return text + "]";
}

}  // namespace

TEST_CASE("a document in a frame is what it is elsewhere, and goes with the frame") {
    mine memory;
    const std::string text = large();
    {
        auto frame = memory.frame();
        alloy::json_frame_resource resource(frame);
        const json::storage_ptr storage(&resource);
        CHECK(storage.is_deallocate_trivial());
        CHECK_FALSE(storage.is_shared());
        const json::value in_frame = json::parse(text, storage);
        CHECK(in_frame.storage().get() == &resource);
        CHECK(in_frame.at(499).at("list").storage().get() == &resource);
        CHECK(in_frame == json::parse(text));
        CHECK(json::serialize(in_frame) == json::serialize(json::parse(text)));
        CHECK(memory.used() > 500 * 50);
    }
    CHECK(memory.used() == 0);
}

TEST_CASE("values in a frame may be made with it, and the frame's own destructors find them") {
    mine memory;
    auto frame = memory.frame();
    alloy::json_frame_resource& resource = *frame.make<alloy::json_frame_resource>(frame);
    auto& kept = *frame.make<json::value>(json::parse(document, &resource));
    kept.as_object()["more"] = json::value({1, 2, 3}, &resource);
    CHECK(kept.at("more").as_array().size() == 3);
    CHECK(kept.at("n").as_int64() == -7);
}

TEST_CASE("a document in a pool gives back what it drops, and everything at its end") {
    mine memory;
    {
        alloy::json_resource resource(memory);
        const json::storage_ptr storage(&resource);
        CHECK_FALSE(storage.is_deallocate_trivial());
        json::value v = json::parse(large(), storage);
        const std::size_t all = memory.used();
        CHECK(all > 500 * 50);
        v.as_array().erase(v.as_array().begin() + 10, v.as_array().end());
        CHECK(memory.used() < all);
        v.at(0).as_object()["added"] = std::string(2000, 'x');
        CHECK(v.at(0).at("added").storage().get() == &resource);
        const json::value copy(v);  // where its source is, as Boost.JSON has it
        CHECK(copy.storage().get() == &resource);
        json::value elsewhere(v, json::storage_ptr());
        CHECK(elsewhere.storage().get() != &resource);
        const json::value back(std::move(elsewhere), storage);  // element by element
        CHECK(back.at(0).storage().get() == &resource);
        CHECK(back == copy);
    }
    CHECK(memory.used() == 0);
}

TEST_CASE("resources are equal where their memory is") {
    mine a, b;
    const alloy::json_resource one(a), same(a), other(b);
    CHECK(one == same);
    CHECK(one != other);
    auto frame = a.frame();
    const alloy::json_frame_resource in_frame(frame), also(frame);
    CHECK(in_frame == also);
    CHECK_FALSE(in_frame.is_equal(one));
}

TEST_CASE("where there is no memory, parsing throws and nothing is lost, however far it came") {
    nobody none;
    alloy::json_resource resource(none);
    CHECK_THROWS_AS(json::parse(document, &resource), std::bad_alloc);
    struct little : alloy::allocator<alloy::budget::hard<160 * alloy::KiB>> {};
    little memory;
    alloy::json_resource scarce(memory);
    CHECK_THROWS_AS(json::parse(large(), &scarce), std::bad_alloc);
    CHECK(memory.used() == 0);
    CHECK(json::parse(document, &scarce).at("n").as_int64() == -7);
    {
        auto frame = memory.frame();
        alloy::json_frame_resource in_frame(frame);
        CHECK_THROWS_AS(json::parse(large(), &in_frame), std::bad_alloc);
    }
    CHECK(memory.used() == 0);
}

using heap_alone = alloy::allocator<test::strict_upstream, alloy::lifetime::heap>;  // each request is one of upstream
using fallible = alloy::allocator<test::strict_upstream, alloy::growth::linear<8 * alloy::KiB>, alloy::fallback::null>;

/// Parses a document into the resource, changes it and writes it. The length of what was written.
static std::size_t work(boost::json::storage_ptr storage, const std::string& text) {
    json::value v = json::parse(text, storage);
    auto& all = v.as_array();
    all.erase(all.begin());
    all.emplace_back(std::string(100, 'x'));
    all[0].as_object()["more"] = json::value({1, 2, {{"three", 4}}}, storage);
    json::value copy(v, storage);
    copy.as_array().emplace_back(v.at(0));
    return json::serialize(copy).size();
}
static std::string several(int n) {
    std::string text = "[";
    for (int i = 0; i < n; ++i) text += (i ? "," : "") + std::string(document);
    return text + "]";
}

TEMPLATE_TEST_CASE("whichever request upstream refuses, parsing and changing throw, and everything goes back", "", heap_alone, fallible) {
    const std::string text = several(std::is_same_v<TestType, heap_alone> ? 5 : 200);
    std::size_t requests = 0, written = 0;
    {
        TestType memory;
        alloy::json_resource resource(memory);
        written = work(&resource, text);
        requests = memory.upstream().requests;
        REQUIRE(requests > 4);
    }
    for (const bool from_then_on : {false, true})
        for (std::size_t k = 1; k <= requests; ++k) {
            TestType memory;  // its upstream ends the program where anything is missing
            alloy::json_resource resource(memory);
            memory.upstream().refuse_at = k;
            memory.upstream().refuse_on = from_then_on;
            bool refused = false;
            try {
                static_cast<void>(work(&resource, text));
            } catch (const std::bad_alloc&) {
                refused = true;
            }
            REQUIRE((refused || !from_then_on));
            REQUIRE(memory.used() == 0);
            memory.upstream().refuse_at = 0;
            REQUIRE(work(&resource, text) == written);
        }
}

TEST_CASE("a frame gives back what a document that could not be made took of it, whichever request is refused") {
    const std::string text = several(200);
    std::size_t requests = 0;
    for (std::size_t k = 0; k <= requests; ++k) {
        fallible memory;
        memory.upstream().refuse_at = k;
        memory.upstream().refuse_on = true;
        bool refused = false;
        {
            auto frame = memory.frame();
            alloy::json_frame_resource resource(frame);
            try {
                static_cast<void>(json::serialize(json::parse(text, &resource)));  // no copies: see docs/libraries.md
            } catch (const std::bad_alloc&) {
                refused = true;
            }
        }
        if (k == 0) requests = memory.upstream().requests;
        REQUIRE(requests > 2);
        REQUIRE(refused == (k > 0));
        REQUIRE(memory.used() == 0);
        memory.trim();
        REQUIRE(memory.upstream().live() == 0);
    }
}
