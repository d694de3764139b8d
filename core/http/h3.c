/* SPDX-License-Identifier: MIT */
#include "h3.h"

#include <string.h>

#include "alloc.h"
#include "pseudo.h"
#include "section.h"
#include "varint.h"

enum {
    BLOCKED_MAX = 128,    /* field sections that wait for a table at once */
    HELD_MAX = 1 << 20,   /* octets that came behind them */
    PAYLOAD_MAX = 1 << 16 /* of a frame that is read whole */
};
enum frame_type { DATA = 0x00, HEADERS = 0x01, SETTINGS = 0x04 };
enum { FRAME_INTEGERS = 2 }; /* its type and its length (RFC 9114 7.1) */

/* What a stream's direction carries: messages, or on streams of one direction what its first integer says (RFC 9114
 * 6.2, RFC 9204 4.2). OTHER: nothing that is read, or not any more. */
enum kind { MESSAGES, UNKNOWN, CONTROL, ENCODER, OTHER };
/* What of a payload that is read whole can be. */
enum keeping { WHOLE, CUT, TOO_LONG };

struct buffer {
    uint8_t *at;
    size_t len, size;
};

/* One direction of a stream. */
struct side {
    struct capan_h3_stream *stream;
    enum kind kind;
    bool from_client, over, blocked;
    bool in_frame;
    enum keeping keeping; /* of the payload */
    uint8_t integer_len;
    uint8_t integers[FRAME_INTEGERS * VARINT_LEN_MAX]; /* that came in pieces */
    uint64_t type, left;                               /* of the frame: octets of its payload still to come */
    struct moment begun;                               /* the frame's first octet */
    uint64_t wire_len;                                 /* of the frame, as far as it was not told yet */
    struct buffer payload;                             /* of a frame that is read whole */
    struct buffer waiting;                             /* what came behind a field section that is blocked */
    bool waiting_lost;                                 /* not all of that could be kept */
    uint64_t insertions;                               /* that it waits for (RFC 9204 2.2.1) */
};

struct capan_h3_stream {
    struct capan_h3 *h3;
    int64_t id;
    struct side sides[2]; /* the client's, the server's */
    bool asking_reset;    /* the client's direction was reset, which alone ends nothing (RFC 9114 4.1) */
    bool closed;
};

/* One direction's field compression. */
struct fields {
    void *decoder;     /* NULL until it is needed */
    uint64_t capacity; /* of the table, as the peer's settings allow it (RFC 9204 3.2.3) */
    bool lost;         /* the table is not what the peers have */
};

struct capan_h3 {
    const struct capan_alloc *alloc;
    const struct capan_qpack *qpack;
    const struct capan_parts_sink *sink;
    void *context;
    struct moment now;
    struct fields fields[2]; /* the client's, the server's */
    struct side *blocked[BLOCKED_MAX];
    size_t blocked_count;
    size_t held; /* octets that wait with them */
};

/* --- octets that are kept --- */

static bool keep(const struct capan_h3 *h3, struct buffer *buffer, struct capan_span octets) {
    void *items = buffer->at;
    bool fits = capan_reserve(h3->alloc, &items, &buffer->size, buffer->len + octets.len, 1) == CAPAN_OK;
    buffer->at = items;
    if (!fits) return false;
    memcpy(buffer->at + buffer->len, octets.at, octets.len);
    buffer->len += octets.len;
    return true;
}

static struct capan_span kept(const struct buffer *buffer) {
    return (struct capan_span){buffer->at, buffer->len};
}

static void drop(const struct capan_h3 *h3, struct buffer *buffer) {
    capan_delete(h3->alloc, buffer->at, buffer->size);
    *buffer = (struct buffer){0};
}

/* --- coming and going --- */

struct capan_h3 *capan_h3_new(const struct capan_alloc *alloc, const struct capan_qpack *qpack,
                              const struct capan_parts_sink *sink, void *context) {
    struct capan_h3 *h3 = capan_new(alloc, sizeof *h3);
    if (h3) *h3 = (struct capan_h3){.alloc = alloc, .qpack = qpack, .sink = sink, .context = context};
    return h3;
}

/* RFC 9000 2.1. HTTP/3 has no streams of both directions that a server opens (RFC 9114 6.1). */
static enum kind kind_at_first(int64_t id) {
    enum { OF_SERVER = 1, OF_ONE_DIRECTION = 2 };
    if (id & OF_ONE_DIRECTION) return UNKNOWN;
    return id & OF_SERVER ? OTHER : MESSAGES;
}

