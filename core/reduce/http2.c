/* SPDX-License-Identifier: MIT */
#include "http2.h"

#include <stdlib.h>

#include "alloc.h"
#include "block.h"
#include "bytes.h"
#include "h2.h"

enum { HEADER_LEN = 9, PRIORITY_LEN = 5, PROMISED_LEN = 4, PING_LEN = 8, GOAWAY_LEN = 8, WORD_LEN = 4 };
enum { SETTING_LEN = 6, SETTINGS_MAX = 64, BLOCK_PARTS = 256 };
enum frame_type {
    DATA = 0,
    HEADERS = 1,
    PRIORITY = 2,
    RST_STREAM = 3,
    SETTINGS = 4,
    PUSH_PROMISE = 5,
    PING = 6,
    GOAWAY = 7,
    WINDOW_UPDATE = 8,
    CONTINUATION = 9
};
enum frame_flag { END_HEADERS = 0x04, PADDED = 0x08, HAS_PRIORITY = 0x20 };

/* A part of a stream's content, or of a field block. */
struct part {
    uint32_t stream;
    size_t from, len;
};

/* A walk over one direction. */
struct frames {
    struct capan_standins *standins;
    struct capan_stream *stream;
    int64_t shift_s;
    size_t at;
    uint32_t len, id; /* of the frame at hand */
    uint8_t type, flags;
    struct part *contents; /* of all streams */
    size_t content_count, content_capacity;
    struct part block[BLOCK_PARTS]; /* of one block */
    size_t block_count;
    struct capan_block_table table;
    struct capan_filling content;
};

static bool is_there(const struct capan_stream *stream, size_t at, size_t len) {
    if (at > stream->len || len > stream->len - at) return false;
    return !len || !memchr(stream->there + at, 0, len);
}

bool capan_is_http2_preface(const struct capan_stream *stream, size_t at) {
    return is_there(stream, at, CAPAN_H2_PREFACE_LEN) &&
           memcmp(stream->octets + at, CAPAN_H2_PREFACE, CAPAN_H2_PREFACE_LEN) == 0;
}

bool capan_is_http2_server(const struct capan_stream *stream, size_t at) {
    return is_there(stream, at, HEADER_LEN) &&
           capan_h2_look((struct capan_span){stream->octets + at, HEADER_LEN}) == CAPAN_H2_SERVER;
}

bool capan_has_http2(const struct capan_stream *stream) {
    size_t at = 0;
    while (at < stream->len && !capan_is_http2_preface(stream, at)) at++;
    return at < stream->len || capan_is_http2_server(stream, 0);
}

static void replace(struct frames *frames, size_t from, size_t len) {
    for (size_t at = from; at < from + len; at++)
        frames->stream->octets[at] = capan_standin_other(frames->standins, frames->id, at, frames->stream->octets[at]);
}

/* --- field blocks (RFC 9113 4.3) --- */

/* Where its parts are not all there, nothing of it is left. */
static void end_block(struct frames *frames) {
    const struct capan_alloc *alloc = frames->standins->alloc;
    size_t len = 0;
    bool whole = frames->block_count < BLOCK_PARTS;
    for (size_t i = 0; i < frames->block_count; i++) {
        len += frames->block[i].len;
        whole = whole && is_there(frames->stream, frames->block[i].from, frames->block[i].len);
    }
    uint8_t *block = whole && len ? capan_new(alloc, len) : NULL;
    for (size_t i = 0, to = 0; block && i < frames->block_count; to += frames->block[i++].len)
        memcpy(block + to, frames->stream->octets + frames->block[i].from, frames->block[i].len);
    if (block) capan_block_anonymise(&frames->table, frames->standins, block, len, frames->shift_s);
    for (size_t i = 0, to = 0; i < frames->block_count; to += frames->block[i++].len)
        if (block)
            memcpy(frames->stream->octets + frames->block[i].from, block + to, frames->block[i].len);
        else
            replace(frames, frames->block[i].from, frames->block[i].len);
    if (block)
        capan_delete(alloc, block, len);
    else
        frames->table.lost = true;
    frames->block_count = 0;
}

static void take_section(struct frames *frames, size_t from, size_t len) {
    if (frames->block_count == BLOCK_PARTS) {
        replace(frames, from, len);
    } else {
        frames->block[frames->block_count++] = (struct part){frames->id, from, len};
    }
    if (frames->flags & END_HEADERS) end_block(frames);
}

/* --- contents (RFC 9113 6.1) --- */

static void take_data(struct frames *frames, size_t from, size_t len) {
    void *items = frames->contents;
    const bool fits = capan_reserve(frames->standins->alloc, &items, &frames->content_capacity,
                                    frames->content_count + 1, sizeof *frames->contents) == CAPAN_OK;
    frames->contents = items;
    if (fits)
        frames->contents[frames->content_count++] = (struct part){frames->id, from, len};
    else
        replace(frames, from, len);
}

