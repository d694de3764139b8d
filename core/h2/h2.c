/* SPDX-License-Identifier: MIT */
#include "capan/h2.h"

#include <nghttp2/nghttp2.h>

#include "alloc.h"
#include "bytes.h"

enum { FRAME_HEADER = 9, PAYLOAD_MAX = 1 << 17, SECTION_MAX = 1 << 18, TABLE_MAX = 1 << 16, PRIORITY_LEN = 5 };
enum frame_type { DATA = 0, HEADERS = 1, RST_STREAM = 3, SETTINGS = 4, PUSH_PROMISE = 5, CONTINUATION = 9 };
enum frame_flag { END_STREAM = 0x01, END_HEADERS = 0x04, PADDED = 0x08, PRIORITY = 0x20 };

static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
enum { PREFACE_LEN = sizeof preface - 1 };

/* Octets that grow. */
struct buffer {
    uint8_t *at;
    size_t len, capacity;
};

/* RFC 9113 4.1. */
struct frame {
    uint32_t len, stream;
    uint8_t type, flags;
};

/* One direction: what is left of the frame that is being read, and the field section that is being collected. */
struct way {
    struct buffer waiting; /* of the frame: its header, then its payload where that is read whole */
    struct buffer block;   /* HEADERS and its CONTINUATIONs (RFC 9113 4.3) */
    struct frame frame;
    uint32_t left; /* octets of its payload still to come */
    uint32_t block_stream;
    uint8_t preface_len; /* of the client's preface, octets that came */
    uint8_t pad;         /* DATA: octets at its end that are padding */
    bool in_payload, pad_known;
    bool block_is_promise, block_ends_stream;
    nghttp2_hd_inflater *inflater;
};

struct capan_h2 {
    const struct capan_alloc *alloc;
    struct capan_h2_sink sink;
    struct way way[2];
    bool lost;
};

static void buffer_free(struct capan_h2 *h2, struct buffer *buffer) {
    capan_delete(h2->alloc, buffer->at, buffer->capacity);
    *buffer = (struct buffer){0};
}

static bool buffer_add(struct capan_h2 *h2, struct buffer *buffer, struct capan_span octets) {
    void *items = buffer->at;
    if (capan_reserve(h2->alloc, &items, &buffer->capacity, buffer->len + octets.len, 1) != CAPAN_OK) return false;
    buffer->at = items;
    if (octets.len) memcpy(buffer->at + buffer->len, octets.at, octets.len);
    buffer->len += octets.len;
    return true;
}

static struct capan_span buffer_span(const struct buffer *buffer) { return (struct capan_span){buffer->at, buffer->len}; }

/* Both peers may let the other's table grow (SETTINGS_HEADER_TABLE_SIZE); how large it really is, the field sections say
 * themselves (RFC 7541 6.3). */
struct capan_h2 *capan_h2_new(const struct capan_h2_sink *sink, const struct capan_alloc *alloc) {
    struct capan_h2 *h2 = capan_new(alloc, sizeof *h2);
    if (!h2) return NULL;
    h2->alloc = alloc;
    h2->sink = *sink;
    for (int i = 0; i < 2; i++) {
        if (nghttp2_hd_inflate_new(&h2->way[i].inflater) != 0 ||
            nghttp2_hd_inflate_change_table_size(h2->way[i].inflater, TABLE_MAX) != 0) {
            capan_h2_free(h2);
            return NULL;
        }
    }
    return h2;
}

void capan_h2_free(struct capan_h2 *h2) {
    if (!h2) return;
    for (int i = 0; i < 2; i++) {
        buffer_free(h2, &h2->way[i].waiting);
        buffer_free(h2, &h2->way[i].block);
        if (h2->way[i].inflater) nghttp2_hd_inflate_del(h2->way[i].inflater);
    }
    capan_delete(h2->alloc, h2, sizeof *h2);
}

static struct frame read_header(const uint8_t *at) {
    return (struct frame){read_be24(at), read_be32(at + 5) & 0x7fffffff, at[3], at[4]};
}

