/* SPDX-License-Identifier: MIT */
#include "h2.h"

#include <string.h>

#include "alloc.h"
#include "bytes.h"
#include "moment.h"
#include "pseudo.h"
#include "section.h"

enum { HEADER_LEN = 9, PRIORITY_LEN = 5, PROMISED_LEN = 4, SETTING_LEN = 6 };
enum { BLOCK_MAX = 1 << 16, FIRST_SETTINGS_MAX = 64 };
enum frame_type { DATA = 0, HEADERS = 1, RST_STREAM = 3, SETTINGS = 4, PUSH_PROMISE = 5, CONTINUATION = 9 };
enum frame_flag { END_STREAM = 0x01, END_HEADERS = 0x04, PADDED = 0x08, HAS_PRIORITY = 0x20 };

/* RFC 9113 4.1. */
struct frame {
    uint32_t len, stream;
    uint8_t type, flags;
};

/* A field section that is being collected: HEADERS or PUSH_PROMISE and its CONTINUATIONs (RFC 9113 4.3). */
struct block {
    uint8_t *octets;
    size_t len, size;
    size_t frame_at; /* where the current frame's payload begins */
    uint32_t stream;
    struct moment first;
    uint64_t wire_len;
    bool is_open;   /* its END_HEADERS has not come */
    bool is_broken; /* its octets are not all there */
    bool is_promise, ends_stream;
};

/* One direction. */
struct side {
    bool from_client;
    bool lost;                   /* where frames begin is not known any more */
    bool fields_lost;            /* the table is not what the peers have */
    enum capan_http_framing why; /* it is not: HEAD_CUT or UNREADABLE */
    uint8_t preface_left;
    uint8_t header_len;
    uint8_t header[HEADER_LEN];
    bool in_payload, pad_known;
    uint8_t pad; /* DATA: octets at its end that are padding */
    struct frame frame;
    uint32_t left;       /* octets of its payload still to come */
    struct moment begun; /* the frame's first octet */
    struct block block;
    void *decoder;
};

struct capan_h2 {
    const struct capan_alloc *alloc;
    const struct capan_hpack *hpack;
    const struct capan_parts_sink *sink;
    void *context;
    struct side sides[2]; /* the client's, the server's */
    struct moment now;
};

struct capan_h2 *capan_h2_new(const struct capan_alloc *alloc, const struct capan_hpack *hpack,
                              const struct capan_parts_sink *sink, void *context) {
    struct capan_h2 *h2 = capan_new(alloc, sizeof *h2);
    if (!h2) return NULL;
    *h2 = (struct capan_h2){.alloc = alloc, .hpack = hpack, .sink = sink, .context = context};
    h2->sides[0].from_client = true;
    h2->sides[0].preface_left = CAPAN_H2_PREFACE_LEN;
    for (int i = 0; i < 2; i++) h2->sides[i].decoder = hpack->open(alloc);
    if (h2->sides[0].decoder && h2->sides[1].decoder) return h2;
    capan_h2_free(h2);
    return NULL;
}

static void drop_block(struct capan_h2 *h2, struct block *block) {
    capan_delete(h2->alloc, block->octets, block->size);
    *block = (struct block){0};
}

void capan_h2_free(struct capan_h2 *h2) {
    if (!h2) return;
    for (int i = 0; i < 2; i++) {
        drop_block(h2, &h2->sides[i].block);
        if (h2->sides[i].decoder) h2->hpack->close(h2->sides[i].decoder);
    }
    capan_delete(h2->alloc, h2, sizeof *h2);
}

bool capan_h2_is_lost(const struct capan_h2 *h2) {
    return h2->sides[0].lost && h2->sides[1].lost;
}

static struct frame read_header(const uint8_t *at) {
    return (struct frame){read_be24(at), read_be32(at + 5) & 0x7fffffff, at[3], at[4]};
}

/* The server's preface is a SETTINGS frame that acknowledges nothing (RFC 9113 3.4). */
static enum capan_h2_look look_for_settings(struct capan_span first) {
    static const uint8_t begins[] = {0, 0};
    if (memcmp(first.at, begins, first.len < sizeof begins ? first.len : sizeof begins) != 0) return CAPAN_H2_OTHER;
    if (first.len < HEADER_LEN) return CAPAN_H2_UNDECIDED;
    struct frame frame = read_header(first.at);
    bool fits = frame.type == SETTINGS && !frame.flags && read_be32(first.at + 5) == 0;
    fits = fits && frame.len % SETTING_LEN == 0 && frame.len <= FIRST_SETTINGS_MAX * SETTING_LEN;
    return fits ? CAPAN_H2_SERVER : CAPAN_H2_OTHER;
}

