/* SPDX-License-Identifier: MIT */
#include "unpack.h"

#include <string.h>
#include <zlib.h>
#ifdef CAPAN_ZSTD
#include <zstd.h>
#endif

#include "alloc.h"
#include "bytes.h"

enum { CODED = 256 * 1024 /* octets of the file held at a time */ };

struct capan_unpacker {
    const struct coding *coding;
    bool between; /* a member, a frame has ended: another may follow, or the end */
    union {
        z_stream gzip;
#ifdef CAPAN_ZSTD
        ZSTD_DStream *zstd;
#endif
    } state;
    const uint8_t *at, *end; /* of coded, still to be decoded */
    uint8_t coded[CODED];
};

/* One compression. begin is false without memory; step decodes from [at, end) to [*to, end_of_room). */
struct coding {
    struct {
        uint8_t octets[CAPAN_UNPACK_MAGIC], len;
    } magic;
    const char *cut; /* said where the file ends in the middle of it */
    bool (*begin)(struct capan_unpacker *);
    bool (*goes_on)(struct capan_unpacker *, struct capan_file *); /* behind what has ended; false: it is the end */
    void (*step)(struct capan_unpacker *, struct capan_file *, uint8_t **to, size_t room);
    void (*end)(struct capan_unpacker *);
};

/* --- gzip --- */

static void *zlib_alloc(void *context, unsigned items, unsigned size) {
    (void)context;
    return items && size > SIZE_MAX / items ? NULL : capan_libc.resize(NULL, NULL, 0, (size_t)items * size);
}

static void zlib_free(void *context, void *block) {
    (void)context;
    capan_libc.resize(NULL, block, 0, 0);
}

static bool begin_gzip(struct capan_unpacker *unpacker) {
    unpacker->state.gzip = (z_stream){.zalloc = zlib_alloc, .zfree = zlib_free};
    return inflateInit2(&unpacker->state.gzip, 15 + 16) == Z_OK;
}

/* Members follow each other without a mark (RFC 1952 2.2). Zeros behind the last one are a tape's padding. */
static bool gzip_goes_on(struct capan_unpacker *unpacker, struct capan_file *file) {
    if (*unpacker->at != 0x1f) return capan_file_stop(file, CAPAN_END, "end of the gzip data");
    return inflateReset(&unpacker->state.gzip) == Z_OK ||
           capan_file_stop(file, CAPAN_DAMAGED, "the gzip data cannot be restarted");
}

static void inflate_some(struct capan_unpacker *unpacker, struct capan_file *file, uint8_t **to, size_t room) {
    z_stream *stream = &unpacker->state.gzip;
    stream->next_in = (z_const Bytef *)(uintptr_t)unpacker->at;
    stream->avail_in = (uInt)(unpacker->end - unpacker->at);
    stream->next_out = *to;
    stream->avail_out = (uInt)room;
    const int status = inflate(stream, Z_NO_FLUSH);
    unpacker->at = stream->next_in;
    *to = stream->next_out;
    unpacker->between = status == Z_STREAM_END;
    if (status == Z_MEM_ERROR)
        capan_file_stop(file, CAPAN_NO_MEMORY, "no memory to undo gzip");
    else if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
        capan_file_stop(file, CAPAN_DAMAGED, "the gzip data is damaged");
}

static void end_gzip(struct capan_unpacker *unpacker) {
    inflateEnd(&unpacker->state.gzip);
}

/* --- zstd --- */

#ifdef CAPAN_ZSTD

static bool begin_zstd(struct capan_unpacker *unpacker) {
    unpacker->state.zstd = ZSTD_createDStream();
    return unpacker->state.zstd;
}

/* Frames follow each other (RFC 8878 3), of which some are to be skipped: libzstd knows them all. */
static bool zstd_goes_on(struct capan_unpacker *unpacker, struct capan_file *file) {
    (void)unpacker, (void)file;
    return true;
}

