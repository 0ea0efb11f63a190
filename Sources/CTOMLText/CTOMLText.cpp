// toml++ behind a C function: the library parses, and nothing of C++ is seen from outside.

#include "CTOMLText.h"

#include <cstring>
#include <string>

// toml++ 3.3 asserts what a damaged document can make false (a line that begins with a stray character
// within a table's header), and with NDEBUG lets the compiler assume it, which is undefined. The code
// behind those assertions reports the error by itself; the fuzz target of the configuration holds that.
#undef NDEBUG
#define TOML_ASSERT(expression) static_cast<void>(0)
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
// Values within one another: what is parsed by recursion must fit the stack of any thread.
#define TOML_MAX_NESTED_VALUES 8
#include <toml++/toml.h>

namespace {

bool is_bare(std::string_view key) {
    for (char c : key) {
        if (!(('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') ||
              c == '_' || c == '-'))
            return false;
    }
    return !key.empty();
}

void visit(const toml::table &table, const std::string &prefix, ctoml_visitor visitor,
           void *context) {
    for (auto &&[key, node] : table) {
        std::string path = prefix;
        if (!path.empty()) path += '.';
        path += is_bare(key.str()) ? std::string(key.str()) : '"' + std::string(key.str()) + '"';
        ctoml_value value = {};
        value.path = path.data();
        value.path_length = path.size();
        value.line = node.source().begin.line;
        value.column = node.source().begin.column;
        if (auto text = node.as_string()) {
            value.kind = ctoml_string;
            value.text = text->get().data();
            value.text_length = text->get().size();
        } else if (auto integer = node.as_integer()) {
            value.kind = ctoml_integer;
            value.integer = integer->get();
        } else if (auto boolean = node.as_boolean()) {
            value.kind = ctoml_boolean;
            value.integer = boolean->get() ? 1 : 0;
        } else if (node.is_floating_point()) {
            value.kind = ctoml_real;
        } else if (node.is_array()) {
            value.kind = ctoml_array;
        } else if (node.is_table()) {
            value.kind = ctoml_table;
        } else {
            value.kind = ctoml_date;
        }
        visitor(context, &value);
        if (auto inner = node.as_table()) visit(*inner, path, visitor, context);
    }
}

}  // namespace

int32_t ctoml_read(const char *text, size_t length, ctoml_visitor visitor, void *context,
                   ctoml_failure *failure) {
    toml::parse_result result = toml::parse(std::string_view(text, length));
    if (!result) {
        const toml::parse_error &error = result.error();
        failure->line = error.source().begin.line;
        failure->column = error.source().begin.column;
        std::string_view message = error.description();
        size_t count = message.size() < sizeof(failure->message) - 1
                           ? message.size()
                           : sizeof(failure->message) - 1;
        std::memcpy(failure->message, message.data(), count);
        failure->message[count] = 0;
        return 0;
    }
    visit(result.table(), "", visitor, context);
    return 1;
}
