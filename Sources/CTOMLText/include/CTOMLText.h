#ifndef CTOMLTEXT_H
#define CTOMLTEXT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// What a key stands for.
enum {
    ctoml_table,
    ctoml_array,
    ctoml_string,
    ctoml_integer,
    ctoml_real,
    ctoml_boolean,
    ctoml_date
};

// One key of a document. The pointers are valid during the call of the visitor.
typedef struct {
    int32_t kind;
    // The keys on the way, joined by points; a key that is not bare stands in quotes.
    const char *path;
    size_t path_length;
    // The content of a string.
    const char *text;
    size_t text_length;
    // An integer; a boolean as 0 or 1.
    int64_t integer;
    // Where the value stands, from 1.
    uint32_t line;
    uint32_t column;
} ctoml_value;

typedef void (*ctoml_visitor)(void *context, const ctoml_value *value);

// What is wrong with a document; the message is terminated, and cut when it is long.
typedef struct {
    uint32_t line;
    uint32_t column;
    char message[256];
} ctoml_failure;

// Reads a TOML document and visits its keys, tables before their content. Returns 1, or 0 with
// the failure filled in and nothing visited.
int32_t ctoml_read(const char *text, size_t length, ctoml_visitor visitor, void *context,
                   ctoml_failure *failure);

#ifdef __cplusplus
}
#endif

#endif
