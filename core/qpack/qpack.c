/* SPDX-License-Identifier: MIT */
#include "capan/qpack.h"

#include <nghttp3/nghttp3.h>

#include "alloc.h"
#include "bytes.h"
#include "pool.h"

/* What an observer lets an encoder use, whatever its peer allows; how many streams wait is the caller's affair. */
enum { TABLE_MAX = 1 << 20, BLOCKED_STREAMS = 1 << 16 };
/* Each field line counts for so much more than its octets (RFC 9114 4.2.2). */
enum { LINE_OVERHEAD = 32 };

struct decoder {
    struct capan_pool pool;
    nghttp3_mem memory; /* the library keeps pointing to it */
    nghttp3_qpack_decoder *qpack;
};

static void close_decoder(void *state) {
    struct decoder *decoder = state;
    struct capan_alloc alloc = decoder->pool.alloc;
    if (decoder->qpack) nghttp3_qpack_decoder_del(decoder->qpack);
    capan_pool_end(&decoder->pool);
    capan_delete(&alloc, decoder, sizeof *decoder);
}

static void *open_decoder(const struct capan_alloc *alloc, uint64_t capacity) {
    struct decoder *decoder = capan_new(alloc, sizeof *decoder);
    if (!decoder) return NULL;
    decoder->pool.alloc = *alloc;
    decoder->memory =
        (nghttp3_mem){&decoder->pool, capan_pool_malloc, capan_pool_free, capan_pool_calloc, capan_pool_realloc};
    if (nghttp3_qpack_decoder_new(&decoder->qpack, (size_t)min_u64(capacity, TABLE_MAX), BLOCKED_STREAMS,
                                  &decoder->memory) == 0)
        return decoder;
    decoder->qpack = NULL; /* what it began is the pool's */
    close_decoder(decoder);
    return NULL;
}

/* What it acknowledges to its peer is for nobody here (RFC 9204 4.4). Without memory it stays for the next time. */
static void drop_acknowledgements(struct decoder *decoder) {
    size_t len = nghttp3_qpack_decoder_get_decoder_streamlen(decoder->qpack);
    uint8_t *octets = len ? capan_pool_malloc(len, &decoder->pool) : NULL;
    if (!octets) return;
    nghttp3_buf out = {.begin = octets, .end = octets + len, .pos = octets, .last = octets};
    nghttp3_qpack_decoder_write_decoder(decoder->qpack, &out);
    capan_pool_free(octets, &decoder->pool);
}

static bool instruct(void *state, struct capan_span octets) {
    struct decoder *decoder = state;
    bool read = nghttp3_qpack_decoder_read_encoder(decoder->qpack, octets.at, octets.len) >= 0;
    drop_acknowledgements(decoder);
    return read;
}

static uint64_t insertions(const void *state) {
    const struct decoder *decoder = state;
    return nghttp3_qpack_decoder_get_icnt(decoder->qpack);
}

/* --- field sections --- */

/* Who gets the lines of the section in hand, and what they may still come to. */
struct lines {
    capan_http_line *take;
    void *context;
    size_t limit;
};

static bool hand_on(struct lines *lines, const nghttp3_qpack_nv *line) {
    nghttp3_vec name = nghttp3_rcbuf_get_buf(line->name), value = nghttp3_rcbuf_get_buf(line->value);
    size_t cost = name.len + value.len + LINE_OVERHEAD;
    bool taken = cost <= lines->limit && lines->take(lines->context, (struct capan_span){name.base, name.len},
                                                     (struct capan_span){value.base, value.len});
    if (taken) lines->limit -= cost;
    nghttp3_rcbuf_decref(line->name);
    nghttp3_rcbuf_decref(line->value);
    return taken;
}

static enum capan_qpack_reading read_lines(struct decoder *decoder, nghttp3_qpack_stream_context *stream,
                                           struct capan_span section, struct lines *lines) {
    for (uint8_t flags = 0; !(flags & NGHTTP3_QPACK_DECODE_FLAG_FINAL);) {
        nghttp3_qpack_nv line;
        nghttp3_ssize used =
            nghttp3_qpack_decoder_read_request(decoder->qpack, stream, &line, &flags, section.at, section.len, 1);
        if (used < 0) return CAPAN_QPACK_UNREADABLE;
        span_take(&section, (uint64_t)used);
        if (flags & NGHTTP3_QPACK_DECODE_FLAG_BLOCKED) return CAPAN_QPACK_BLOCKED;
        if (flags & NGHTTP3_QPACK_DECODE_FLAG_EMIT) {
            if (!hand_on(lines, &line)) return CAPAN_QPACK_UNREADABLE;
        } else if (!used && !(flags & NGHTTP3_QPACK_DECODE_FLAG_FINAL)) {
            return CAPAN_QPACK_UNREADABLE;
        }
    }
    return CAPAN_QPACK_READ;
}

static enum capan_qpack_reading read_section(void *state, int64_t stream, struct capan_span section, size_t limit,
                                             capan_http_line *line, void *context, uint64_t *required) {
    struct decoder *decoder = state;
    struct lines lines = {line, context, limit};
    nghttp3_qpack_stream_context *of_stream = NULL;
    if (nghttp3_qpack_stream_context_new(&of_stream, stream, &decoder->memory) != 0) return CAPAN_QPACK_UNREADABLE;
    enum capan_qpack_reading reading = read_lines(decoder, of_stream, section, &lines);
    *required = nghttp3_qpack_stream_context_get_ricnt(of_stream);
    nghttp3_qpack_stream_context_del(of_stream);
    drop_acknowledgements(decoder);
    return reading;
}

static const struct capan_qpack qpack = {open_decoder, close_decoder, instruct, insertions, read_section};
const struct capan_qpack *const capan_qpack = &qpack;
