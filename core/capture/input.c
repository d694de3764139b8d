/* SPDX-License-Identifier: MIT */
#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "alloc.h"
#include "bytes.h"

/* Small enough to stay in the second-level cache until it has been decoded. Mapping the file instead was
 * measured: all of capan takes as long or a little longer with it (the octets come into the cache one miss at a time),
 * and a file that is cut meanwhile would end the process. */
#define BLOCK ((size_t)256 * 1024)

struct capan_inflater {
    z_stream stream;
    bool between; /* a member has ended: another may follow, or the end */
    uint8_t coded[BLOCK];
};

static void *zlib_alloc(void *context, unsigned items, unsigned size) {
    (void)context;
    return items && size > SIZE_MAX / items ? NULL : capan_libc.resize(NULL, NULL, 0, (size_t)items * size);
}

static void zlib_free(void *context, void *block) {
    (void)context;
    capan_libc.resize(NULL, block, 0, 0);
}

static bool stop(struct capan_input *input, enum capan_result result, const char *reason) {
    input->ended = true;
    input->stopped = result;
    input->reason = reason;
    return false;
}

/* As many octets as the system gives at once, so that a pipe's packets are seen as they come. 0 at the end. */
static size_t take(struct capan_input *input, uint8_t *to, size_t room) {
    ssize_t got;
    do got = read(input->file, to, room);
    while (got < 0 && errno == EINTR);
    if (got < 0) stop(input, CAPAN_IO, strerror(errno));
    if (got <= 0) return 0;
    input->consumed += (uint64_t)got;
    return (size_t)got;
}

static bool more_coded(struct capan_input *input) {
    struct capan_inflater *gzip = input->gzip;
    if (gzip->stream.avail_in > 0) return true;
    size_t got = take(input, gzip->coded, sizeof gzip->coded);
    gzip->stream.next_in = gzip->coded;
    gzip->stream.avail_in = (uInt)got;
    if (got > 0) return true;
    if (input->ended) return false;
    if (gzip->between) return stop(input, CAPAN_END, "end of file");
    return stop(input, CAPAN_TRUNCATED, "the gzip data stops in the middle");
}

/* Members follow each other without a mark (RFC 1952 2.2). Zeros behind the last one are a tape's padding. */
static bool next_member(struct capan_input *input) {
    struct capan_inflater *gzip = input->gzip;
    if (*gzip->stream.next_in != 0x1f) return stop(input, CAPAN_END, "end of the gzip data");
    gzip->between = false;
    return inflateReset(&gzip->stream) == Z_OK || stop(input, CAPAN_DAMAGED, "the gzip data cannot be restarted");
}

/* Decodes some octets to [to, to + room). 0 at the end, or when something is wrong. */
static size_t inflate_some(struct capan_input *input, uint8_t *to, size_t room) {
    struct capan_inflater *gzip = input->gzip;
    gzip->stream.next_out = to;
    gzip->stream.avail_out = (uInt)room;
    while (gzip->stream.avail_out == room) {
        if (!more_coded(input) || (gzip->between && !next_member(input))) return 0;
        int status = inflate(&gzip->stream, Z_NO_FLUSH);
        gzip->between = status == Z_STREAM_END;
        if (status == Z_MEM_ERROR)
            stop(input, CAPAN_NO_MEMORY, "no memory to undo gzip");
        else if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
            stop(input, CAPAN_DAMAGED, "the gzip data is damaged");
        if (input->ended) break;
    }
    return room - gzip->stream.avail_out;
}

/* Room for len octets from at on, what is there moved to the front. */
static bool make_room(struct capan_input *input, size_t len) {
    size_t held = (size_t)(input->end - input->at);
    if (len > input->capacity) {
        size_t capacity = len + BLOCK;
        uint8_t *grown = input->alloc->resize(input->alloc->context, NULL, 0, capacity);
        if (!grown) return stop(input, CAPAN_NO_MEMORY, "no memory for so large a packet");
        memcpy(grown, input->at, held);
        capan_delete(input->alloc, input->buffer, input->capacity);
        input->buffer = grown;
        input->capacity = capacity;
    } else if (held > 0 && input->at != input->buffer) {
        memmove(input->buffer, input->at, held);
    }
    input->at = input->buffer;
    input->end = input->buffer + held;
    return true;
}