/* SETTINGS (RFC 9113 6.5), of the number of settings that anybody sends. */
static enum capan_begins settings_begin(struct capan_span octets) {
    enum { SETTING_LEN = 6, SETTINGS_MAX = 32 };
    if (octets.at[0] != 0 || (octets.len > 1 && octets.at[1] != 0) || (octets.len > 3 && octets.at[3] != SETTINGS))
        return CAPAN_BEGINS_NOT;
    if (octets.len < FRAME_HEADER) return CAPAN_BEGINS_PERHAPS;
    struct frame frame = read_header(octets.at);
    bool fits = frame.stream == 0 && frame.flags == 0 && frame.len % SETTING_LEN == 0 && frame.len <= SETTINGS_MAX * SETTING_LEN;
    return fits ? CAPAN_BEGINS : CAPAN_BEGINS_NOT;
}

enum capan_begins capan_h2_begins(struct capan_span octets) {
    if (!octets.len) return CAPAN_BEGINS_PERHAPS;
    if (octets.at[0] != (uint8_t)preface[0]) return settings_begin(octets);
    struct capan_span first = span_cut(octets, 0, PREFACE_LEN);
    if (memcmp(first.at, preface, first.len) != 0) return CAPAN_BEGINS_NOT;
    return first.len == PREFACE_LEN ? CAPAN_BEGINS : CAPAN_BEGINS_PERHAPS;
}

bool capan_h2_is_lost(const struct capan_h2 *h2) { return h2->lost; }

/* --- field sections --- */

/* A decoded field section: name and value after each other in text, their lengths in lens. Spans are made when it is
 * complete, and text moves no more. */
struct section {
    struct buffer text;
    struct capan_http_field *fields; /* pseudo-header fields among them, at first with lengths alone */
    size_t count, capacity;
    struct capan_decoded_head head;
};

static bool add_field(struct capan_h2 *h2, struct section *section, const nghttp2_nv *nv) {
    void *items = section->fields;
    struct capan_span name = {nv->name, nv->namelen}, value = {nv->value, nv->valuelen};
    if (section->text.len + name.len + value.len > SECTION_MAX) return false;
    if (!buffer_add(h2, &section->text, name) || !buffer_add(h2, &section->text, value)) return false;
    if (capan_reserve(h2->alloc, &items, &section->capacity, section->count + 1, sizeof *section->fields) != CAPAN_OK)
        return false;
    section->fields = items;
    section->fields[section->count++] = (struct capan_http_field){.name.len = name.len, .value.len = value.len};
    return true;
}

static bool inflate(struct capan_h2 *h2, struct way *way, struct section *section) {
    struct capan_span left = buffer_span(&way->block);
    for (int flags = 0; !(flags & NGHTTP2_HD_INFLATE_FINAL);) {
        nghttp2_nv nv;
        ssize_t used = nghttp2_hd_inflate_hd2(way->inflater, &nv, &flags, left.at, left.len, 1);
        if (used < 0) return false;
        left = span_cut(left, (size_t)used, SIZE_MAX);
        if (flags & NGHTTP2_HD_INFLATE_EMIT && !add_field(h2, section, &nv)) return false;
        if (!left.len && !(flags & (NGHTTP2_HD_INFLATE_EMIT | NGHTTP2_HD_INFLATE_FINAL))) return false;
    }
    return nghttp2_hd_inflate_end_headers(way->inflater) == 0;
}

static uint16_t status_of(struct capan_span value) {
    uint16_t status = 0;
    for (size_t i = 0; i < value.len && i < 3; i++) status = (uint16_t)(status * 10 + (value.at[i] - '0') % 10);
    return status;
}

/* RFC 9113 8.3. */
static void take_pseudo(struct capan_decoded_head *head, const struct capan_http_field *field) {
    if (span_equal(field->name, span_of(":method"))) head->method = field->value;
    else if (span_equal(field->name, span_of(":path"))) head->target = field->value;
    else if (span_equal(field->name, span_of(":authority"))) head->authority = field->value;
    else if (span_equal(field->name, span_of(":scheme"))) head->secure = span_equal(field->value, span_of("https"));
    else if (span_equal(field->name, span_of(":status"))) head->status = status_of(field->value);
}

