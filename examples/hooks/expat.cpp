/// Expat in an allocator of its own: a parser for each document, all of its memory under one tag.
#include <cstdio>
#include <string>

#include <expat.h>

#include <alloy/allocator.hpp>
#include <alloy/hooks/expat.hpp>
#include <alloy/policies.hpp>

// [parser]
struct xml_allocator : alloy::allocator<alloy::tagging::named<"xml">, alloy::budget::hard<4 * alloy::MiB>> {};

constinit xml_allocator xml_memory;

/// What was found in a document.
struct seen {
    int elements = 0, attributes = 0;
    std::size_t letters = 0;
};
static XML_Error parse(const std::string& text, seen& found) {
    XML_Parser parser = XML_ParserCreate_MM(nullptr, &alloy::expat_memory<xml_memory>, nullptr);
    if (!parser) return XML_ERROR_NO_MEMORY;
    XML_SetUserData(parser, &found);
    XML_SetStartElementHandler(parser, [](void* user, const XML_Char*, const XML_Char** attributes) {
        auto& in = *static_cast<seen*>(user);
        ++in.elements;
        for (; *attributes; attributes += 2) ++in.attributes;
    });
    XML_SetCharacterDataHandler(parser, [](void* user, const XML_Char*, int length) { static_cast<seen*>(user)->letters += static_cast<std::size_t>(length); });
    XML_Error error = XML_ERROR_NONE;
    if (XML_Parse(parser, text.data(), static_cast<int>(text.size()), 1) != XML_STATUS_OK) error = XML_GetErrorCode(parser);
    std::printf("%s: %zu bytes used, %zu held: %s\n", xml_memory.name(), xml_memory.used(), xml_memory.held(),
                error == XML_ERROR_NONE ? "parsed" : XML_ErrorString(error));
    XML_ParserFree(parser);
    return error;
}
// [/parser]

int main() {
    std::string text = "<catalogue>";
    for (int i = 0; i < 2000; ++i) {
        const std::string n = std::to_string(i);
        text += "<book number='" + n + "' a" + n + "='an attribute whose name is new'><title>Of books</title></book>";
    }
    seen good, bad, large;
    const bool parsed = parse(text + "</catalogue>", good) == XML_ERROR_NONE && good.elements == 4001 && good.attributes == 4000 && good.letters == 16000;
    const bool refused = parse(text, bad) == XML_ERROR_NO_ELEMENTS;  // the end is missing
    // One token that is larger than the budget.
    const bool ran_out = parse("<a b='" + std::string(8 << 20, 'x') + "'/>", large) == XML_ERROR_NO_MEMORY;
    std::printf("%s: %zu bytes used when all parsers are freed\n", xml_memory.name(), xml_memory.used());
    return parsed && refused && ran_out && xml_memory.used() == 0 ? 0 : 1;
}
