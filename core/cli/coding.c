/* SPDX-License-Identifier: MIT */
#include "coding.h"

#include <brotli/decode.h>
#include <errno.h>
#include <glib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#ifdef CAPAN_ZSTD
#include <zstd.h>
#endif

enum { BLOCK = 1 << 16 };

/* --- reading and writing --- */

/* Up to BLOCK octets; 0 at the end or when the system refused. */
static size_t take(struct pump *pump, uint8_t block[BLOCK]) {
    ssize_t len;
    do len = read(pump->from, block, (size_t)MIN(pump->left, BLOCK));
    while (len < 0 && errno == EINTR);
    if (len < 0) pump->failed = true;
    if (len <= 0) return 0;
    pump->left -= (uint64_t)len;
    return (size_t)len;
}

static bool is_hole(const uint8_t *at, size_t len) {
    return len && !at[0] && memcmp(at, at + 1, len - 1) == 0;
}

/* A block of zeros, which what was not captured is, takes no room. False: the system refused. */
static bool skip(struct pump *pump, size_t len) {
    pump->written += len;
    pump->failed = lseek(pump->to, (off_t)len, SEEK_CUR) < 0 || ftruncate(pump->to, (off_t)pump->written) < 0;
    return !pump->failed;
}

/* False when the limit is reached or the system refused. */
static bool put(struct pump *pump, const uint8_t *at, size_t len) {
    bool fits = len <= pump->limit - pump->written;
    if (!fits) len = (size_t)(pump->limit - pump->written);
    if (len == BLOCK && is_hole(at, len)) return skip(pump, len) && fits;
    while (len) {
        ssize_t done = write(pump->to, at, len);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) pump->failed = true;
        if (done < 0) return false;
        pump->written += (uint64_t)done;
        at += done;
        len -= (size_t)done;
    }
    return fits;
}

static enum capan_object_state copy(struct pump *pump) {
    uint8_t block[BLOCK];
    for (size_t len; (len = take(pump, block));)
        if (!put(pump, block, len)) return CAPAN_OBJECT_LIMITED;
    return CAPAN_OBJECT_AS_SENT;
}

/* --- gzip (RFC 1952), deflate (RFC 1950) --- */

/* What a reader of zlib's streams wants to be told. */
enum { ZLIB_BITS = 15, GZIP_BITS = 15 + 16, RAW_BITS = -15, GZIP_MAGIC = 0x1f };
enum { NO_MORE_ROOM = 1000 }; /* beside zlib's results: what was decoded could not be put away */

static enum capan_object_state refused(struct pump *pump) {
    errno = ENOMEM;
    pump->failed = true;
    return CAPAN_OBJECT_LIMITED;
}

/* One block in, whatever it gives out. Z_OK: more is needed. */
static int inflate_block(z_stream *stream, struct pump *pump, uint8_t *in, size_t len, bool members) {
    uint8_t out[BLOCK];
    stream->next_in = in;
    stream->avail_in = (uInt)len;
    for (;;) {
        stream->next_out = out;
        stream->avail_out = sizeof out;
        int result = inflate(stream, Z_NO_FLUSH);
        if (!put(pump, out, sizeof out - stream->avail_out)) return NO_MORE_ROOM;
        bool goes_on = result == Z_STREAM_END && members && stream->avail_in && stream->next_in[0] == GZIP_MAGIC;
        if (goes_on) result = inflateReset(stream);
        if (result == Z_BUF_ERROR || (result == Z_OK && !stream->avail_in && stream->avail_out)) return Z_OK;
        if (result != Z_OK) return result;
    }
}

static enum capan_object_state inflate_file(struct pump *pump, int bits) {
    const bool members = bits == GZIP_BITS; /* several may follow each other (RFC 1952 2.2) */
    z_stream stream = {.next_in = NULL};
    uint8_t in[BLOCK];
    int result = inflateInit2(&stream, bits);
    for (size_t len; (result == Z_OK || (result == Z_STREAM_END && members)) && (len = take(pump, in));) {
        if (result == Z_STREAM_END && in[0] != GZIP_MAGIC) break;
        if (result == Z_STREAM_END) inflateReset(&stream);
        result = inflate_block(&stream, pump, in, len, members);
    }
    inflateEnd(&stream);
    if (result == NO_MORE_ROOM) return CAPAN_OBJECT_LIMITED;
    if (result == Z_MEM_ERROR) return refused(pump);
    return result == Z_STREAM_END ? CAPAN_OBJECT_DECODED : CAPAN_OBJECT_DAMAGED;
}

