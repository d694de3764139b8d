/* SPDX-License-Identifier: MIT */
/* The field lines of a message that outlive it: what a verdict looks at and prints. */
#ifndef KEPT_H
#define KEPT_H

#include <assert.h>

#include "arena.h"
#include "field.h"

struct capan_kept {
    struct capan_http_field
        *fields;      /* names in lower case, values as received; of Authorization only that it was there */
    uint8_t *numbers; /* enum capan_field of each */
    size_t count;
    uint16_t first[CAPAN_FIELD_COUNT]; /* one more than the index of a name's first line; 0 none */
    uint64_t repeated;                 /* one bit per name that has more than one line */
    struct capan_http_field *all;      /* of a request: every line, names as received; any may select a variant */
    size_t all_count;
    struct capan_span host; /* of a request: its first Host */
    bool cut;               /* lines are missing: too many or too large */
};

/* Copies what is kept of a message into the arena. */
void capan_keep(struct capan_kept *, struct capan_arena *, bool request, const struct capan_http_field *fields,
                size_t count);

/* Copies all lines of a message, as received, into the arena: the first ones, as far as the limits of what is kept go.
 * Returns how many; *lines is NULL when none are. */
size_t capan_keep_lines(struct capan_arena *, const struct capan_http_field *fields, size_t count,
                        const struct capan_http_field **lines);

static inline bool capan_kept_has(const struct capan_kept *kept, enum capan_field number) {
    return kept->first[number] > 0;
}
static_assert(CAPAN_FIELD_COUNT <= 64, "one bit each");
static inline bool capan_kept_repeats(const struct capan_kept *kept, enum capan_field number) {
    return kept->repeated >> number & 1;
}
/* The lines from the first of that name on: for the walks of etag.h and field.h. NULL when there is none. */
static inline const struct capan_http_field *capan_kept_from(const struct capan_kept *kept, enum capan_field number,
                                                             size_t *count) {
    size_t first = kept->first[number];
    *count = first ? kept->count - (first - 1) : 0;
    return first ? kept->fields + (first - 1) : NULL;
}
/* The value of the first line of that name; empty when there is none. */
struct capan_span capan_kept_value(const struct capan_kept *, enum capan_field number);
/* The value of the next line of that name; start with *at = 0. */
bool capan_kept_next(const struct capan_kept *, enum capan_field number, size_t *at, struct capan_span *value);

#endif
