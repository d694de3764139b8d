/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "h3.h"

#include <nghttp3/nghttp3.h>
#include <string.h>

#include "varint.h"
#include "verdicts.h"

enum {
    STREAMS_MAX = 4096,
    BLOCKED_MAX = 128,
    HELD_MAX = 1 << 20,
    BLOCK_MAX = 1 << 16,
    SECTION_MAX = 1 << 16,
    LINE_OVERHEAD = 32, /* RFC 9114 4.2.2 */
    TABLE_MAX = 1 << 20,
    BLOCKED_STREAMS = 1 << 16
};
enum frame_type { DATA = 0x00, HEADERS = 0x01, SETTINGS = 0x04 };

/* What a stream's direction carries: messages, or on streams of one direction what its first integer says (RFC
 * 9114 6.2, RFC 9204 4.2). */
enum kind { MESSAGES, UNKNOWN, CONTROL, ENCODER, OTHER };

/* One direction of a stream. */
struct lane {
    enum kind kind;
    bool over, blocked;
    bool in_frame;
    uint64_t type, left; /* of the frame: octets of its payload still to come */
    GByteArray *front;   /* integers that came in pieces; a payload that is read whole */
    GByteArray *waiting; /* what came behind a field section that is blocked */
    uint64_t insertions; /* that it waits for (RFC 9204 2.2.1) */
    uint32_t first_frame;
    int64_t first_ns;
    uint64_t wire_len; /* of the frame */
};

struct stream {
    uint64_t id;
    struct lane lanes[2]; /* the client's, the server's */
    bool asking_reset;    /* the client's direction was reset, which alone ends nothing (RFC 9114 4.1) */
};

/* One direction's field compression. */
struct way {
    nghttp3_qpack_decoder *decoder;
    uint64_t capacity; /* of the table, as the peer's settings allow it (RFC 9204 3.2.3) */
    bool lost;         /* the table is not what the peers have */
};

struct capan_h3 {
    GTree *streams;
    GPtrArray *blocked; /* struct stream: some direction waits for the table */
    size_t held;        /* octets that wait with them */
    struct way ways[2];
};

static void free_stream(gpointer data) {
    struct stream *stream = data;

    for (int i = 0; i < 2; i++) {
        g_byte_array_free(stream->lanes[i].front, TRUE);
        g_byte_array_free(stream->lanes[i].waiting, TRUE);
    }
    g_free(stream);
}

struct capan_h3 *capan_h3_new(void) {
    struct capan_h3 *h3 = g_new0(struct capan_h3, 1);

    h3->streams = g_tree_new_full(compare_ids, NULL, NULL, free_stream);
    h3->blocked = g_ptr_array_new();
    return h3;
}

void capan_h3_free(struct capan_h3 *h3) {
    if (!h3) return;
    for (int i = 0; i < 2; i++)
        if (h3->ways[i].decoder) nghttp3_qpack_decoder_del(h3->ways[i].decoder);
    g_ptr_array_free(h3->blocked, TRUE);
    g_tree_destroy(h3->streams);
    g_free(h3);
}

/* RFC 9000 2.1. */
static bool is_of_two_directions(uint64_t id) {
    return (id & 2) == 0;
}

static struct stream *stream_of(const struct capan_h3 *h3, uint64_t id) {
    struct stream *stream = g_tree_lookup(h3->streams, &id);
    if (stream || g_tree_nnodes(h3->streams) >= STREAMS_MAX) return stream;

    stream = g_new0(struct stream, 1);
    stream->id = id;
    for (int i = 0; i < 2; i++) {
        stream->lanes[i].kind = is_of_two_directions(id) ? MESSAGES : UNKNOWN;
        stream->lanes[i].front = g_byte_array_new();
        stream->lanes[i].waiting = g_byte_array_new();
    }
    g_tree_insert(h3->streams, &stream->id, stream);
    return stream;
}

/* --- field compression --- */

/* A table that nothing was put into is made anew when the peer's settings allow another size. */
static nghttp3_qpack_decoder *decoder_of(struct way *way) {
    if (!way->decoder && nghttp3_qpack_decoder_new(&way->decoder, (size_t)MIN(way->capacity, TABLE_MAX),
                                                   BLOCKED_STREAMS, nghttp3_mem_default()) != 0)
        way->lost = true;
    return way->lost ? NULL : way->decoder;
}

static void take_capacity(struct way *way, uint64_t capacity) {
    if (way->decoder && nghttp3_qpack_decoder_get_icnt(way->decoder) > 0) return;
    if (way->decoder) nghttp3_qpack_decoder_del(way->decoder);
    way->decoder = NULL;
    way->capacity = capacity;
}

