// Expat in an allocator: that it reports each refused request and gives everything back.
#include <algorithm>
#include <string>

#include <expat.h>

#include <alloy/allocator.hpp>
#include <alloy/checking/guarded.hpp>
#include <alloy/hooks/expat.hpp>
#include <alloy/policies.hpp>

#include "../support/catch.hpp"
#include "../support/upstreams.hpp"

namespace {

struct strict : alloy::allocator<test::strict_upstream> {};
struct fallible : alloy::allocator<test::strict_upstream, alloy::fallback::null> {};
struct bounded : alloy::allocator<test::strict_upstream, alloy::budget::hard<512 * alloy::KiB>> {};

struct guarded : alloy::allocator<test::strict_upstream, alloy::checking::guarded<>> {};

strict for_strict;
guarded for_guarded;
fallible for_fallible;
bounded for_bounded;

const std::string& text() {
    static const std::string made = [] {
        std::string t = "<!DOCTYPE all [<!ENTITY e 'an entity'><!ATTLIST row kind CDATA 'plain'>]><all xmlns:x='urn:x'>";
        for (int i = 0; i < 200; ++i) {
            const std::string n = std::to_string(i);
            t += "<row id='" + n + "' a" + n + "='" + std::string(static_cast<std::size_t>(i) * 20, 'v') + "'><x:cell>text &e; " + n + "</x:cell></row>";
        }
        return t + "</all>";
    }();
    return made;
}

template <auto& Memory>
XML_Error work() {
    XML_Parser parser = XML_ParserCreate_MM(nullptr, &alloy::expat_memory<Memory>, "|");
    if (!parser) return XML_ERROR_NO_MEMORY;
    int elements = 0;
    XML_SetUserData(parser, &elements);
    XML_SetStartElementHandler(parser, [](void* user, const XML_Char*, const XML_Char**) { ++*static_cast<int*>(user); });
    XML_Error error = XML_ERROR_NONE;
    for (std::size_t at = 0; at < text().size() && error == XML_ERROR_NONE; at += 1000) {
        const std::size_t piece = std::min<std::size_t>(1000, text().size() - at);
        if (XML_Parse(parser, text().data() + at, static_cast<int>(piece), at + piece == text().size()) != XML_STATUS_OK) error = XML_GetErrorCode(parser);
    }
    XML_ParserFree(parser);
    if (error == XML_ERROR_NONE) REQUIRE(elements == 401);
    return error;
}

template <auto& Memory>
void survives_refusals() {
    auto& upstream = Memory.upstream();
    upstream.refuse_at = 0;
    REQUIRE(work<Memory>() == XML_ERROR_NONE);
    REQUIRE(Memory.used() == 0);
    Memory.trim();
    upstream.requests = 0;
    REQUIRE(work<Memory>() == XML_ERROR_NONE);
    const std::size_t requests = upstream.requests;
    REQUIRE(requests > 5);
    std::size_t reported = 0;
    for (bool from_then_on : {false, true}) {
        for (std::size_t k = 1; k <= requests; ++k) {
            Memory.trim();
            upstream.requests = 0;
            upstream.refuse_at = k;
            upstream.refuse_on = from_then_on;
            const XML_Error error = work<Memory>();
            REQUIRE((error == XML_ERROR_NONE || error == XML_ERROR_NO_MEMORY));
            reported += error == XML_ERROR_NO_MEMORY;
            upstream.refuse_at = 0;
            REQUIRE(Memory.used() == 0);
            Memory.trim();
            REQUIRE(upstream.live() == 0);
            REQUIRE(upstream.wrong == 0);
        }
    }
    REQUIRE(reported > requests);
}

}  // namespace

TEST_CASE("Expat reports any request that upstream refuses", "[expat]") {
    SECTION("raise") { survives_refusals<for_strict>(); }
    SECTION("guarded") { survives_refusals<for_guarded>(); }
    SECTION("null") { survives_refusals<for_fallible>(); }
    SECTION("budget") { survives_refusals<for_bounded>(); }
}