static enum capan_object_state undo_gzip(struct pump *pump) {
    return inflate_file(pump, GZIP_BITS);
}

/* "deflate" is the zlib format; some servers send the bare data inside it (RFC 9110 8.4.1.2). */
static enum capan_object_state undo_deflate(struct pump *pump) {
    struct pump again = *pump;
    enum capan_object_state state = inflate_file(pump, ZLIB_BITS);
    if (state != CAPAN_OBJECT_DAMAGED || pump->written || pump->failed) return state;
    if (lseek(pump->from, 0, SEEK_SET) < 0) return state;
    *pump = again;
    return inflate_file(pump, RAW_BITS);
}

/* --- br (RFC 7932) --- */

static BrotliDecoderResult brotli_block(BrotliDecoderState *decoder, struct pump *pump, const uint8_t *in, size_t len) {
    uint8_t out[BLOCK];
    BrotliDecoderResult result;
    do {
        uint8_t *next_out = out;
        size_t room = sizeof out;
        result = BrotliDecoderDecompressStream(decoder, &len, &in, &room, &next_out, NULL);
        if (!put(pump, out, sizeof out - room)) return BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;
    } while (result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT);
    return result;
}

static enum capan_object_state undo_br(struct pump *pump) {
    BrotliDecoderState *decoder = BrotliDecoderCreateInstance(NULL, NULL, NULL);
    BrotliDecoderResult result = BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT;
    uint8_t in[BLOCK];
    if (!decoder) return refused(pump);
    for (size_t len; result == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT && (len = take(pump, in));)
        result = brotli_block(decoder, pump, in, len);
    BrotliDecoderErrorCode error = BrotliDecoderGetErrorCode(decoder);
    BrotliDecoderDestroyInstance(decoder);
    if (error <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES && error > BROTLI_DECODER_ERROR_UNREACHABLE)
        return refused(pump);
    if (result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) return CAPAN_OBJECT_LIMITED;
    return result == BROTLI_DECODER_RESULT_SUCCESS ? CAPAN_OBJECT_DECODED : CAPAN_OBJECT_DAMAGED;
}

/* --- zstd (RFC 8878) --- */

#ifdef CAPAN_ZSTD

enum { WINDOW_LOG = 23 /* 8 MiB: no more may a content ask for (RFC 9659 3) */ };

/* One block in, whatever it gives out. 0: a frame is complete. */
static size_t zstd_block(ZSTD_DStream *decoder, struct pump *pump, const uint8_t *at, size_t len, bool *full) {
    uint8_t block[BLOCK];
    ZSTD_inBuffer in = {at, len, 0};
    ZSTD_outBuffer out;
    size_t result;
    do {
        out = (ZSTD_outBuffer){block, sizeof block, 0};
        result = ZSTD_decompressStream(decoder, &out, &in);
        *full = !put(pump, block, out.pos);
    } while (!*full && !ZSTD_isError(result) && (in.pos < in.size || out.pos == out.size));
    return result;
}

static enum capan_object_state undo_zstd(struct pump *pump) {
    ZSTD_DStream *decoder = ZSTD_createDStream();
    size_t result = 1;
    bool full = false;
    uint8_t in[BLOCK];
    if (!decoder) return refused(pump);
    ZSTD_DCtx_setParameter(decoder, ZSTD_d_windowLogMax, WINDOW_LOG);
    for (size_t len; !full && !ZSTD_isError(result) && (len = take(pump, in));)
        result = zstd_block(decoder, pump, in, len, &full);
    ZSTD_freeDStream(decoder);
    if (full) return CAPAN_OBJECT_LIMITED;
    return result == 0 ? CAPAN_OBJECT_DECODED : CAPAN_OBJECT_DAMAGED;
}

#endif

/* --- by name --- */

static const struct {
    const char *name;
    enum capan_object_state (*undo)(struct pump *);
} codings[] = {{"gzip", undo_gzip},       {"x-gzip", undo_gzip}, /* RFC 9110 8.4.1.3 */
               {"deflate", undo_deflate}, {"br", undo_br},
#ifdef CAPAN_ZSTD
               {"zstd", undo_zstd},
#endif
               {"identity", copy}};

enum capan_object_state coding_undo(struct capan_span coding, struct pump *pump) {
    for (size_t i = 0; i < G_N_ELEMENTS(codings); i++)
        if (strlen(codings[i].name) == coding.len &&
            g_ascii_strncasecmp(codings[i].name, (const char *)coding.at, coding.len) == 0)
            return codings[i].undo(pump);
    return CAPAN_OBJECT_UNKNOWN;
}