struct capan_h3_stream *capan_h3_open(struct capan_h3 *h3, int64_t id) {
    struct capan_h3_stream *stream = capan_new(h3->alloc, sizeof *stream);
    if (!stream) return NULL;
    stream->h3 = h3;
    stream->id = id;
    for (int i = 0; i < 2; i++)
        stream->sides[i] = (struct side){.stream = stream, .kind = kind_at_first(id), .from_client = i == 0};
    return stream;
}

static bool waits(const struct capan_h3_stream *stream) {
    return stream->sides[0].blocked || stream->sides[1].blocked;
}

static void free_stream(struct capan_h3_stream *stream) {
    struct capan_h3 *h3 = stream->h3;
    for (int i = 0; i < 2; i++) {
        drop(h3, &stream->sides[i].payload);
        drop(h3, &stream->sides[i].waiting);
    }
    capan_delete(h3->alloc, stream, sizeof *stream);
}

void capan_h3_close(struct capan_h3_stream *stream) {
    stream->closed = true;
    if (!waits(stream)) free_stream(stream);
}

static struct side *unblock(struct capan_h3 *h3, size_t number) {
    struct side *side = h3->blocked[number];
    h3->blocked_count--;
    memmove(h3->blocked + number, h3->blocked + number + 1, (h3->blocked_count - number) * sizeof *h3->blocked);
    side->blocked = false;
    return side;
}

void capan_h3_free(struct capan_h3 *h3) {
    if (!h3) return;
    while (h3->blocked_count) {
        struct capan_h3_stream *stream = unblock(h3, h3->blocked_count - 1)->stream;
        if (!waits(stream)) free_stream(stream);
    }
    for (int i = 0; i < 2; i++)
        if (h3->fields[i].decoder) h3->qpack->close(h3->fields[i].decoder);
    capan_delete(h3->alloc, h3, sizeof *h3);
}

/* --- what is told --- */

static struct capan_part part_of(const struct side *side, struct moment first, uint64_t wire_len) {
    return (struct capan_part){side->stream->id, side->from_client, first, side->stream->h3->now, wire_len};
}

static void tell_head(const struct side *side, struct capan_section *section) {
    const struct capan_h3 *h3 = side->stream->h3;
    struct capan_part part = part_of(side, side->begun, side->wire_len);
    struct capan_http_head head = {.version = 30, .request = side->from_client, .at = side->begun};
    capan_pseudo_read(&head, capan_section_fields(section), section->count);
    h3->sink->head(h3->context, &part, &head);
}

static void tell_unread(const struct side *side, enum capan_http_framing why) {
    const struct capan_h3 *h3 = side->stream->h3;
    struct capan_part part = part_of(side, side->begun, side->wire_len);
    h3->sink->unread(h3->context, &part, why);
}

/* DATA counts its header with its first octets. */
static void tell_body(struct side *side, struct capan_span octets, uint64_t missing) {
    const struct capan_h3 *h3 = side->stream->h3;
    struct capan_part part = part_of(side, h3->now, side->wire_len + octets.len + missing);
    side->wire_len = 0;
    h3->sink->body(h3->context, &part, octets, missing);
}

static void tell_end(const struct capan_h3_stream *stream, bool request, bool reset) {
    const struct capan_h3 *h3 = stream->h3;
    struct capan_part part = part_of(&stream->sides[!request], h3->now, 0);
    h3->sink->end(h3->context, &part, reset);
}

/* Where frames begin is not known any more. */
static void lose(struct side *side) {
    const struct capan_h3 *h3 = side->stream->h3;
    if (side->kind == MESSAGES) h3->sink->lost(h3->context, side->from_client);
    side->kind = OTHER;
}

/* --- field sections --- */

static void lose_table(const struct capan_h3 *h3, struct fields *fields) {
    fields->lost = true;
    if (fields->decoder) h3->qpack->close(fields->decoder);
    fields->decoder = NULL;
}

static void *decoder_of(const struct capan_h3 *h3, struct fields *fields) {
    if (!fields->decoder && !fields->lost) fields->decoder = h3->qpack->open(h3->alloc, fields->capacity);
    if (!fields->decoder) fields->lost = true;
    return fields->decoder;
}

/* A table that nothing was put into is made anew in the size that the peer's settings allow. */
static void take_capacity(const struct capan_h3 *h3, struct fields *fields, uint64_t capacity) {
    if (fields->decoder && h3->qpack->insertions(fields->decoder) > 0) return;
    if (fields->decoder) h3->qpack->close(fields->decoder);
    fields->decoder = NULL;
    fields->capacity = capacity;
}

