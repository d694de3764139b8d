/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "h2.h"

#include <nghttp2/nghttp2.h>
#include <stdlib.h>
#include <string.h>

#include "store.h"

enum { HEADER_LEN = 9, PAYLOAD_MAX = 1 << 17, BLOCK_MAX = 1 << 18, PRIORITY_LEN = 5 };
enum frame_type { DATA = 0, HEADERS = 1, RST_STREAM = 3, SETTINGS = 4, PUSH_PROMISE = 5, CONTINUATION = 9 };
enum frame_flag { END_STREAM = 0x01, END_HEADERS = 0x04, PADDED = 0x08, PRIORITY = 0x20 };

/* RFC 9113 4.1. */
struct frame {
    uint32_t len, stream;
    uint8_t type, flags;
};

/* One direction: what is left of the frame that is being read, and the field section that is being collected. */
struct way {
    GByteArray *waiting; /* of the frame: header, and the payload where it is read whole */
    struct frame frame;
    uint32_t left; /* octets of its payload still to come */
    bool in_payload;
    uint8_t pad; /* DATA: octets at its end that are padding */
    bool pad_known;
    GByteArray *block; /* HEADERS and its CONTINUATIONs (RFC 9113 4.3) */
    uint32_t block_stream;
    bool block_is_promise, block_ends_stream;
    nghttp2_hd_inflater *inflater;
    uint32_t table_size;
};

struct capan_h2 {
    struct way ways[2];
    bool lost; /* a field section could not be read: the tables are not what the peers have */
};

struct capan_h2 *capan_h2_new(void) {
    struct capan_h2 *h2 = g_new0(struct capan_h2, 1);

    for (int i = 0; i < 2; i++) {
        h2->ways[i].waiting = g_byte_array_new();
        h2->ways[i].block = g_byte_array_new();
        h2->ways[i].table_size = NGHTTP2_DEFAULT_HEADER_TABLE_SIZE;
        h2->lost |= nghttp2_hd_inflate_new(&h2->ways[i].inflater) != 0;
    }
    return h2;
}

void capan_h2_free(struct capan_h2 *h2) {
    if (!h2) return;
    for (int i = 0; i < 2; i++) {
        g_byte_array_free(h2->ways[i].waiting, TRUE);
        g_byte_array_free(h2->ways[i].block, TRUE);
        if (h2->ways[i].inflater) nghttp2_hd_inflate_del(h2->ways[i].inflater);
    }
    g_free(h2);
}

static struct frame read_header(const uint8_t *at) {
    return (struct frame){be24(at), be32(at + 5) & 0x7fffffff, at[3], at[4]};
}

bool capan_h2_can_begin(struct capan_span octets) {
    if (octets.len < HEADER_LEN) return false;
    struct frame frame = read_header(octets.at);

    return frame.type == SETTINGS && frame.stream == 0 && frame.len % 6 == 0;
}

/* --- field sections --- */

/* A decoded field section. Spans point into text, which is complete before they are made. */
struct section {
    GByteArray *text;
    GArray *lens;   /* gsize: name, value, name, value ... */
    GArray *fields; /* struct capan_http_field, without pseudo-header fields */
    struct capan_decoded_head head;
};

static bool inflate(struct way *way, struct section *section) {
    const uint8_t *at = way->block->data;
    size_t left = way->block->len;

    for (int flags = 0; !(flags & NGHTTP2_HD_INFLATE_FINAL);) {
        nghttp2_nv nv;
        ssize_t used = nghttp2_hd_inflate_hd2(way->inflater, &nv, &flags, at, left, 1);
        if (used < 0 || section->text->len > BLOCK_MAX) return false;
        at += used;
        left -= (size_t)used;
        if (!(flags & NGHTTP2_HD_INFLATE_EMIT)) {
            if (!left && !(flags & NGHTTP2_HD_INFLATE_FINAL)) return false;
            continue;
        }
        gsize lens[2] = {nv.namelen, nv.valuelen};
        g_byte_array_append(section->text, nv.name, (guint)nv.namelen);
        g_byte_array_append(section->text, nv.value, (guint)nv.valuelen);
        g_array_append_vals(section->lens, lens, 2);
    }
    return nghttp2_hd_inflate_end_headers(way->inflater) == 0;
}

static bool named(struct capan_span name, const char *word) {
    return name.len == strlen(word) && memcmp(name.at, word, name.len) == 0;
}

static uint16_t status_of(struct capan_span value) {
    uint16_t status = 0;

    for (size_t i = 0; i < value.len && i < 3; i++) status = (uint16_t)(status * 10 + (value.at[i] - '0') % 10);
    return status;
}