enum capan_h2_look capan_h2_look(struct capan_span first) {
    size_t len = first.len < CAPAN_H2_PREFACE_LEN ? first.len : CAPAN_H2_PREFACE_LEN;
    if (!len) return CAPAN_H2_UNDECIDED;
    if (memcmp(first.at, CAPAN_H2_PREFACE, len) != 0) return look_for_settings(first);
    return len == CAPAN_H2_PREFACE_LEN ? CAPAN_H2_CLIENT : CAPAN_H2_UNDECIDED;
}

/* --- what is told --- */

static struct capan_part part_of(const struct capan_h2 *h2, const struct side *side, uint32_t stream,
                                 struct moment first, uint64_t wire_len) {
    return (struct capan_part){stream, side->from_client, first, h2->now, wire_len};
}

static void lose(struct capan_h2 *h2, struct side *side) {
    if (side->lost) return;
    side->lost = true;
    drop_block(h2, &side->block);
    h2->sink->lost(h2->context, side->from_client);
}

static void lose_fields(struct side *side, enum capan_http_framing why) {
    if (side->fields_lost) return;
    side->fields_lost = true;
    side->why = why;
}

static void end_stream(struct capan_h2 *h2, const struct side *side, uint32_t stream, bool reset) {
    struct capan_part part = part_of(h2, side, stream, h2->now, 0);
    h2->sink->end(h2->context, &part, reset);
}

/* --- field sections --- */

/* A promised request is the client's, though the server says it (RFC 9113 8.4); it ends with its head. */
static void tell_section(struct capan_h2 *h2, const struct side *side, struct capan_section *section,
                         const enum capan_http_framing *why) {
    const struct block *block = &side->block;
    struct capan_part part = part_of(h2, side, block->stream, block->first, block->wire_len);
    part.request |= block->is_promise;
    struct capan_http_head head = {.version = 20, .request = part.request, .cut = why, .at = block->first};
    capan_pseudo_read(&head, capan_section_fields(section), section->count);
    h2->sink->head(h2->context, &part, &head);
    if (why) h2->sink->unread(h2->context, &part, *why);
    if (block->ends_stream || block->is_promise) {
        part = part_of(h2, side, block->stream, h2->now, 0);
        part.request = head.request;
        h2->sink->end(h2->context, &part, false);
    }
}

static void leave_unread(struct capan_h2 *h2, const struct side *side) {
    const struct block *block = &side->block;
    struct capan_part part = part_of(h2, side, block->stream, block->first, block->wire_len);
    part.request |= block->is_promise;
    h2->sink->unread(h2->context, &part, side->why);
    if (block->ends_stream) end_stream(h2, side, block->stream, false);
}

/* Does it say what it is? What of it can be read without the table may be as little as that. */
static bool has_pseudo(const struct capan_section *section) {
    return section->len && section->text[0] == ':';
}

/* Whose table is lost reads with an empty one, up to the first line that is in the lost one. One that adds to the table
 * names what it added itself by the same numbers. */
static enum capan_hpack_reading read_apart(const struct capan_h2 *h2, const struct side *side,
                                           struct capan_section *section) {
    struct capan_span octets = {side->block.octets, side->block.len};
    void *decoder = side->block.is_broken ? NULL : h2->hpack->open(h2->alloc);
    if (!decoder) return CAPAN_HPACK_UNREADABLE;
    enum capan_hpack_reading reading = h2->hpack->read(decoder, octets, SECTION_MAX, capan_section_line, section);
    h2->hpack->close(decoder);
    return reading;
}

static enum capan_hpack_reading read_section(struct side *side, const struct capan_h2 *h2,
                                             struct capan_section *section) {
    struct capan_span octets = {side->block.octets, side->block.len};
    if (side->fields_lost) return read_apart(h2, side, section);
    enum capan_hpack_reading reading = h2->hpack->read(side->decoder, octets, SECTION_MAX, capan_section_line, section);
    if (reading == CAPAN_HPACK_UNREADABLE) lose_fields(side, CAPAN_FRAMING_UNREADABLE);
    return reading;
}