/* The decoder writes acknowledgements for its peer, which nobody sends here. */
static void drain(nghttp3_qpack_decoder *decoder) {
    size_t len = nghttp3_qpack_decoder_get_decoder_streamlen(decoder);
    uint8_t *octets = g_malloc(len + 1);
    nghttp3_buf out = {.begin = octets, .end = octets + len, .pos = octets, .last = octets};

    if (len) nghttp3_qpack_decoder_write_decoder(decoder, &out);
    g_free(octets);
}

/* A field section that was read. Its spans get their places when text is complete. */
struct section {
    GByteArray *text;
    GArray *fields; /* struct capan_http_field */
};

static bool take_line(struct section *section, const nghttp3_qpack_nv *line) {
    nghttp3_vec name = nghttp3_rcbuf_get_buf(line->name), value = nghttp3_rcbuf_get_buf(line->value);
    size_t cost = section->text->len + name.len + value.len + (section->fields->len + 1) * LINE_OVERHEAD;
    struct capan_http_field field = {{NULL, name.len}, {NULL, value.len}};

    if (cost <= SECTION_MAX) {
        g_byte_array_append(section->text, name.base, (guint)name.len);
        g_byte_array_append(section->text, value.base, (guint)value.len);
        g_array_append_val(section->fields, field);
    }
    nghttp3_rcbuf_decref(line->name);
    nghttp3_rcbuf_decref(line->value);
    return cost <= SECTION_MAX;
}

static void place_fields(struct section *section) {
    const uint8_t *at = section->text->data;

    for (guint i = 0; i < section->fields->len; i++) {
        struct capan_http_field *field = &g_array_index(section->fields, struct capan_http_field, i);
        field->name.at = at;
        field->value.at = at + field->name.len;
        at = field->value.at + field->value.len;
    }
}

enum reading { READ, BLOCKED, UNREADABLE };

static enum reading read_lines(nghttp3_qpack_decoder *decoder, nghttp3_qpack_stream_context *context,
                               struct section *section, struct capan_span octets) {
    for (uint8_t flags = 0; !(flags & NGHTTP3_QPACK_DECODE_FLAG_FINAL);) {
        nghttp3_qpack_nv line;
        nghttp3_ssize used =
            nghttp3_qpack_decoder_read_request(decoder, context, &line, &flags, octets.at, octets.len, 1);
        if (used < 0) return UNREADABLE;
        cut_span(&octets, (uint64_t)used);
        if (flags & NGHTTP3_QPACK_DECODE_FLAG_BLOCKED) return BLOCKED;
        if (flags & NGHTTP3_QPACK_DECODE_FLAG_EMIT) {
            if (!take_line(section, &line)) return UNREADABLE;
        } else if (!used && !(flags & NGHTTP3_QPACK_DECODE_FLAG_FINAL)) {
            return UNREADABLE;
        }
    }
    return READ;
}

static enum reading read_section(struct way *way, const struct stream *stream, struct lane *lane,
                                 struct section *section) {
    nghttp3_qpack_stream_context *context = NULL;
    nghttp3_qpack_decoder *decoder = decoder_of(way);
    if (!decoder) return UNREADABLE;
    if (nghttp3_qpack_stream_context_new(&context, (int64_t)stream->id, nghttp3_mem_default()) != 0) return UNREADABLE;
    enum reading reading =
        read_lines(decoder, context, section, (struct capan_span){lane->front->data, lane->front->len});

    lane->insertions = nghttp3_qpack_stream_context_get_ricnt(context);
    nghttp3_qpack_stream_context_del(context);
    drain(decoder);
    return reading;
}

/* --- messages --- */

static struct capan_decoded on_stream(const struct capan_decoded *at, const struct stream *stream) {
    struct capan_decoded here = *at;

    here.h2_stream = (int64_t)stream->id;
    return here;
}

static void tell_section(const struct capan_decoded *at, const struct stream *stream, const struct lane *lane,
                         struct section *section) {
    struct capan_decoded here = on_stream(at, stream);
    bool request = lane == &stream->lanes[0];

    place_fields(section);
    here.first_frame = lane->first_frame;
    here.first_ns = lane->first_ns;
    here.wire_len = lane->wire_len;
    capan_verdicts_feed_head(&here, &(struct capan_decoded_head){
                                        .request = request,
                                        .version = 30,
                                        .fields = (const struct capan_http_field *)(const void *)section->fields->data,
                                        .field_count = section->fields->len});
}

static void block(struct capan_h3 *h3, struct stream *stream, struct lane *lane) {
    lane->blocked = true;
    g_ptr_array_add(h3->blocked, stream);
}