static enum capan_qpack_reading read_section(struct side *side, struct capan_section *section) {
    struct capan_h3 *h3 = side->stream->h3;
    void *decoder = decoder_of(h3, &h3->fields[!side->from_client]);
    if (!decoder || side->keeping != WHOLE) return CAPAN_QPACK_UNREADABLE;
    return h3->qpack->read(decoder, side->stream->id, kept(&side->payload), SECTION_MAX, capan_section_line, section,
                           &side->insertions);
}

static void block(struct side *side) {
    struct capan_h3 *h3 = side->stream->h3;
    side->blocked = true;
    h3->blocked[h3->blocked_count++] = side;
}

static void end_section(struct side *side) {
    const struct capan_h3 *h3 = side->stream->h3;
    struct capan_section section = {.alloc = h3->alloc};
    enum capan_qpack_reading reading = read_section(side, &section);
    if (reading == CAPAN_QPACK_READ)
        tell_head(side, &section);
    else if (reading == CAPAN_QPACK_BLOCKED && h3->blocked_count < BLOCKED_MAX)
        block(side);
    else
        tell_unread(side, side->keeping == CUT ? CAPAN_FRAMING_HEAD_CUT : CAPAN_FRAMING_UNREADABLE);
    capan_section_free(&section);
    if (!side->blocked) drop(h3, &side->payload);
}

/* --- frames --- */

/* SETTINGS_QPACK_MAX_TABLE_CAPACITY allows the peer's encoder its table (RFC 9204 5). */
static void end_settings(struct side *side) {
    enum { QPACK_MAX_TABLE_CAPACITY = 0x01 };
    struct capan_h3 *h3 = side->stream->h3;
    struct capan_span octets = kept(&side->payload);
    uint64_t id, value;
    while (take_varint(&octets, &id) && take_varint(&octets, &value))
        if (id == QPACK_MAX_TABLE_CAPACITY) take_capacity(h3, &h3->fields[side->from_client], value);
    drop(h3, &side->payload);
}

static bool is_data(const struct side *side) {
    return side->kind == MESSAGES && side->type == DATA;
}

static bool is_section(const struct side *side) {
    return side->kind == MESSAGES && side->type == HEADERS;
}

static bool is_settings(const struct side *side) {
    return side->kind == CONTROL && side->type == SETTINGS;
}

static void end_frame(struct side *side) {
    side->in_frame = false;
    if (is_section(side)) end_section(side);
    if (is_settings(side)) end_settings(side);
    side->keeping = WHOLE;
}

static void take_payload(struct side *side, struct capan_span octets) {
    side->left -= octets.len;
    if (is_data(side)) tell_body(side, octets, 0);
    if (!is_section(side) && !is_settings(side)) return;
    if (side->payload.len + octets.len > PAYLOAD_MAX || !keep(side->stream->h3, &side->payload, octets))
        side->keeping = TOO_LONG;
}

/* Octet by octet: integers are short. True when all of them are there. */
static bool take_integers(struct side *side, struct capan_span *octets, uint64_t *values, unsigned count) {
    while (octets->len) {
        side->integers[side->integer_len++] = *span_take(octets, 1).at;
        struct capan_span front = {side->integers, side->integer_len};
        unsigned taken = 0;
        while (taken < count && take_varint(&front, &values[taken])) taken++;
        if (taken < count) continue;
        side->integer_len = 0;
        return true;
    }
    return false;
}

/* A field section counts whole. */
static void begin_frame(struct side *side, struct capan_span *octets) {
    uint64_t values[FRAME_INTEGERS] = {0};
    size_t before = octets->len;
    if (!side->integer_len) {
        side->begun = side->stream->h3->now;
        side->wire_len = 0;
    }
    side->in_frame = take_integers(side, octets, values, FRAME_INTEGERS);
    side->wire_len += before - octets->len;
    if (!side->in_frame) return;
    side->type = values[0];
    side->left = values[1];
    if (side->type == HEADERS) side->wire_len += side->left;
}

static void read_frames(struct side *side, struct capan_span *octets) {
    if (!side->in_frame) begin_frame(side, octets);
    if (!side->in_frame) return;
    if (side->left && octets->len) take_payload(side, span_take(octets, side->left));
    if (!side->left) end_frame(side);
}

/* --- streams --- */

static void begin_stream(struct side *side, struct capan_span *octets) {
    enum { CONTROL_STREAM = 0x00, ENCODER_STREAM = 0x02 };
    uint64_t type;
    if (!take_integers(side, octets, &type, 1)) return;
    side->kind = type == CONTROL_STREAM ? CONTROL : type == ENCODER_STREAM ? ENCODER : OTHER;
}