static int by_stream(const void *a, const void *b) {
    const struct part *left = a, *right = b;
    if (left->stream != right->stream) return left->stream < right->stream ? -1 : 1;
    return left->from < right->from ? -1 : left->from > right->from;
}

static void fill_contents(struct frames *frames) {
    if (frames->content_count) qsort(frames->contents, frames->content_count, sizeof *frames->contents, by_stream);
    for (size_t i = 0; i < frames->content_count; i++) {
        const struct part *part = &frames->contents[i];
        if (i && part->stream != part[-1].stream) capan_filling_end(&frames->content, frames->standins, frames->stream);
        capan_filling_add(&frames->content, frames->standins, frames->stream, part->from, part->len);
    }
    capan_filling_end(&frames->content, frames->standins, frames->stream);
}

/* --- frames (RFC 9113 4.1, 6) --- */

/* Octets in front of what a frame carries, its padding's length not counted. */
static size_t front_of(const struct frames *frames) {
    switch (frames->type) {
    case HEADERS: return frames->flags & HAS_PRIORITY ? PRIORITY_LEN : 0;
    case PUSH_PROMISE: return PROMISED_LEN;
    default: return 0;
    }
}

/* What has padding; how much of it there is stays, its octets are to be zero. */
static void take_padded(struct frames *frames, size_t len) {
    const bool padded = frames->flags & PADDED && frames->type != CONTINUATION && len;
    const size_t front = front_of(frames) + padded, pad = padded ? frames->stream->octets[frames->at] : 0;
    if (front + pad > len) {
        replace(frames, frames->at + padded, len - padded);
        frames->table.lost |= frames->type != DATA;
        return;
    }
    if (frames->type == DATA)
        take_data(frames, frames->at + front, len - front - pad);
    else
        take_section(frames, frames->at + front, len - front - pad);
    memset(frames->stream->octets + frames->at + len - pad, 0, pad);
}

/* Its octets are the same for the same (RFC 9113 6.7). */
static void take_ping(const struct frames *frames) {
    uint8_t *octets = frames->stream->octets + frames->at;
    const uint64_t key = read_eight(octets);
    for (size_t i = 0; i < PING_LEN; i++) octets[i] = capan_standin_other(frames->standins, key, i, octets[i]);
}

/* Octets of a frame that are numbers of the protocol; what is not as long as it must be has none. */
static size_t numbers_of(const struct frames *frames, size_t len) {
    switch (frames->type) {
    case PRIORITY: return len == PRIORITY_LEN ? len : 0;
    case RST_STREAM:
    case WINDOW_UPDATE: return len == WORD_LEN ? len : 0;
    case SETTINGS: return len % SETTING_LEN == 0 && len <= SETTINGS_MAX * SETTING_LEN ? len : 0;
    case GOAWAY: return len >= GOAWAY_LEN ? GOAWAY_LEN : 0;
    default: return 0;
    }
}

static void take_frame(struct frames *frames, size_t len) {
    const size_t numbers = numbers_of(frames, len);
    if (frames->type == DATA || frames->type == HEADERS || frames->type == PUSH_PROMISE || frames->type == CONTINUATION)
        take_padded(frames, len);
    else if (frames->type == PING && len == PING_LEN)
        take_ping(frames);
    else
        replace(frames, frames->at + numbers, len - numbers);
}

/* False: where frames begin is not known any more. */
static bool read_header(struct frames *frames) {
    const uint8_t *header = frames->stream->octets + frames->at;
    if (!is_there(frames->stream, frames->at, HEADER_LEN)) return false;
    frames->len = read_be24(header);
    frames->type = header[3];
    frames->flags = header[4];
    frames->id = read_be32(header + 5) & 0x7fffffff;
    frames->at += HEADER_LEN;
    return true;
}

void capan_anonymise_http2(struct capan_standins *standins, struct capan_stream *stream, size_t from, int64_t shift_s) {
    struct frames *frames = capan_new(standins->alloc, sizeof *frames);
    if (!frames) {
        capan_anonymise_octets(standins, stream, from, stream->len);
        return;
    }
    frames->standins = standins;
    frames->stream = stream;
    frames->shift_s = shift_s;
    frames->at = from + (capan_is_http2_preface(stream, from) ? CAPAN_H2_PREFACE_LEN : 0);
    capan_block_table_init(&frames->table);
    while (read_header(frames)) {
        const size_t len = min_size(frames->len, stream->len - frames->at);
        const bool goes_on = frames->type == CONTINUATION;
        if (frames->block_count && !goes_on) end_block(frames);
        take_frame(frames, len);
        frames->at += len;
    }
    if (frames->block_count) end_block(frames);
    fill_contents(frames);
    capan_anonymise_octets(standins, stream, frames->at, stream->len);
    capan_delete(standins->alloc, frames->contents, frames->content_capacity * sizeof *frames->contents);
    capan_delete(standins->alloc, frames, sizeof *frames);
}