static void end_section(struct capan_h3 *h3, const struct capan_decoded *at, struct stream *stream, struct lane *lane) {
    struct section section = {g_byte_array_new(), g_array_new(FALSE, FALSE, sizeof(struct capan_http_field))};
    struct way *way = &h3->ways[lane - stream->lanes];
    enum reading reading = read_section(way, stream, lane, &section);

    if (reading == BLOCKED && h3->blocked->len >= BLOCKED_MAX) reading = UNREADABLE;
    if (reading == READ) {
        tell_section(at, stream, lane, &section);
    } else if (reading == BLOCKED) {
        block(h3, stream, lane);
    } else {
        struct capan_decoded here = on_stream(at, stream);
        capan_verdicts_feed_unread(&here, lane == &stream->lanes[0]);
    }
    if (!lane->blocked) g_byte_array_set_size(lane->front, 0);
    g_byte_array_free(section.text, TRUE);
    g_array_free(section.fields, TRUE);
}

/* --- frames --- */

/* SETTINGS_QPACK_MAX_TABLE_CAPACITY allows the peer's encoder its table (RFC 9204 5). */
static void take_settings(struct capan_h3 *h3, struct lane *lane, bool from_client) {
    enum { QPACK_MAX_TABLE_CAPACITY = 0x01 };
    struct capan_span octets = {lane->front->data, lane->front->len};
    uint64_t id, value;

    while (take_varint(&octets, &id) && take_varint(&octets, &value))
        if (id == QPACK_MAX_TABLE_CAPACITY) take_capacity(&h3->ways[from_client], value);
    g_byte_array_set_size(lane->front, 0);
}

static bool is_read_whole(const struct lane *lane) {
    return (lane->kind == MESSAGES && lane->type == HEADERS) || (lane->kind == CONTROL && lane->type == SETTINGS);
}

static void end_frame(struct capan_h3 *h3, const struct capan_decoded *at, struct stream *stream, struct lane *lane) {
    lane->in_frame = false;
    if (lane->kind == MESSAGES && lane->type == HEADERS)
        end_section(h3, at, stream, lane);
    else if (lane->kind == CONTROL && lane->type == SETTINGS)
        take_settings(h3, lane, lane == &stream->lanes[0]);
}

static void take_payload(const struct capan_decoded *at, const struct stream *stream, struct lane *lane,
                         struct capan_span octets) {
    lane->left -= octets.len;
    if (lane->kind == MESSAGES && lane->type == DATA) {
        struct capan_decoded here = on_stream(at, stream);
        here.wire_len = octets.len + lane->wire_len;
        lane->wire_len = 0;
        capan_verdicts_feed_body(&here, lane == &stream->lanes[0], octets);
    } else if (is_read_whole(lane) && lane->front->len + octets.len <= BLOCK_MAX) {
        g_byte_array_append(lane->front, octets.at, (guint)octets.len);
    }
}

/* Octet by octet: integers are short. True when all of them are there. */
static bool take_integers(struct lane *lane, struct capan_span *octets, uint64_t *values, unsigned count) {
    while (octets->len) {
        g_byte_array_append(lane->front, cut_span(octets, 1).at, 1);
        struct capan_span front = {lane->front->data, lane->front->len};
        unsigned taken = 0;
        while (taken < count && take_varint(&front, &values[taken])) taken++;
        if (taken < count) continue;
        g_byte_array_set_size(lane->front, 0);
        return true;
    }
    return false;
}

/* DATA counts its header with its payload, a field section with its own. */
static void begin_frame(const struct capan_decoded *at, struct lane *lane, struct capan_span *octets) {
    uint64_t values[2] = {0};
    size_t before = octets->len;

    if (!lane->front->len) {
        lane->first_frame = at->frame;
        lane->first_ns = at->time_ns;
        lane->wire_len = 0;
    }
    lane->in_frame = take_integers(lane, octets, values, G_N_ELEMENTS(values));
    lane->wire_len += before - octets->len;
    if (!lane->in_frame) return;
    lane->type = values[0];
    lane->left = values[1];
    if (lane->type == HEADERS) lane->wire_len += lane->left;
}

static void read_frames(struct capan_h3 *h3, const struct capan_decoded *at, struct stream *stream, struct lane *lane,
                        struct capan_span *octets) {
    if (!lane->in_frame) begin_frame(at, lane, octets);
    if (!lane->in_frame) return;
    if (lane->left) take_payload(at, stream, lane, cut_span(octets, lane->left));
    if (!lane->left) end_frame(h3, at, stream, lane);
}

/* --- streams --- */