static void wait(struct side *side, struct capan_span octets) {
    struct capan_h3 *h3 = side->stream->h3;
    if (side->waiting_lost || !octets.len) return;
    if (h3->held + octets.len <= HELD_MAX && keep(h3, &side->waiting, octets))
        h3->held += octets.len;
    else
        side->waiting_lost = true;
}

static void read_instructions(struct capan_h3 *h3, bool from_client, struct capan_span octets);

static void read_side(struct side *side, struct capan_span octets) {
    while (octets.len && !side->blocked && side->kind != OTHER) {
        if (side->kind == UNKNOWN)
            begin_stream(side, &octets);
        else if (side->kind == ENCODER)
            read_instructions(side->stream->h3, side->from_client, span_take(&octets, octets.len));
        else
            read_frames(side, &octets);
    }
    if (side->blocked) wait(side, octets);
}

static void end_side(const struct side *side) {
    const struct capan_h3_stream *stream = side->stream;
    if (side->kind != MESSAGES) return;
    if (!(side->from_client && stream->asking_reset)) tell_end(stream, side->from_client, false);
    if (stream->asking_reset && stream->sides[1].over) tell_end(stream, true, true);
}

/* Reads what waited for the table. */
static void resume(struct side *side) {
    struct capan_h3 *h3 = side->stream->h3;
    struct buffer waited = side->waiting;
    bool lost = side->waiting_lost;
    side->waiting = (struct buffer){0};
    side->waiting_lost = false;
    h3->held -= waited.len;
    end_section(side);
    read_side(side, kept(&waited));
    drop(h3, &waited);
    side->waiting_lost |= lost && side->blocked;
    if (lost && !side->blocked) lose(side);
    if (side->over && !side->blocked) end_side(side);
    if (side->stream->closed && !waits(side->stream)) free_stream(side->stream);
}

/* Field sections whose insertions are there now, or will never be. */
static void resume_blocked(struct capan_h3 *h3, bool from_client) {
    const struct fields *fields = &h3->fields[!from_client];
    uint64_t insertions = fields->lost ? UINT64_MAX : h3->qpack->insertions(fields->decoder);
    for (size_t i = 0; i < h3->blocked_count;) {
        const struct side *side = h3->blocked[i];
        if (side->from_client == from_client && side->insertions <= insertions)
            resume(unblock(h3, i));
        else
            i++;
    }
}

/* RFC 9204 4.3. */
static void read_instructions(struct capan_h3 *h3, bool from_client, struct capan_span octets) {
    struct fields *fields = &h3->fields[!from_client];
    void *decoder = decoder_of(h3, fields);
    if (decoder && !h3->qpack->instruct(decoder, octets)) lose_table(h3, fields);
    resume_blocked(h3, from_client);
}

void capan_h3_octets(struct capan_h3_stream *stream, bool from_client, struct capan_span octets, struct moment now) {
    stream->h3->now = now;
    read_side(&stream->sides[!from_client], octets);
}

/* Behind a hole inside a frame's payload the next frame is found; behind another one nothing is. */
static void skip(struct side *side, uint64_t len) {
    uint64_t of_frame = side->in_frame ? min_u64(len, side->left) : 0;
    if (of_frame && is_data(side)) tell_body(side, (struct capan_span){0}, of_frame);
    side->keeping = CUT;
    side->left -= of_frame;
    if (side->in_frame && !side->left) end_frame(side);
    if (of_frame < len) lose(side);
}

void capan_h3_gap(struct capan_h3_stream *stream, bool from_client, uint64_t len, struct moment now) {
    struct capan_h3 *h3 = stream->h3;
    struct side *side = &stream->sides[!from_client];
    h3->now = now;
    if (side->kind == ENCODER) {
        lose_table(h3, &h3->fields[!from_client]);
        resume_blocked(h3, from_client);
    } else if (side->blocked) {
        side->waiting_lost = true;
    } else if (side->kind != OTHER) {
        skip(side, len);
    }
}

void capan_h3_end(struct capan_h3_stream *stream, bool from_client, bool reset, struct moment now) {
    struct side *side = &stream->sides[!from_client];
    stream->h3->now = now;
    side->over = true;
    if (reset && from_client) stream->asking_reset = true;
    if (reset && !from_client && kind_at_first(stream->id) == MESSAGES) tell_end(stream, false, true);
    if (!side->blocked) end_side(side);
}
