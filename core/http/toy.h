/* SPDX-License-Identifier: MIT */
/* Compressions that compress nothing, for tests that need no library. A field section is text, a line "name:value\n"
 * for each field. In QPACK's an octet stands before it: how many insertions it needs; an octet of the encoder's stream
 * is one insertion, 0xff damage. */
#ifndef TOY_H
#define TOY_H

#include "alloc.h"
#include "bytes.h"
#include "capan/http.h"

struct toy {
    const struct capan_alloc *alloc;
    uint64_t insertions;
};

static inline void *toy_open(const struct capan_alloc *alloc) {
    struct toy *toy = capan_new(alloc, sizeof *toy);
    if (toy) toy->alloc = alloc;
    return toy;
}

static inline void *toy_open_table(const struct capan_alloc *alloc, uint64_t capacity) {
    (void)capacity;
    return toy_open(alloc);
}

static inline void toy_close(void *state) {
    struct toy *toy = state;
    capan_delete(toy->alloc, toy, sizeof *toy);
}

/* How many octets come before this one, or all. */
static inline size_t toy_before(struct capan_span octets, uint8_t octet) {
    const uint8_t *at = octets.len ? memchr(octets.at, octet, octets.len) : NULL;
    return at ? (size_t)(at - octets.at) : octets.len;
}

/* A name may begin with a colon. */
static inline enum capan_hpack_reading toy_read(void *state, struct capan_span section, size_t limit,
                                                capan_http_line *line, void *context) {
    (void)state;
    if (section.len > limit) return CAPAN_HPACK_UNREADABLE;
    while (section.len) {
        struct capan_span rest = span_take(&section, toy_before(section, '\n'));
        size_t name_len = rest.len ? 1 + toy_before(span_cut(rest, 1, SIZE_MAX), ':') : 0;
        struct capan_span name = span_take(&rest, name_len);
        span_take(&rest, 1);
        span_take(&section, 1);
        if (!line(context, name, rest)) return CAPAN_HPACK_UNREADABLE;
    }
    return CAPAN_HPACK_READ;
}

static inline bool toy_instruct(void *state, struct capan_span octets) {
    struct toy *toy = state;
    toy->insertions += octets.len;
    return toy_before(octets, 0xff) == octets.len;
}

static inline uint64_t toy_insertions(const void *state) {
    return ((const struct toy *)state)->insertions;
}

static inline enum capan_qpack_reading toy_read_table(void *state, int64_t stream, struct capan_span section,
                                                      size_t limit, capan_http_line *line, void *context,
                                                      uint64_t *required) {
    (void)stream;
    *required = section.len ? *span_take(&section, 1).at : 0;
    if (*required > toy_insertions(state)) return CAPAN_QPACK_BLOCKED;
    bool read = toy_read(state, section, limit, line, context) == CAPAN_HPACK_READ;
    return read ? CAPAN_QPACK_READ : CAPAN_QPACK_UNREADABLE;
}

static const struct capan_hpack toy_hpack = {toy_open, toy_close, toy_read};
static const struct capan_qpack toy_qpack = {toy_open_table, toy_close, toy_instruct, toy_insertions, toy_read_table};

#endif