bool capan_input_fill(struct capan_input *input, size_t len) {
    if (!input->ended && !make_room(input, len)) return false;
    while ((size_t)(input->end - input->at) < len && !input->ended) {
        uint8_t *to = input->buffer + (input->end - input->buffer);
        size_t room = input->capacity - (size_t)(input->end - input->buffer);
        size_t got = input->gzip ? inflate_some(input, to, room) : take(input, to, room);
        input->end += got;
        if (got == 0 && !input->ended) stop(input, CAPAN_END, "end of file");
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

/* The octets read so far become the inflater's first input. */
static enum capan_result begin_gzip(struct capan_input *input) {
    struct capan_inflater *gzip = capan_new(input->alloc, sizeof *gzip);
    if (!gzip) return CAPAN_NO_MEMORY;
    gzip->stream.zalloc = zlib_alloc;
    gzip->stream.zfree = zlib_free;
    if (inflateInit2(&gzip->stream, 15 + 16) != Z_OK) {
        capan_delete(input->alloc, gzip, sizeof *gzip);
        return CAPAN_NO_MEMORY;
    }
    size_t held = (size_t)(input->end - input->at);
    memcpy(gzip->coded, input->at, held);
    gzip->stream.next_in = gzip->coded;
    gzip->stream.avail_in = (uInt)held;
    input->end = input->at;
    input->ended = false;
    input->gzip = gzip;
    return CAPAN_OK;
}

static enum capan_result open_file(struct capan_input *input, const char *path) {
    input->owned = strcmp(path, "-") != 0;
    input->file = input->owned ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
    struct stat about;
    if (input->file < 0 || fstat(input->file, &about) != 0) return CAPAN_IO;
    if (S_ISDIR(about.st_mode)) {
        errno = EISDIR;
        return CAPAN_IO;
    }
    input->size = S_ISREG(about.st_mode) && about.st_size > 0 ? (uint64_t)about.st_size : 0;
    return CAPAN_OK;
}

enum capan_result capan_input_open(struct capan_input *input, const char *path, const struct capan_alloc *alloc,
                                   char message[CAPAN_MESSAGE]) {
    *input = (struct capan_input){.file = -1, .alloc = alloc};
    enum capan_result result = open_file(input, path);
    if (result == CAPAN_OK) {
        input->buffer = alloc->resize(alloc->context, NULL, 0, BLOCK);
        input->capacity = input->buffer ? BLOCK : 0;
        if (!input->buffer) result = CAPAN_NO_MEMORY;
    }
    input->at = input->end = input->buffer;
    if (result == CAPAN_OK) {
        const uint8_t *magic = input_peek(input, 2);
        if (magic && magic[0] == 0x1f && magic[1] == 0x8b)
            result = begin_gzip(input);
        else if (input->stopped == CAPAN_IO)
            result = CAPAN_IO;
    }
    if (result == CAPAN_OK) return CAPAN_OK;
    snprintf(message, CAPAN_MESSAGE, "%s", result == CAPAN_IO ? strerror(errno) : capan_result_text(result));
    int error = errno;
    capan_input_close(input);
    errno = error;
    return result;
}

void capan_input_close(struct capan_input *input) {
    if (input->gzip) {
        inflateEnd(&input->gzip->stream);
        capan_delete(input->alloc, input->gzip, sizeof *input->gzip);
    }
    capan_delete(input->alloc, input->buffer, input->capacity);
    if (input->owned && input->file >= 0) close(input->file);
    *input = (struct capan_input){.file = -1};
}
