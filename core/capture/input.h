/* SPDX-License-Identifier: MIT */
/* The octets of a capture, so many at a time as a record has. */
#ifndef INPUT_H
#define INPUT_H

#include "unpack.h"

#define CAPAN_MESSAGE 256

/* Small enough to stay in the second-level cache until it has been decoded. Mapping the file instead was
 * measured: all of capan takes as long or a little longer with it (the octets come into the cache one miss at a time),
 * and a file that is cut meanwhile would end the process. */
#define CAPAN_INPUT_BLOCK ((size_t)256 * 1024)

/* Who keeps octets in use beyond the next fill has buffers changed rather than used again. */
struct capan_buffers {
    /* A buffer of at least *capacity octets in place of one that is full, which the owner of this object frees; it
     * begins with what waits in the full one. *capacity becomes what it has. NULL: there is none, and no more is to be
     * read. */
    uint8_t *(*change)(void *context, uint8_t *full, size_t full_capacity, struct capan_span waits, size_t *capacity);
    void (*retire)(void *context, uint8_t *buffer, size_t capacity); /* one in place of which none is needed */
    void *context;
};

/* [at, end) is in memory and waits to be read. Owned by the caller: open, then close. */
struct capan_input {
    const uint8_t *at, *end;
    uint64_t position; /* of at, counted after compression was undone */
    uint8_t *buffer;
    size_t capacity;
    const struct capan_buffers *buffers; /* NULL: the buffer is used again */
    struct capan_file file;
    struct capan_unpacker *unpacker; /* NULL: the octets are plain */
    const struct capan_alloc *alloc;
};

/* path, or "-" for standard input; stop as in struct capan_file. CAPAN_IO, CAPAN_NO_MEMORY; message says why. */
enum capan_result capan_input_open(struct capan_input *input, const char *path, int stop,
                                   const struct capan_alloc *alloc, char message[CAPAN_MESSAGE]);
void capan_input_close(struct capan_input *input);

/* Brings at least len octets into memory. False when there are fewer; file.stopped and file.reason then say why. Spans
 * handed out before are void, unless buffers are changed. */
bool capan_input_fill(struct capan_input *input, size_t len);

/* len octets, or NULL when there are fewer. */
static inline const uint8_t *input_peek(struct capan_input *input, size_t len) {
    if ((size_t)(input->end - input->at) >= len || capan_input_fill(input, len)) return input->at;
    return NULL;
}

/* Moves over octets that were peeked at. */
static inline void input_skip(struct capan_input *input, size_t len) {
    input->at += len;
    input->position += len;
}

/* Passes over len octets without holding them. False when there are fewer. */
bool capan_input_pass(struct capan_input *input, uint64_t len);

#endif
