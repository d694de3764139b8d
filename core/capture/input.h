/* SPDX-License-Identifier: MIT */
/* The octets of a capture: from a file, a pipe or standard input, gzip undone (RFC 1952), known by its magic number. */
#ifndef INPUT_H
#define INPUT_H

#include "capan/base.h"

#define CAPAN_MESSAGE 256

struct capan_inflater;

/* [at, end) is in memory and waits to be read. Owned by the caller: open, then close. */
struct capan_input {
    const uint8_t *at, *end;
    uint64_t position;       /* of at, counted after gzip was undone */
    uint64_t consumed, size; /* octets taken from the file as it lies on the disk, and its size or 0 */
    uint8_t *buffer;
    size_t capacity;
    int file;
    bool owned, ended;
    enum capan_result stopped;   /* why no more octets come: CAPAN_END, CAPAN_TRUNCATED, CAPAN_DAMAGED, CAPAN_IO, ... */
    const char *reason;          /* the same for people */
    struct capan_inflater *gzip; /* NULL for plain octets */
    const struct capan_alloc *alloc;
};

/* path, or "-" for standard input. CAPAN_IO, CAPAN_NO_MEMORY; message says why. */
enum capan_result capan_input_open(struct capan_input *input, const char *path, const struct capan_alloc *alloc,
                                   char message[CAPAN_MESSAGE]);
void capan_input_close(struct capan_input *input);

/* Brings at least len octets into memory. False when there are fewer; stopped and reason then say why. Spans handed out
 * before are void. */
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