static void end_section(struct capan_h2 *h2, struct side *side) {
    static const enum capan_http_framing too_long = CAPAN_FRAMING_HEAD_TOO_LONG;
    struct capan_section section = {.alloc = h2->alloc};
    enum capan_hpack_reading reading = read_section(side, h2, &section);
    if (reading != CAPAN_HPACK_UNREADABLE)
        tell_section(h2, side, &section, reading == CAPAN_HPACK_TOO_LONG ? &too_long : NULL);
    else if (has_pseudo(&section))
        tell_section(h2, side, &section, &side->why);
    else
        leave_unread(h2, side);
    capan_section_free(&section);
    drop_block(h2, &side->block);
}

/* The block's octets cannot be had whole, and what it does to the table not either. */
static void break_block(struct side *side, enum capan_http_framing why) {
    side->block.is_broken = true;
    lose_fields(side, why);
}

/* Nothing but CONTINUATION may stand between the parts of a field section (RFC 9113 6.10). */
static void break_section(struct capan_h2 *h2, struct side *side) {
    lose_fields(side, CAPAN_FRAMING_UNREADABLE);
    if (side->block.is_open) leave_unread(h2, side);
    drop_block(h2, &side->block);
}

/* --- HEADERS, PUSH_PROMISE, CONTINUATION --- */

static bool is_section(const struct frame *frame) {
    return frame->type == HEADERS || frame->type == PUSH_PROMISE || frame->type == CONTINUATION;
}

static void begin_section_frame(struct capan_h2 *h2, struct side *side) {
    const struct frame *frame = &side->frame;
    struct block *block = &side->block;
    bool goes_on = frame->type == CONTINUATION;
    if (goes_on != block->is_open || (goes_on && block->stream != frame->stream)) break_section(h2, side);
    if (!block->is_open)
        *block = (struct block){.is_open = true,
                                .stream = frame->stream,
                                .first = side->begun,
                                .is_promise = frame->type == PUSH_PROMISE,
                                .ends_stream = frame->type == HEADERS && frame->flags & END_STREAM};
    block->frame_at = block->len;
    block->wire_len += HEADER_LEN + frame->len;
}

/* More than is held cannot be read; what is left of it is passed over. */
static void hold(struct capan_h2 *h2, struct side *side, struct capan_span octets) {
    struct block *block = &side->block;
    void *items = block->octets;
    bool fits = block->len + octets.len <= BLOCK_MAX &&
                capan_reserve(h2->alloc, &items, &block->size, block->len + octets.len, 1) == CAPAN_OK;
    block->octets = items;
    if (!fits) break_block(side, CAPAN_FRAMING_HEAD_TOO_LONG);
    if (side->block.is_broken) return;
    memcpy(block->octets + block->len, octets.at, octets.len);
    block->len += octets.len;
}

/* Takes padding, and what HEADERS and PUSH_PROMISE have in front, off the current frame's part (RFC 9113 6.2, 6.6). */
static void strip(struct side *side) {
    const struct frame *frame = &side->frame;
    struct block *block = &side->block;
    uint8_t *payload = block->octets + block->frame_at;
    size_t len = block->len - block->frame_at, front = 0, pad = 0;
    if (frame->type == CONTINUATION) return;
    if (frame->flags & PADDED && len) pad = payload[0], front = 1;
    if (frame->type == HEADERS && frame->flags & HAS_PRIORITY) front += PRIORITY_LEN;
    if (frame->type == PUSH_PROMISE) {
        if (front + PROMISED_LEN <= len) block->stream = read_be32(payload + front) & 0x7fffffff;
        front += PROMISED_LEN;
    }
    if (front + pad > len) {
        break_block(side, CAPAN_FRAMING_UNREADABLE);
        return;
    }
    memmove(payload, payload + front, len - front - pad);
    block->len -= front + pad;
}

static void end_section_frame(struct capan_h2 *h2, struct side *side) {
    if (side->block.len > side->block.frame_at) strip(side);
    if (side->frame.flags & END_HEADERS) end_section(h2, side);
}

/* --- DATA --- */

/* So many octets of the payload, as far as they lie before the padding. */
static uint32_t before_padding(const struct side *side, uint32_t len) {
    uint32_t content = side->left > side->pad ? side->left - side->pad : 0;
    return min_u32(len, content);
}