static void take_fields(struct section *section) {
    const uint8_t *at = section->text.at;
    size_t kept = 0;
    for (size_t i = 0; i < section->count; i++) {
        struct capan_http_field field = section->fields[i];
        field.name.at = at;
        field.value.at = at + field.name.len;
        at = field.value.at + field.value.len;
        if (field.name.len && field.name.at[0] == ':') take_pseudo(&section->head, &field);
        else section->fields[kept++] = field;
    }
    section->head.fields = section->fields;
    section->head.field_count = kept;
}

/* A promised request is the client's, though the server says it (RFC 9113 8.4). */
static struct capan_decoded asked_by_client(const struct capan_decoded *at, uint32_t stream) {
    struct capan_decoded asked = *at;
    asked.from = at->to;
    asked.to = at->from;
    asked.h2_stream = stream;
    return asked;
}

static void hand_on(struct capan_h2 *h2, const struct way *way, const struct section *section,
                    const struct capan_decoded *at) {
    const struct capan_h2_sink *sink = &h2->sink;
    if (way->block_is_promise) {
        struct capan_decoded asked = asked_by_client(at, way->block_stream);
        sink->head(sink->context, &asked, &section->head);
        sink->end(sink->context, &asked, true, false);
        return;
    }
    sink->head(sink->context, at, &section->head);
    if (way->block_ends_stream) sink->end(sink->context, at, section->head.request, false);
}

static bool end_section(struct capan_h2 *h2, struct way *way, const struct capan_decoded *at, bool from_client) {
    struct section section = {.head.version = 20};
    struct capan_decoded here = *at;
    bool good = inflate(h2, way, &section);
    here.h2_stream = way->block_stream;
    section.head.request = from_client || way->block_is_promise;
    take_fields(&section);
    if (good) hand_on(h2, way, &section, &here);
    buffer_free(h2, &section.text);
    capan_delete(h2->alloc, section.fields, section.capacity * sizeof *section.fields);
    way->block.len = 0;
    return good;
}

/* --- frames --- */

/* The payload without padding, and without what HEADERS and PUSH_PROMISE have in front of the fragment. */
static struct capan_span fragment_of(const struct frame *frame, struct capan_span payload) {
    size_t pad = 0, front = 0;
    if (frame->flags & PADDED && payload.len) pad = payload.at[0], front = 1;
    if (frame->type == HEADERS && frame->flags & PRIORITY) front += PRIORITY_LEN;
    if (frame->type == PUSH_PROMISE) front += 4;
    if (front + pad > payload.len) return span_cut(payload, 0, 0);
    return span_cut(payload, front, payload.len - front - pad);
}

static void begin_section(struct way *way, const struct frame *frame, struct capan_span payload,
                          struct capan_span fragment) {
    way->block_is_promise = frame->type == PUSH_PROMISE;
    way->block_ends_stream = frame->type == HEADERS && frame->flags & END_STREAM;
    way->block_stream = frame->stream;
    if (way->block_is_promise && fragment.at - payload.at >= 4)
        way->block_stream = read_be32(fragment.at - 4) & 0x7fffffff;
    way->block.len = 0;
}

static bool take_section(struct capan_h2 *h2, struct way *way, struct capan_span payload,
                         const struct capan_decoded *at, bool from_client) {
    struct capan_span fragment = payload;
    if (way->frame.type != CONTINUATION) {
        fragment = fragment_of(&way->frame, payload);
        begin_section(way, &way->frame, payload, fragment);
    }
    if (way->block.len + fragment.len > SECTION_MAX || !buffer_add(h2, &way->block, fragment)) return false;
    return !(way->frame.flags & END_HEADERS) || end_section(h2, way, at, from_client);
}

static bool has_section(uint8_t type) { return type == HEADERS || type == PUSH_PROMISE || type == CONTINUATION; }

static void take_frame(struct capan_h2 *h2, struct way *way, const struct capan_decoded *at, bool from_client) {
    struct capan_decoded here = *at;
    here.h2_stream = way->frame.stream;
    if (has_section(way->frame.type)) h2->lost |= !take_section(h2, way, buffer_span(&way->waiting), &here, from_client);
    else if (way->frame.type == RST_STREAM) h2->sink.end(h2->sink.context, &here, from_client, true);
}

/* --- octets --- */

static struct capan_span take(struct capan_span *from, size_t len) {
    struct capan_span part = span_cut(*from, 0, len);
    *from = span_cut(*from, part.len, SIZE_MAX);
    return part;
}