/* RFC 9113 8.3. */
static void take_pseudo(struct capan_decoded_head *head, struct capan_span name, struct capan_span value) {
    if (named(name, ":method"))
        head->method = value;
    else if (named(name, ":path"))
        head->target = value;
    else if (named(name, ":authority"))
        head->authority = value;
    else if (named(name, ":scheme"))
        head->secure = named(value, "https");
    else if (named(name, ":status"))
        head->status = status_of(value);
}

static void take_fields(struct section *section) {
    const uint8_t *at = section->text->data;

    for (guint i = 0; i + 1 < section->lens->len; i += 2) {
        struct capan_http_field field = {.name = {at, g_array_index(section->lens, gsize, i)}};
        field.value = (struct capan_span){at + field.name.len, g_array_index(section->lens, gsize, i + 1)};
        at = field.value.at + field.value.len;
        if (field.name.len && field.name.at[0] == ':')
            take_pseudo(&section->head, field.name, field.value);
        else
            g_array_append_val(section->fields, field);
    }
    section->head.fields = (const struct capan_http_field *)(const void *)section->fields->data;
    section->head.field_count = section->fields->len;
}

/* A promised request is the client's, though the server says it (RFC 9113 8.4). */
static struct capan_decoded asked_by_client(const struct capan_decoded *at, uint32_t stream) {
    struct capan_decoded asked = *at;

    asked.from = at->to;
    asked.to = at->from;
    asked.h2_stream = stream;
    return asked;
}

static void hand_section(const struct way *way, const struct section *section, const struct capan_decoded *at) {
    bool is_trailer = !section->head.request && !section->head.status;

    if (way->block_is_promise) {
        struct capan_decoded asked = asked_by_client(at, way->block_stream);
        capan_store_feed_head(&asked, &section->head);
        capan_store_feed_end(&asked, true, false);
        return;
    }
    if (!is_trailer) capan_store_feed_head(at, &section->head);
    if (way->block_ends_stream) capan_store_feed_end(at, section->head.request, false);
}

static bool end_section(struct way *way, const struct capan_decoded *at, bool from_client) {
    struct section section = {g_byte_array_new(),
                              g_array_new(FALSE, FALSE, sizeof(gsize)),
                              g_array_new(FALSE, FALSE, sizeof(struct capan_http_field)),
                              {.version = 20}};
    struct capan_decoded here = *at;
    bool good = inflate(way, &section);

    here.h2_stream = way->block_stream;
    section.head.request = from_client || way->block_is_promise;
    take_fields(&section);
    if (good) hand_section(way, &section, &here);
    g_byte_array_free(section.text, TRUE);
    g_array_free(section.lens, TRUE);
    g_array_free(section.fields, TRUE);
    g_byte_array_set_size(way->block, 0);
    return good;
}

/* --- frames --- */

/* The payload without padding, and without what HEADERS and PUSH_PROMISE have in front of the fragment. */
static struct capan_span fragment_of(const struct frame *frame, struct capan_span payload) {
    size_t pad = 0, front = 0;

    if (frame->flags & PADDED && payload.len) pad = payload.at[0], front = 1;
    if (frame->type == HEADERS && frame->flags & PRIORITY) front += PRIORITY_LEN;
    if (frame->type == PUSH_PROMISE) front += 4;
    if (front + pad > payload.len) return (struct capan_span){payload.at, 0};
    return (struct capan_span){payload.at + front, payload.len - front - pad};
}

static void begin_section(struct way *way, const struct frame *frame, struct capan_span payload,
                          struct capan_span fragment) {
    way->block_is_promise = frame->type == PUSH_PROMISE;
    way->block_ends_stream = frame->type == HEADERS && frame->flags & END_STREAM;
    way->block_stream = frame->stream;
    if (way->block_is_promise && fragment.at - payload.at >= 4)
        way->block_stream = be32(fragment.at - 4) & 0x7fffffff;
    g_byte_array_set_size(way->block, 0);
}

static bool take_section(struct way *way, const struct frame *frame, struct capan_span payload,
                         const struct capan_decoded *at, bool from_client) {
    struct capan_span fragment = {payload.at, payload.len};

    if (frame->type != CONTINUATION) {
        fragment = fragment_of(frame, payload);
        begin_section(way, frame, payload, fragment);
    }
    if (way->block->len + fragment.len > BLOCK_MAX) return false;
    g_byte_array_append(way->block, fragment.at, (guint)fragment.len);
    return !(frame->flags & END_HEADERS) || end_section(way, at, from_client);
}

