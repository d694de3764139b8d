/* SPDX-License-Identifier: MIT */
/* JSON (RFC 8259) read as the values that hold no others, each with the path that leads to it. */
#ifndef CAPAN_JSON_READER_H
#define CAPAN_JSON_READER_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

enum capan_json_type { CAPAN_JSON_STRING, CAPAN_JSON_NUMBER, CAPAN_JSON_TRUE, CAPAN_JSON_FALSE, CAPAN_JSON_NULL };

/* path: the names from the outermost object in, with dots between: "quantities.since.value"; the members of an array
 * have the array's. text: a string without its quotes and escapes, anything else as it is written; it lies in the text
 * that is read, or in scratch. */
struct capan_json_leaf {
    const char *path;
    enum capan_json_type type;
    struct capan_span text;
};
typedef void capan_json_take(void *context, const struct capan_json_leaf *leaf);

/* Hands out the leaves of the one value that text is, in order. scratch has room for text.len octets, and must stay as
 * long as the leaves' texts are used. False: malformed, nested more than 16 deep, or paths of more than 255 octets. */
CAPAN_API bool capan_json_walk(struct capan_span text, uint8_t *scratch, capan_json_take *take, void *context);

/* An integer without fraction and exponent that fits. */
CAPAN_API bool capan_json_integer(const struct capan_json_leaf *leaf, int64_t *number);

#ifdef __cplusplus
}
#endif

#endif