/* DATA goes on as it comes; its first octet may say how much padding is at its end (RFC 9113 6.1). */
static void take_data(struct capan_h2 *h2, struct side *side, struct capan_span octets) {
    uint32_t len = (uint32_t)octets.len, skipped = 0;
    if (!side->pad_known) {
        side->pad_known = true;
        if (side->frame.flags & PADDED) {
            side->pad = octets.at[0];
            side->left--;
            skipped = 1;
        }
    }
    struct capan_span content = span_cut(octets, skipped, before_padding(side, len - skipped));
    struct capan_part part = part_of(h2, side, side->frame.stream, h2->now, len);
    h2->sink->body(h2->context, &part, content, 0);
    side->left -= len - skipped;
}

static void miss_data(struct capan_h2 *h2, struct side *side, uint32_t len) {
    side->pad_known = true;
    struct capan_part part = part_of(h2, side, side->frame.stream, h2->now, len);
    h2->sink->body(h2->context, &part, (struct capan_span){0}, before_padding(side, len));
    side->left -= len;
}

/* --- frames --- */

static void begin_frame(struct capan_h2 *h2, struct side *side) {
    side->frame = read_header(side->header);
    side->left = side->frame.len;
    side->header_len = 0;
    side->in_payload = true;
    side->pad = 0;
    side->pad_known = false;
    if (is_section(&side->frame)) {
        begin_section_frame(h2, side);
    } else if (side->block.is_open) {
        break_section(h2, side);
    }
    if (side->frame.type != DATA) return;
    struct capan_part part = part_of(h2, side, side->frame.stream, side->begun, HEADER_LEN);
    h2->sink->body(h2->context, &part, (struct capan_span){0}, 0);
}

static void end_frame(struct capan_h2 *h2, struct side *side) {
    side->in_payload = false;
    if (is_section(&side->frame))
        end_section_frame(h2, side);
    else if (side->frame.type == DATA && side->frame.flags & END_STREAM)
        end_stream(h2, side, side->frame.stream, false);
    else if (side->frame.type == RST_STREAM)
        end_stream(h2, side, side->frame.stream, true);
}

static void read_payload(struct capan_h2 *h2, struct side *side, struct capan_span *octets) {
    struct capan_span front = span_take(octets, side->left);
    if (front.len && side->frame.type == DATA) {
        take_data(h2, side, front);
    } else {
        if (front.len && is_section(&side->frame)) hold(h2, side, front);
        side->left -= (uint32_t)front.len;
    }
    if (!side->left) end_frame(h2, side);
}

static void read_frame_header(struct capan_h2 *h2, struct side *side, struct capan_span *octets) {
    struct capan_span front = span_take(octets, (size_t)HEADER_LEN - side->header_len);
    if (!side->header_len) side->begun = h2->now;
    memcpy(side->header + side->header_len, front.at, front.len);
    side->header_len = (uint8_t)(side->header_len + front.len);
    if (side->header_len == HEADER_LEN) begin_frame(h2, side);
}

static void read_preface(struct capan_h2 *h2, struct side *side, struct capan_span *octets) {
    const char *expected = &CAPAN_H2_PREFACE[CAPAN_H2_PREFACE_LEN - side->preface_left];
    struct capan_span front = span_take(octets, side->preface_left);
    if (memcmp(front.at, expected, front.len) != 0) lose(h2, side);
    side->preface_left = (uint8_t)(side->preface_left - front.len);
}

void capan_h2_octets(struct capan_h2 *h2, bool from_client, struct capan_span octets, struct moment at) {
    struct side *side = &h2->sides[!from_client];
    h2->now = at;
    if (side->preface_left && octets.len) read_preface(h2, side, &octets);
    while (octets.len && !side->lost) {
        if (!side->in_payload) read_frame_header(h2, side, &octets);
        if (side->in_payload) read_payload(h2, side, &octets);
    }
}

void capan_h2_gap(struct capan_h2 *h2, bool from_client, uint64_t len, struct moment at) {
    struct side *side = &h2->sides[!from_client];
    h2->now = at;
    bool ends_inside = len && side->in_payload && len <= side->left;
    uint32_t of_frame = side->in_payload && len ? (uint32_t)min_u64(len, side->left) : 0;
    if (side->lost) return;
    if (of_frame && side->frame.type == DATA) {
        miss_data(h2, side, of_frame);
    } else {
        if (is_section(&side->frame)) break_block(side, CAPAN_FRAMING_HEAD_CUT);
        side->left -= of_frame;
    }
    if (!ends_inside)
        lose(h2, side);
    else if (!side->left)
        end_frame(h2, side);
}