/* Octets of DATA, or so many that are missing: all but the padding at its end are content. */
static void pass_data(struct capan_h2 *h2, struct way *way, const struct capan_decoded *at, bool request,
                      struct capan_span octets, uint32_t len) {
    struct capan_decoded here = *at;
    uint32_t content = min_u32(len, way->left > way->pad ? way->left - way->pad : 0);
    here.h2_stream = way->frame.stream;
    way->left -= len;
    if (content) h2->sink.body(h2->sink.context, &here, request, span_cut(octets, 0, content), content);
    if (!way->left && way->frame.flags & END_STREAM) h2->sink.end(h2->sink.context, &here, request, false);
}

/* DATA goes on as it comes; its first octet may say how much padding is at its end. */
static void read_data(struct capan_h2 *h2, struct way *way, const struct capan_decoded *at, bool request,
                      struct capan_span *octets) {
    if (!way->pad_known && way->left && octets->len) {
        way->pad_known = true;
        if (way->frame.flags & PADDED) {
            way->pad = take(octets, 1).at[0];
            way->left--;
        }
    }
    struct capan_span part = take(octets, way->left);
    pass_data(h2, way, at, request, part, (uint32_t)part.len);
}

static void read_frame_header(struct capan_h2 *h2, struct way *way, struct capan_span *octets) {
    h2->lost |= !buffer_add(h2, &way->waiting, take(octets, FRAME_HEADER - way->waiting.len));
    if (way->waiting.len < FRAME_HEADER) return;
    way->frame = read_header(way->waiting.at);
    way->left = way->frame.len;
    way->pad = 0;
    way->pad_known = false;
    way->in_payload = true;
    way->waiting.len = 0;
}

static void end_frame(struct way *way) {
    way->in_payload = false;
    way->waiting.len = 0;
}

static void read_payload(struct capan_h2 *h2, struct way *way, const struct capan_decoded *at, bool from_client,
                         struct capan_span *octets) {
    if (way->frame.type == DATA) {
        read_data(h2, way, at, from_client, octets);
    } else {
        struct capan_span part = take(octets, way->left);
        way->left -= (uint32_t)part.len;
        if (way->frame.len <= PAYLOAD_MAX) h2->lost |= !buffer_add(h2, &way->waiting, part);
        if (!way->left && !h2->lost) take_frame(h2, way, at, from_client);
    }
    if (!way->left) end_frame(way);
}

/* A client begins with its preface; one that begins otherwise was joined in the middle. */
static void read_preface(struct capan_h2 *h2, struct way *way, struct capan_span *octets) {
    while (way->preface_len < PREFACE_LEN && octets->len && octets->at[0] == (uint8_t)preface[way->preface_len]) {
        take(octets, 1);
        way->preface_len++;
    }
    if (!octets->len || way->preface_len == PREFACE_LEN) return;
    h2->lost |= way->preface_len > 0;
    way->preface_len = PREFACE_LEN;
}

void capan_h2_read(struct capan_h2 *h2, const struct capan_decoded *at, enum capan_direction direction,
                   struct capan_span octets) {
    struct way *way = &h2->way[direction];
    bool from_client = direction == CAPAN_C2S;
    if (from_client && way->preface_len < PREFACE_LEN) read_preface(h2, way, &octets);
    while (octets.len && !h2->lost) {
        if (!way->in_payload) read_frame_header(h2, way, &octets);
        if (way->in_payload && !h2->lost) read_payload(h2, way, at, from_client, &octets);
    }
}

/* Inside of a frame that changes nothing for others, the hole does no harm; a field section that is not whole leaves the
 * table unknown. */
void capan_h2_gap(struct capan_h2 *h2, const struct capan_decoded *at, enum capan_direction direction, uint64_t len) {
    struct way *way = &h2->way[direction];
    if (!len || !way->in_payload || len > way->left || has_section(way->frame.type)) {
        h2->lost = true;
        return;
    }
    way->pad_known = true;
    if (way->frame.type == DATA) pass_data(h2, way, at, direction == CAPAN_C2S, (struct capan_span){0}, (uint32_t)len);
    else way->left -= (uint32_t)len;
    if (!way->left) end_frame(way);
}
