/* SPDX-License-Identifier: MIT */
#include "input.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "bytes.h"

/* Takes buffer, in which the octets that wait lie first. */
static void use(struct capan_input *input, uint8_t *buffer, size_t capacity, size_t held) {
    input->buffer = buffer;
    input->capacity = capacity;
    input->at = buffer;
    input->end = buffer + held;
}

static bool change_buffer(struct capan_input *input, size_t len, size_t held) {
    const struct capan_buffers *buffers = input->buffers;
    size_t capacity = len > CAPAN_INPUT_BLOCK ? len + CAPAN_INPUT_BLOCK : CAPAN_INPUT_BLOCK;
    const struct capan_span waits = {input->at, held};
    uint8_t *buffer = buffers->change(buffers->context, input->buffer, input->capacity, waits, &capacity);
    use(input, buffer, buffer ? capacity : 0, buffer ? held : 0);
    return buffer || capan_file_stop(&input->file, CAPAN_NO_MEMORY, "no memory to read ahead");
}

static bool grow_buffer(struct capan_input *input, size_t len, size_t held) {
    size_t capacity = len + CAPAN_INPUT_BLOCK;
    uint8_t *grown = input->alloc->resize(input->alloc->context, NULL, 0, capacity);
    if (!grown) return capan_file_stop(&input->file, CAPAN_NO_MEMORY, "no memory for so large a packet");
    memcpy(grown, input->at, held);
    capan_delete(input->alloc, input->buffer, input->capacity);
    use(input, grown, capacity, held);
    return true;
}

/* Room for len octets from at on, what is there moved to the front. */
static bool make_room(struct capan_input *input, size_t len) {
    size_t held = (size_t)(input->end - input->at);
    if (input->buffers) return change_buffer(input, len, held);
    if (len > input->capacity) return grow_buffer(input, len, held);
    if (input->at != input->buffer) memmove(input->buffer, input->at, held);
    use(input, input->buffer, input->capacity, held);
    return true;
}

bool capan_input_fill(struct capan_input *input, size_t len) {
    if (!input->file.ended && !make_room(input, len)) return false;
    while ((size_t)(input->end - input->at) < len && !input->file.ended) {
        uint8_t *to = input->buffer + (input->end - input->buffer);
        size_t room = input->capacity - (size_t)(input->end - input->buffer);
        input->end += capan_unpacker_take(input->unpacker, &input->file, to, room);
    }
    return (size_t)(input->end - input->at) >= len;
}

bool capan_input_pass(struct capan_input *input, uint64_t len) {
    while (len > 0) {
        if (!input_peek(input, 1)) return false;
        size_t part = (size_t)min_u64(len, (uint64_t)(input->end - input->at));
        input_skip(input, part);
        len -= part;
    }
    return true;
}

/* The first octets tell whether the file is compressed; what was read of it is then the unpacker's. */
static enum capan_result begin_unpacking(struct capan_input *input) {
    if (!input_peek(input, CAPAN_UNPACK_MAGIC)) return input->file.stopped == CAPAN_IO ? CAPAN_IO : CAPAN_OK;
    const struct capan_span begin = {input->at, (size_t)(input->end - input->at)};
    enum capan_result result = capan_unpacker_new(&input->unpacker, begin, input->alloc);
    if (input->unpacker) input->end = input->at;
    return result;
}

static enum capan_result open_buffer(struct capan_input *input) {
    input->buffer = input->alloc->resize(input->alloc->context, NULL, 0, CAPAN_INPUT_BLOCK);
    if (!input->buffer) return CAPAN_NO_MEMORY;
    use(input, input->buffer, CAPAN_INPUT_BLOCK, 0);
    return begin_unpacking(input);
}

enum capan_result capan_input_open(struct capan_input *input, const char *path, int stop,
                                   const struct capan_alloc *alloc, char message[CAPAN_MESSAGE]) {
    *input = (struct capan_input){.alloc = alloc};
    enum capan_result result = capan_file_open(&input->file, path, stop);
    if (result == CAPAN_OK) result = open_buffer(input);
    if (result == CAPAN_OK) return CAPAN_OK;
    snprintf(message, CAPAN_MESSAGE, "%s", result == CAPAN_IO ? strerror(errno) : capan_result_text(result));
    int error = errno;
    capan_input_close(input);
    errno = error;
    return result;
}

void capan_input_close(struct capan_input *input) {
    if (input->buffers)
        input->buffers->retire(input->buffers->context, input->buffer, input->capacity);
    else
        capan_delete(input->alloc, input->buffer, input->capacity);
    capan_unpacker_free(input->unpacker, input->alloc);
    capan_file_close(&input->file);
    *input = (struct capan_input){.file.descriptor = -1};
}