static void begin_stream(struct lane *lane, struct capan_span *octets) {
    enum { CONTROL_STREAM = 0x00, ENCODER_STREAM = 0x02 };
    uint64_t type;
    if (!take_integers(lane, octets, &type, 1)) return;

    lane->kind = type == CONTROL_STREAM ? CONTROL : type == ENCODER_STREAM ? ENCODER : OTHER;
}

static void wait(struct capan_h3 *h3, struct lane *lane, struct capan_span octets) {
    if (h3->held + octets.len > HELD_MAX) return;
    h3->held += octets.len;
    g_byte_array_append(lane->waiting, octets.at, (guint)octets.len);
}

static void read_instructions(struct capan_h3 *h3, const struct capan_decoded *at, int direction,
                              struct capan_span octets);

static void read_lane(struct capan_h3 *h3, const struct capan_decoded *at, struct stream *stream, struct lane *lane,
                      struct capan_span octets) {
    while (octets.len && !lane->blocked && lane->kind != OTHER) {
        if (lane->kind == UNKNOWN)
            begin_stream(lane, &octets);
        else if (lane->kind == ENCODER)
            read_instructions(h3, at, (int)(lane - stream->lanes), cut_span(&octets, octets.len));
        else
            read_frames(h3, at, stream, lane, &octets);
    }
    if (lane->blocked) wait(h3, lane, octets);
}

/* Both sides' octets may be over while their field sections still wait. */
static void end_lane(struct capan_h3 *h3, const struct capan_decoded *at, struct stream *stream,
                     const struct lane *lane) {
    struct capan_decoded here = on_stream(at, stream);
    bool request = lane == &stream->lanes[0];

    if (lane->kind == MESSAGES) {
        if (!(request && stream->asking_reset)) capan_verdicts_feed_end(&here, request, false);
        if (stream->asking_reset && stream->lanes[1].over) capan_verdicts_feed_end(&here, true, true);
    }
    if (stream->lanes[0].over && stream->lanes[1].over && !stream->lanes[0].blocked && !stream->lanes[1].blocked)
        g_tree_remove(h3->streams, &stream->id);
}

/* Reads what waited for the table. */
static void resume(struct capan_h3 *h3, const struct capan_decoded *at, struct stream *stream, struct lane *lane) {
    GByteArray *waited = lane->waiting;

    lane->blocked = false;
    lane->waiting = g_byte_array_new();
    h3->held -= waited->len;
    end_section(h3, at, stream, lane);
    read_lane(h3, at, stream, lane, (struct capan_span){waited->data, waited->len});
    g_byte_array_free(waited, TRUE);
    if (lane->over && !lane->blocked) end_lane(h3, at, stream, lane);
}

/* Field sections whose insertions are there now. */
static void resume_blocked(struct capan_h3 *h3, const struct capan_decoded *at, int direction) {
    uint64_t insertions = nghttp3_qpack_decoder_get_icnt(h3->ways[direction].decoder);

    for (guint i = 0; i < h3->blocked->len;) {
        struct stream *stream = h3->blocked->pdata[i];
        struct lane *lane = &stream->lanes[direction];
        if (lane->blocked && lane->insertions <= insertions) {
            g_ptr_array_remove_index(h3->blocked, i);
            resume(h3, at, stream, lane);
        } else {
            i++;
        }
    }
}

/* RFC 9204 4.3. */
static void read_instructions(struct capan_h3 *h3, const struct capan_decoded *at, int direction,
                              struct capan_span octets) {
    struct way *way = &h3->ways[direction];
    nghttp3_qpack_decoder *decoder = decoder_of(way);
    if (!decoder) return;

    way->lost = nghttp3_qpack_decoder_read_encoder(decoder, octets.at, octets.len) < 0;
    drain(decoder);
    resume_blocked(h3, at, direction);
}

void capan_h3_read(struct capan_h3 *h3, const struct capan_decoded *at, uint64_t id, bool from_client,
                   struct capan_span octets) {
    struct stream *stream = stream_of(h3, id);

    if (stream) read_lane(h3, at, stream, &stream->lanes[!from_client], octets);
}

void capan_h3_end(struct capan_h3 *h3, const struct capan_decoded *at, uint64_t id, bool from_client, bool reset) {
    struct stream *stream = stream_of(h3, id);
    if (!stream) return;
    struct lane *lane = &stream->lanes[!from_client];
    struct capan_decoded here = on_stream(at, stream);

    lane->over = true;
    if (reset && from_client) stream->asking_reset = true;
    if (reset && !from_client && lane->kind == MESSAGES) capan_verdicts_feed_end(&here, false, true);
    if (!lane->blocked) end_lane(h3, at, stream, lane);
}