/* SETTINGS_HEADER_TABLE_SIZE allows the peer's encoder more (RFC 7541 4.2). Less is told in the field section itself.
 */
static void take_settings(struct way *peer, struct capan_span payload) {
    enum { HEADER_TABLE_SIZE = 1, SETTING_LEN = 6 };

    for (; payload.len >= SETTING_LEN; payload.at += SETTING_LEN, payload.len -= SETTING_LEN) {
        uint32_t size = be32(payload.at + 2);
        if (be16(payload.at) != HEADER_TABLE_SIZE || size <= peer->table_size) continue;
        peer->table_size = size;
        nghttp2_hd_inflate_change_table_size(peer->inflater, size);
    }
}

static void take_frame(struct capan_h2 *h2, struct way *way, struct capan_span payload, const struct capan_decoded *at,
                       enum capan_direction direction) {
    struct capan_decoded here = *at;

    here.h2_stream = way->frame.stream;
    switch (way->frame.type) {
    case HEADERS:
    case PUSH_PROMISE:
    case CONTINUATION: h2->lost |= !take_section(way, &way->frame, payload, &here, direction == CAPAN_C2S); break;
    case SETTINGS: take_settings(&h2->ways[!direction], payload); break;
    case RST_STREAM: capan_store_feed_end(&here, direction == CAPAN_C2S, true); break;
    default: break;
    }
}

/* --- octets --- */

static struct capan_span cut(struct capan_span *octets, size_t len) {
    struct capan_span front = {octets->at, MIN(len, octets->len)};

    octets->at += front.len;
    octets->len -= front.len;
    return front;
}

/* DATA goes on as it comes; its first octet may say how much padding is at its end. */
static void take_data(struct way *way, const struct capan_decoded *at, enum capan_direction direction,
                      struct capan_span *octets) {
    struct capan_decoded here = *at;
    bool request = direction == CAPAN_C2S;

    here.h2_stream = way->frame.stream;
    if (!way->pad_known && way->left && octets->len) {
        way->pad_known = true;
        if (way->frame.flags & PADDED) {
            way->pad = *cut(octets, 1).at;
            way->left--;
        }
    }
    struct capan_span front = cut(octets, way->left), content = front;
    content.len = MIN(front.len, way->left > way->pad ? way->left - way->pad : 0);
    way->left -= (uint32_t)front.len;
    if (content.len) capan_store_feed_body(&here, request, content);
    if (!way->left && way->frame.flags & END_STREAM) capan_store_feed_end(&here, request, false);
}

static void begin_frame(struct way *way, struct capan_span *octets) {
    struct capan_span front = cut(octets, HEADER_LEN - way->waiting->len);

    g_byte_array_append(way->waiting, front.at, (guint)front.len);
    if (way->waiting->len < HEADER_LEN) return;
    way->frame = read_header(way->waiting->data);
    way->left = way->frame.len;
    way->pad = 0;
    way->pad_known = false;
    way->in_payload = true;
    g_byte_array_set_size(way->waiting, 0);
}

static void end_frame(struct way *way) {
    way->in_payload = false;
    g_byte_array_set_size(way->waiting, 0);
}

static void read_payload(struct capan_h2 *h2, struct way *way, const struct capan_decoded *at,
                         enum capan_direction direction, struct capan_span *octets) {
    if (way->frame.type == DATA) {
        take_data(way, at, direction, octets);
    } else {
        struct capan_span front = cut(octets, way->left);
        way->left -= (uint32_t)front.len;
        if (way->frame.len <= PAYLOAD_MAX) g_byte_array_append(way->waiting, front.at, (guint)front.len);
        if (!way->left) take_frame(h2, way, (struct capan_span){way->waiting->data, way->waiting->len}, at, direction);
    }
    if (!way->left) end_frame(way);
}

void capan_h2_read(struct capan_h2 *h2, const struct capan_decoded *at, enum capan_direction direction,
                   struct capan_span octets) {
    struct way *way = &h2->ways[direction];

    if (direction == CAPAN_C2S && octets.len >= CAPAN_H2_PREFACE_LEN &&
        memcmp(octets.at, CAPAN_H2_PREFACE, CAPAN_H2_PREFACE_LEN) == 0)
        cut(&octets, CAPAN_H2_PREFACE_LEN);
    while (octets.len && !h2->lost) {
        if (!way->in_payload) begin_frame(way, &octets);
        if (way->in_payload) read_payload(h2, way, at, direction, &octets);
    }
}
