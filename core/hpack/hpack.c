/* SPDX-License-Identifier: MIT */
#include "capan/hpack.h"

#include <nghttp2/nghttp2.h>

#include "alloc.h"
#include "bytes.h"
#include "pool.h"

/* What an observer lets an encoder use. Encoders say in their field sections how much they do use (RFC 7541 4.2), so
 * that SETTINGS need not be followed: they may have been missed. */
enum { TABLE_MAX = 1 << 16 };
/* Each field line counts for so much more than its octets (RFC 9113 10.5.1). */
enum { LINE_OVERHEAD = 32 };

struct decoder {
    struct capan_pool pool;
    nghttp2_mem memory; /* the inflater keeps pointing to it */
    nghttp2_hd_inflater *inflater;
};

static void close_decoder(void *state) {
    struct decoder *decoder = state;
    struct capan_alloc alloc = decoder->pool.alloc;
    if (decoder->inflater) nghttp2_hd_inflate_del(decoder->inflater);
    capan_pool_end(&decoder->pool);
    capan_delete(&alloc, decoder, sizeof *decoder);
}

static void *open_decoder(const struct capan_alloc *alloc) {
    struct decoder *decoder = capan_new(alloc, sizeof *decoder);
    if (!decoder) return NULL;
    decoder->pool.alloc = *alloc;
    decoder->memory =
        (nghttp2_mem){&decoder->pool, capan_pool_malloc, capan_pool_free, capan_pool_calloc, capan_pool_realloc};
    if (nghttp2_hd_inflate_new2(&decoder->inflater, &decoder->memory) == 0 &&
        nghttp2_hd_inflate_change_table_size(decoder->inflater, TABLE_MAX) == 0)
        return decoder;
    close_decoder(decoder);
    return NULL;
}

static enum capan_hpack_reading read_section(void *state, struct capan_span section, size_t limit,
                                             capan_http_line *line, void *context) {
    const struct decoder *decoder = state;
    enum capan_hpack_reading reading = CAPAN_HPACK_READ;
    for (int flags = 0; !(flags & NGHTTP2_HD_INFLATE_FINAL);) {
        nghttp2_nv field;
        ssize_t used = nghttp2_hd_inflate_hd2(decoder->inflater, &field, &flags, section.at, section.len, 1);
        if (used < 0) return CAPAN_HPACK_UNREADABLE;
        section = span_cut(section, (size_t)used, SIZE_MAX);
        if (!(flags & NGHTTP2_HD_INFLATE_EMIT)) {
            if (!section.len && !(flags & NGHTTP2_HD_INFLATE_FINAL)) return CAPAN_HPACK_UNREADABLE;
            continue;
        }
        size_t cost = field.namelen + field.valuelen + LINE_OVERHEAD;
        if (cost > limit) reading = CAPAN_HPACK_TOO_LONG;
        if (reading == CAPAN_HPACK_TOO_LONG) continue;
        limit -= cost;
        if (!line(context, (struct capan_span){field.name, field.namelen},
                  (struct capan_span){field.value, field.valuelen}))
            return CAPAN_HPACK_UNREADABLE;
    }
    return nghttp2_hd_inflate_end_headers(decoder->inflater) == 0 ? reading : CAPAN_HPACK_UNREADABLE;
}

const struct capan_hpack capan_hpack = {open_decoder, close_decoder, read_section};