static void decompress_some(struct capan_unpacker *unpacker, struct capan_file *file, uint8_t **to, size_t room) {
    ZSTD_inBuffer in = {unpacker->at, (size_t)(unpacker->end - unpacker->at), 0};
    ZSTD_outBuffer out = {*to, room, 0};
    const size_t status = ZSTD_decompressStream(unpacker->state.zstd, &out, &in);
    unpacker->at += in.pos;
    *to += out.pos;
    unpacker->between = status == 0;
    if (!ZSTD_isError(status)) return;
    /* libzstd's codes of errors are no part of what it promises: a window that is too large is told by its name. */
    const bool large = strstr(ZSTD_getErrorName(status), "memory");
    capan_file_stop(file, large ? CAPAN_UNSUPPORTED : CAPAN_DAMAGED,
                    large ? "the zstd data needs a window over 128 MiB" : "the zstd data is damaged");
}

static void end_zstd(struct capan_unpacker *unpacker) {
    ZSTD_freeDStream(unpacker->state.zstd);
}

#endif

/* --- by magic number --- */

static const struct coding codings[] = {
    {{{0x1f, 0x8b}, 2}, "the gzip data stops in the middle", begin_gzip, gzip_goes_on, inflate_some, end_gzip},
#ifdef CAPAN_ZSTD
    {{{0x28, 0xb5, 0x2f, 0xfd}, 4},
     "the zstd data stops in the middle",
     begin_zstd,
     zstd_goes_on,
     decompress_some,
     end_zstd},
#endif
};

static const struct coding *find(struct capan_span begin) {
    for (size_t i = 0; i < sizeof codings / sizeof *codings; i++)
        if (begin.len >= codings[i].magic.len && memcmp(begin.at, codings[i].magic.octets, codings[i].magic.len) == 0)
            return &codings[i];
    return NULL;
}

enum capan_result capan_unpacker_new(struct capan_unpacker **made, struct capan_span begin,
                                     const struct capan_alloc *alloc) {
    const struct coding *coding = find(begin);
    *made = NULL;
    if (!coding) return CAPAN_OK;
    struct capan_unpacker *unpacker = capan_new(alloc, sizeof *unpacker);
    if (!unpacker) return CAPAN_NO_MEMORY;
    unpacker->coding = coding;
    if (!coding->begin(unpacker)) {
        capan_delete(alloc, unpacker, sizeof *unpacker);
        return CAPAN_NO_MEMORY;
    }
    memcpy(unpacker->coded, begin.at, begin.len);
    unpacker->at = unpacker->coded;
    unpacker->end = unpacker->coded + begin.len;
    *made = unpacker;
    return CAPAN_OK;
}

void capan_unpacker_free(struct capan_unpacker *unpacker, const struct capan_alloc *alloc) {
    if (!unpacker) return;
    unpacker->coding->end(unpacker);
    capan_delete(alloc, unpacker, sizeof *unpacker);
}

static bool more_coded(struct capan_unpacker *unpacker, struct capan_file *file) {
    if (unpacker->at < unpacker->end) return true;
    size_t got = capan_file_take(file, unpacker->coded, sizeof unpacker->coded);
    unpacker->at = unpacker->coded;
    unpacker->end = unpacker->coded + got;
    if (got > 0) return true;
    if (file->ended) return false;
    if (unpacker->between) return capan_file_stop(file, CAPAN_END, "end of file");
    return capan_file_stop(file, CAPAN_TRUNCATED, unpacker->coding->cut);
}

static size_t unpack(struct capan_unpacker *unpacker, struct capan_file *file, uint8_t *to, size_t room) {
    uint8_t *begin = to;
    while (to == begin && !file->ended) {
        if (!more_coded(unpacker, file)) break;
        if (unpacker->between && !unpacker->coding->goes_on(unpacker, file)) break;
        unpacker->coding->step(unpacker, file, &to, room);
    }
    return (size_t)(to - begin);
}

size_t capan_unpacker_take(struct capan_unpacker *unpacker, struct capan_file *file, uint8_t *to, size_t room) {
    if (file->ended) return 0;
    size_t got = unpacker ? unpack(unpacker, file, to, room) : capan_file_take(file, to, room);
    if (got == 0 && !file->ended) capan_file_stop(file, CAPAN_END, "end of file");
    return got;
}
